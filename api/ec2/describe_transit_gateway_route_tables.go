package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeTransitGatewayRouteTablesInput struct {
	describing
	TransitGatewayRouteTableIDs []string `query:"TransitGatewayRouteTableIds"`
}

type describeTransitGatewayRouteTablesOutput struct {
	TransitGatewayRouteTables api.Set[transitTableItem] `xml:"transitGatewayRouteTables"`
	NextToken                 string                    `xml:"nextToken,omitempty"`
}

var transitTableFilters = filters[vpc.TransitGatewayRouteTable]{
	"default-association-route-table": func(v *view, table *vpc.TransitGatewayRouteTable) []string {
		association, _ := defaultsOf(v, table)
		return oneBool(association)
	},
	"default-propagation-route-table": func(v *view, table *vpc.TransitGatewayRouteTable) []string {
		_, propagation := defaultsOf(v, table)
		return oneBool(propagation)
	},
	"state":                          func(*view, *vpc.TransitGatewayRouteTable) []string { return one("available") },
	"transit-gateway-id":             func(_ *view, table *vpc.TransitGatewayRouteTable) []string { return one(table.TransitGatewayID) },
	"transit-gateway-route-table-id": transitTableID,
}

func transitTableID(_ *view, table *vpc.TransitGatewayRouteTable) []string { return one(table.ID) }

func describeTransitGatewayRouteTables(v *view, in *describeTransitGatewayRouteTablesInput) (*describeTransitGatewayRouteTablesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "transitGatewayRouteTableIds", in.TransitGatewayRouteTableIDs, transitTableFilters)
	out := &describeTransitGatewayRouteTablesOutput{NextToken: next}
	for _, table := range found {
		out.TransitGatewayRouteTables = append(out.TransitGatewayRouteTables, newTransitTableItem(v, table, "available"))
	}
	return out, err
}
