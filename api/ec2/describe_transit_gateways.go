package ec2

import (
	"strconv"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeTransitGatewaysInput struct {
	describing
	TransitGatewayIDs []string `query:"TransitGatewayIds"`
}

type describeTransitGatewaysOutput struct {
	TransitGateways api.Set[transitGatewayItem] `xml:"transitGatewaySet"`
	NextToken       string                      `xml:"nextToken,omitempty"`
}

var transitGatewayFilters = filters[vpc.TransitGateway]{
	"owner-id":           func(_ *view, g *vpc.TransitGateway) []string { return one(g.Account) },
	"state":              func(*view, *vpc.TransitGateway) []string { return one("available") },
	"transit-gateway-id": func(_ *view, g *vpc.TransitGateway) []string { return one(g.ID) },

	"options.amazon-side-asn":                    func(_ *view, g *vpc.TransitGateway) []string { return one(strconv.FormatInt(g.ASN, 10)) },
	"options.association-default-route-table-id": func(_ *view, g *vpc.TransitGateway) []string { return one(g.AssociationTableID) },
	"options.auto-accept-shared-attachments":     func(_ *view, g *vpc.TransitGateway) []string { return oneToggle(g.AutoAccept) },
	"options.default-route-table-association":    func(_ *view, g *vpc.TransitGateway) []string { return oneToggle(g.AssociationTableID != "") },
	"options.default-route-table-propagation":    func(_ *view, g *vpc.TransitGateway) []string { return oneToggle(g.PropagationTableID != "") },
	"options.dns-support":                        func(_ *view, g *vpc.TransitGateway) []string { return oneToggle(g.DNS) },
	"options.propagation-default-route-table-id": func(_ *view, g *vpc.TransitGateway) []string { return one(g.PropagationTableID) },
	"options.vpn-ecmp-support":                   func(_ *view, g *vpc.TransitGateway) []string { return oneToggle(g.VPNECMP) },
}

func describeTransitGateways(v *view, in *describeTransitGatewaysInput) (*describeTransitGatewaysOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "transitGatewayIds", in.TransitGatewayIDs, transitGatewayFilters)
	out := &describeTransitGatewaysOutput{NextToken: next}
	for _, g := range found {
		out.TransitGateways = append(out.TransitGateways, newTransitGatewayItem(v, g, "available"))
	}
	return out, err
}
