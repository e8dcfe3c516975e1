package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type disassociateRouteTableInput struct {
	dryRun
	AssociationID string `query:"AssociationId"`
}

func disassociateRouteTable(t *tx, in *disassociateRouteTableInput) (*returnOutput, error) {
	table, a, err := t.detachTable(in.AssociationID)
	if err != nil {
		return nil, err
	}
	if a.Main {
		return nil, invalidValue("cannot disassociate the main route table association %s", a.ID)
	}
	t.Put(table)
	return done()
}

// detachTable gives a copy of the table that has an association, without it.
func (t *tx) detachTable(association string) (*vpc.RouteTable, vpc.RouteTableAssociation, error) {
	table, err := holder[vpc.RouteTable](t, "rtbassoc", association)
	if err != nil {
		return nil, vpc.RouteTableAssociation{}, err
	}
	at := slices.IndexFunc(table.Associations, func(a vpc.RouteTableAssociation) bool { return a.ID == association })
	a := table.Associations[at]
	table.Associations = slices.Delete(table.Associations, at, at+1)
	return table, a, nil
}
