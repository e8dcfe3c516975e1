package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
)

// associateTransitGatewayRouteTable associates an attachment that has no route
// table yet. Source of the text: cisagov/cool-assessment-terraform#57.
func associateTransitGatewayRouteTable(t *tx, in *transitPairInput) (*transitAssociationOutput, error) {
	a, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	if a.AssociatedTable != "" {
		return nil, &api.Error{Code: "Resource.AlreadyAssociated", Message: fmt.Sprintf("Transit Gateway Attachment %s is already associated to a route table.", a.ID)}
	}
	a.AssociatedTable = in.TransitGatewayRouteTableID
	t.Put(a)
	return newTransitAssociationOutput(a, a.AssociatedTable, "associated"), nil
}
