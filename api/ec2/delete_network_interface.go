package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type networkInterfaceInput struct {
	dryRun
	NetworkInterfaceID string `query:"NetworkInterfaceId"`
}

func deleteNetworkInterface(t *tx, in *networkInterfaceInput) (*returnOutput, error) {
	e, err := find[vpc.ENI](t, in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if interfaceStatus(e) == "in-use" {
		return nil, invalidValue("Network interface '%s' is currently in use.", e.ID)
	}
	t.removeInterface(e)
	return done()
}

// removeInterface removes an interface. Its Elastic IP addresses are free then.
func (t *tx) removeInterface(e *vpc.ENI) {
	for _, a := range vpc.Referring[vpc.Address](t.Snapshot, e.ID) {
		t.disassociate(a)
	}
	t.Remove(e)
}
