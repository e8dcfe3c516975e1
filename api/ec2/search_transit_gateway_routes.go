package ec2

import (
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type searchTransitGatewayRoutesOutput struct {
	Routes                    api.Set[transitRouteItem] `xml:"routeSet"`
	AdditionalRoutesAvailable bool                      `xml:"additionalRoutesAvailable"`
	NextToken                 string                    `xml:"nextToken,omitempty"`
}

// searchTransitGatewayRoutes gives the routes in effect that fit all filters.
func searchTransitGatewayRoutes(v *view, in *transitTableListInput) (*searchTransitGatewayRoutesOutput, error) {
	table, err := findTransitTable(v, in.TransitGatewayRouteTableID)
	if err != nil {
		return nil, err
	}
	if len(in.Filters) == 0 {
		return nil, missingTransit("Filters")
	}
	fitting, err := searchRoutes(v, v.TransitGatewayRoutes(table), in.Filters)
	if err != nil {
		return nil, err
	}
	routes, next, err := pageOf(v, &in.paging, pageSize{5, 1000}, table.ID, fitting, func(r vpc.TransitGatewayRoute) string { return cidrPosition(r.CIDR) })
	out := &searchTransitGatewayRoutesOutput{AdditionalRoutesAvailable: next != "", NextToken: next}
	for i := range routes {
		out.Routes = append(out.Routes, newTransitRouteItem(v, &routes[i]))
	}
	return out, err
}

// transitRouteFilters are the filters of SearchTransitGatewayRoutes, but for the longest
// match. A range contains itself.
// Source: EC2 API, SearchTransitGatewayRoutes, Filters.
var transitRouteFilters = map[string]func(p netip.Prefix, r *transitRouteItem, f *filter) bool{
	"attachment.resource-id":                   routeAttachment(func(a *transitRouteAttachment) string { return a.ResourceID }),
	"attachment.resource-type":                 routeAttachment(func(a *transitRouteAttachment) string { return a.ResourceType }),
	"attachment.transit-gateway-attachment-id": routeAttachment(func(a *transitRouteAttachment) string { return a.TransitGatewayAttachmentID }),
	"prefix-list-id":                           func(netip.Prefix, *transitRouteItem, *filter) bool { return false },
	"state":                                    func(_ netip.Prefix, r *transitRouteItem, f *filter) bool { return f.fits(one(r.State)) },
	"type":                                     func(_ netip.Prefix, r *transitRouteItem, f *filter) bool { return f.fits(one(r.Type)) },

	exactMatch:                       routeRange(func(route, asked netip.Prefix) bool { return route == asked }),
	"route-search.subnet-of-match":   routeRange(func(route, asked netip.Prefix) bool { return vpc.Contains(asked, route) }),
	"route-search.supernet-of-match": routeRange(vpc.Contains),
}

const (
	exactMatch   = "route-search.exact-match"
	longestMatch = "route-search.longest-prefix-match"
)

func routeAttachment(of func(*transitRouteAttachment) string) func(netip.Prefix, *transitRouteItem, *filter) bool {
	return func(_ netip.Prefix, r *transitRouteItem, f *filter) bool {
		return slices.ContainsFunc(r.TransitGatewayAttachments, func(a transitRouteAttachment) bool { return f.fits(one(of(&a))) })
	}
}

func routeRange(fits func(route, asked netip.Prefix) bool) func(netip.Prefix, *transitRouteItem, *filter) bool {
	return func(p netip.Prefix, _ *transitRouteItem, f *filter) bool {
		return slices.ContainsFunc(f.ranges(), func(asked netip.Prefix) bool { return fits(p, asked) })
	}
}

// ranges gives the values of a filter that are ranges or addresses.
func (f *filter) ranges() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range f.Values {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		} else if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		}
	}
	return out
}

// searchRoutes gives the routes that fit all filters.
func searchRoutes(v *view, routes []vpc.TransitGatewayRoute, asked []filter) ([]vpc.TransitGatewayRoute, error) {
	asked = slices.Clone(asked)
	for i := range asked {
		if asked[i].Name == longestMatch {
			asked[i] = longest(routes, &asked[i])
		}
		if transitRouteFilters[asked[i].Name] == nil {
			return nil, invalidValue("The filter '%s' is invalid", asked[i].Name)
		}
	}
	return slices.DeleteFunc(routes, func(r vpc.TransitGatewayRoute) bool {
		item := newTransitRouteItem(v, &r)
		return slices.ContainsFunc(asked, func(f filter) bool { return !transitRouteFilters[f.Name](r.CIDR, &item, &f) })
	}), nil
}

// longest gives the filter for the routes that traffic to the ranges of f takes:
// for each the most specific that contains it.
func longest(routes []vpc.TransitGatewayRoute, f *filter) filter {
	exact := filter{Name: exactMatch}
	for _, asked := range f.ranges() {
		var best netip.Prefix
		for _, r := range routes {
			if vpc.Contains(r.CIDR, asked) && (!best.IsValid() || r.CIDR.Bits() > best.Bits()) {
				best = r.CIDR
			}
		}
		if best.IsValid() {
			exact.Values = append(exact.Values, best.String())
		}
	}
	return exact
}
