package ec2

import "github.com/flowemu/flowemu/vpc"

type deleteTransitGatewayRouteTableInput struct {
	dryRun
	TransitGatewayRouteTableID string `query:"TransitGatewayRouteTableId"`
}

// deleteTransitGatewayRouteTable deletes a route table that is no default and
// that no attachment is associated with; propagation to it ends. The texts are as
// floci-io/floci#2348 observed them, but for a default propagation table.
func deleteTransitGatewayRouteTable(t *tx, in *deleteTransitGatewayRouteTableInput) (*transitTableOutput, error) {
	table, err := findTransitTable(t, in.TransitGatewayRouteTableID)
	if err != nil {
		return nil, err
	}
	association, propagation := defaultsOf(t, table)
	switch {
	case association:
		return nil, incorrectState("%s is set as default association route table for %s", table.ID, table.TransitGatewayID)
	case propagation:
		return nil, incorrectState("%s is set as default propagation route table for %s", table.ID, table.TransitGatewayID)
	}
	for _, a := range vpc.Referring[vpc.TransitGatewayAttachment](t.Snapshot, table.ID) {
		if a.AssociatedTable == table.ID {
			return nil, incorrectState("%s has associated attachments", table.ID)
		}
		a = vpc.Clone(a)
		stopPropagation(a, table.ID)
		t.Put(a)
	}
	out := &transitTableOutput{newTransitTableItem(t, table, "deleted")}
	t.Remove(table)
	return out, nil
}
