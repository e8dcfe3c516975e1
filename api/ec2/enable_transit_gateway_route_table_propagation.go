package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
)

type transitPropagationInput struct {
	transitPairInput
	_ struct{} `ignored:"TransitGatewayRouteTableAnnouncementId"` // only what peers announce has one
}

// enableTransitGatewayRouteTablePropagation makes an attachment propagate its
// VPC's ranges to a route table. The text is as users quote it, from
// awslabs/landing-zone-accelerator-on-aws and others.
func enableTransitGatewayRouteTablePropagation(t *tx, in *transitPropagationInput) (*transitPropagationOutput, error) {
	a, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	id := in.TransitGatewayRouteTableID
	if slices.Contains(a.PropagatesTo, id) {
		return nil, &api.Error{
			Code: "TransitGatewayRouteTablePropagation.Duplicate", Message: fmt.Sprintf("Propagation %s already exists in Transit Gateway Route Table %s.", a.ID, id),
		}
	}
	a.PropagatesTo = append(a.PropagatesTo, id)
	t.Put(a)
	return newTransitPropagationOutput(a, id, "enabled"), nil
}
