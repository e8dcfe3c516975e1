package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type disassociateNATGatewayAddressInput struct {
	dryRun
	NATGatewayID   string   `query:"NatGatewayId"`
	AssociationIDs []string `query:"AssociationId"`
	_              struct{} `ignored:"MaxDrainDurationSeconds"`
}

// disassociateNATGatewayAddress takes secondary Elastic IP addresses from a NAT
// gateway at once: nothing drains here.
func disassociateNATGatewayAddress(t *tx, in *disassociateNATGatewayAddressInput) (*natAddressesOutput, error) {
	g, err := t.editNAT(in.NATGatewayID)
	if err != nil {
		return nil, err
	}
	if len(in.AssociationIDs) == 0 {
		return nil, missingParameter("associationIds")
	}
	gone, err := t.dropNATAddresses(g, in.AssociationIDs, func(a *vpc.NATAddress) string { return a.AssociationID }, noAssociation)
	if err != nil {
		return nil, err
	}
	return &natAddressesOutput{g.ID, natAddressItems(gone, "disassociating")}, nil
}
