package ec2

import (
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// transitRouteInput is the input of the actions that make or replace a route.
type transitRouteInput struct {
	dryRun
	DestinationCidrBlock       string `query:"DestinationCidrBlock"`
	TransitGatewayRouteTableID string `query:"TransitGatewayRouteTableId"`
	TransitGatewayAttachmentID string `query:"TransitGatewayAttachmentId"`
	Blackhole                  bool   `query:"Blackhole"`
}

// transitRouteOutput is the reply of the actions that change a route.
type transitRouteOutput struct {
	Route transitRouteItem `xml:"route"`
}

type transitRouteItem struct {
	DestinationCidrBlock      string                          `xml:"destinationCidrBlock"`
	TransitGatewayAttachments api.Set[transitRouteAttachment] `xml:"transitGatewayAttachments,omitempty"`
	Type                      string                          `xml:"type"`
	State                     string                          `xml:"state"`
}

type transitRouteAttachment struct {
	ResourceID                 string `xml:"resourceId"`
	TransitGatewayAttachmentID string `xml:"transitGatewayAttachmentId"`
	ResourceType               string `xml:"resourceType"`
}

func newTransitRouteItem(at place, r *vpc.TransitGatewayRoute) transitRouteItem {
	item := transitRouteItem{DestinationCidrBlock: r.CIDR.String(), Type: "static", State: "blackhole"}
	if r.Propagated {
		item.Type = "propagated"
	}
	s, _ := at.in()
	if a := vpc.Get[vpc.TransitGatewayAttachment](s, r.AttachmentID); a != nil {
		item.State = "active"
		item.TransitGatewayAttachments = append(item.TransitGatewayAttachments, transitRouteAttachment{a.VPCID, a.ID, transitResourceType})
	}
	return item
}

// editRoute gives a copy of a route table and the place of its static route for
// a range there, -1 for none.
func (t *tx) editRoute(tableID, destination string) (*vpc.TransitGatewayRouteTable, netip.Prefix, int, error) {
	table, err := findTransitTable(t, tableID)
	if err != nil {
		return nil, netip.Prefix{}, 0, err
	}
	if destination == "" {
		return nil, netip.Prefix{}, 0, missingTransit("DestinationCidrBlock")
	}
	p, err := parseBlock("destinationCidrBlock", destination, ipv4Bits, ipv6Bits)
	return vpc.Clone(table), p, slices.IndexFunc(table.Routes, func(r vpc.TransitGatewayRoute) bool { return r.CIDR == p }), err
}

// route makes the route that a request asks for: a blackhole goes to no attachment.
func (in *transitRouteInput) route(t *tx, table *vpc.TransitGatewayRouteTable, p netip.Prefix) (vpc.TransitGatewayRoute, error) {
	r := vpc.TransitGatewayRoute{CIDR: p}
	if in.Blackhole {
		return r, nil
	}
	a, err := attachmentBeside(t, table, in.TransitGatewayAttachmentID)
	if err == nil {
		r.AttachmentID = a.ID
	}
	return r, err
}
