package ec2

import "github.com/flowemu/flowemu/vpc"

type deleteNATGatewayInput struct {
	dryRun
	NATGatewayID string `query:"NatGatewayId"`
}

type deleteNATGatewayOutput struct {
	NATGatewayID string `xml:"natGatewayId"`
}

// deleteNATGateway deletes a NAT gateway with its interface. Its Elastic IP
// addresses are free then, and routes to it stay, as blackholes.
func deleteNATGateway(t *tx, in *deleteNATGatewayInput) (*deleteNATGatewayOutput, error) {
	g, err := edit[vpc.NATGateway](t, in.NATGatewayID)
	if err != nil {
		return nil, err
	}
	switch g.State() {
	case vpc.NATDeleted:
		return nil, notFound[vpc.NATGateway](g.ID)
	case vpc.NATAvailable:
		if err := t.clearNAT(g); err != nil {
			return nil, err
		}
	}
	g.Ended, g.FailureCode, g.FailureMessage = t.now, "", ""
	t.Put(g)
	return &deleteNATGatewayOutput{g.ID}, nil
}

// clearNAT removes what a NAT gateway came with.
func (t *tx) clearNAT(g *vpc.NATGateway) error {
	for _, a := range g.Addresses {
		if a.AllocationID != "" {
			if err := t.freeElastic(a.AllocationID); err != nil {
				return err
			}
		}
		if e := t.ENI(a.InterfaceID); e != nil {
			t.removeInterface(e)
		}
	}
	if table := vpc.Get[vpc.RouteTable](t.Snapshot, g.RouteTableID); table != nil {
		t.Remove(table)
	}
	return nil
}
