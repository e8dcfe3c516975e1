package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getTransitGatewayRouteTablePropagationsOutput struct {
	Propagations api.Set[transitTableListItem] `xml:"transitGatewayRouteTablePropagations"`
	NextToken    string                        `xml:"nextToken,omitempty"`
}

func getTransitGatewayRouteTablePropagations(v *view, in *transitTableListInput) (*getTransitGatewayRouteTablePropagationsOutput, error) {
	table, err := findTransitTable(v, in.TransitGatewayRouteTableID)
	if err != nil {
		return nil, err
	}
	found, next, err := describeAmong(v, &in.describing, pageSize{5, 1000}, "", nil, transitTableListFilters, func(a *vpc.TransitGatewayAttachment) bool { return slices.Contains(a.PropagatesTo, table.ID) })
	out := &getTransitGatewayRouteTablePropagationsOutput{NextToken: next}
	for _, a := range found {
		out.Propagations = append(out.Propagations, newTransitTableListItem(a, "enabled"))
	}
	return out, err
}
