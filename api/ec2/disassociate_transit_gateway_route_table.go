package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
)

// notConnected is the code, spelled so, of the error that an attachment is not
// associated with a route table or does not propagate to it. It and the texts are
// as floci-io/floci#2348 has them.
const notConnected = "InvalidparameterValue"

func disassociateTransitGatewayRouteTable(t *tx, in *transitPairInput) (*transitAssociationOutput, error) {
	a, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	if a.AssociatedTable != in.TransitGatewayRouteTableID {
		return nil, &api.Error{
			Code: notConnected, Message: fmt.Sprintf("Transit Gateway Attachment %s is not associated with route table %s.", a.ID, in.TransitGatewayRouteTableID),
		}
	}
	a.AssociatedTable = ""
	t.Put(a)
	return newTransitAssociationOutput(a, in.TransitGatewayRouteTableID, "disassociated"), nil
}
