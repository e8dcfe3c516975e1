package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
)

func disableTransitGatewayRouteTablePropagation(t *tx, in *transitPropagationInput) (*transitPropagationOutput, error) {
	a, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	id := in.TransitGatewayRouteTableID
	if !slices.Contains(a.PropagatesTo, id) {
		return nil, &api.Error{Code: notConnected, Message: fmt.Sprintf("Propagation %s does not exist in Transit Gateway Route Table %s.", a.ID, id)}
	}
	stopPropagation(a, id)
	t.Put(a)
	return newTransitPropagationOutput(a, id, "disabled"), nil
}
