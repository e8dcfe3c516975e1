package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getTransitGatewayRouteTableAssociationsOutput struct {
	Associations api.Set[transitTableListItem] `xml:"associations"`
	NextToken    string                        `xml:"nextToken,omitempty"`
}

func getTransitGatewayRouteTableAssociations(v *view, in *transitTableListInput) (*getTransitGatewayRouteTableAssociationsOutput, error) {
	table, err := findTransitTable(v, in.TransitGatewayRouteTableID)
	if err != nil {
		return nil, err
	}
	found, next, err := describeAmong(v, &in.describing, pageSize{5, 1000}, "", nil, transitTableListFilters, func(a *vpc.TransitGatewayAttachment) bool { return a.AssociatedTable == table.ID })
	out := &getTransitGatewayRouteTableAssociationsOutput{NextToken: next}
	for _, a := range found {
		out.Associations = append(out.Associations, newTransitTableListItem(a, transitAssociationState(a)))
	}
	return out, err
}
