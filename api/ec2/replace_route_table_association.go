package ec2

import (
	"cmp"

	"github.com/flowemu/flowemu/vpc"
)

type replaceRouteTableAssociationInput struct {
	dryRun
	AssociationID string `query:"AssociationId"`
	RouteTableID  string `query:"RouteTableId"`
}

type replaceRouteTableAssociationOutput struct {
	NewAssociationID string           `xml:"newAssociationId"`
	State            associationState `xml:"associationState"`
}

// replaceRouteTableAssociation puts what an association is of under another
// table; with the main one, that is the VPC's main table from then on.
func replaceRouteTableAssociation(t *tx, in *replaceRouteTableAssociationInput) (*replaceRouteTableAssociationOutput, error) {
	old, a, err := t.detachTable(in.AssociationID)
	if err != nil {
		return nil, err
	}
	t.Put(old)
	table, err := edit[vpc.RouteTable](t, in.RouteTableID)
	if err != nil {
		return nil, err
	}
	if table.VPCID != old.VPCID {
		return nil, differentNetworks("route table "+table.ID, "subnet "+cmp.Or(a.SubnetID, a.GatewayID, old.VPCID))
	}
	a.ID = t.newID("rtbassoc")
	table.Associations = append(table.Associations, a)
	t.Put(table)
	return &replaceRouteTableAssociationOutput{a.ID, associationState{"associated"}}, nil
}
