package ec2

// associateTransitGatewayRouteTable associates an attachment that has no route
// table yet. Source of the text: cisagov/cool-assessment-terraform#57.
func associateTransitGatewayRouteTable(t *tx, in *transitPairInput) (*transitAssociationOutput, error) {
	a, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	if a.AssociatedTable != "" {
		return nil, alreadyAssociated("Transit Gateway Attachment %s is already associated to a route table.", a.ID)
	}
	a.AssociatedTable = in.TransitGatewayRouteTableID
	t.Put(a)
	return newTransitAssociationOutput(a, a.AssociatedTable, "associated"), nil
}
