package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type unassignPrivateNATGatewayAddressInput struct {
	dryRun
	NATGatewayID string   `query:"NatGatewayId"`
	PrivateIPs   []string `query:"PrivateIpAddress"`
	_            struct{} `ignored:"MaxDrainDurationSeconds"`
}

// unassignPrivateNATGatewayAddress takes secondary addresses from a private NAT
// gateway at once: nothing drains here.
func unassignPrivateNATGatewayAddress(t *tx, in *unassignPrivateNATGatewayAddressInput) (*natAddressesOutput, error) {
	g, err := t.editNAT(in.NATGatewayID)
	switch {
	case err != nil:
		return nil, err
	case !g.Private:
		return nil, invalidValue("Private IP addresses cannot be unassigned from the public NAT gateway %s", g.ID)
	case len(in.PrivateIPs) == 0:
		return nil, missingParameter("privateIpAddresses")
	}
	gone, err := t.dropNATAddresses(g, in.PrivateIPs, func(a *vpc.NATAddress) string { return addrText(a.PrivateIP) }, func(ip string) error {
		return invalidValue("The private IP address %s is not assigned to NAT gateway %s.", ip, g.ID)
	})
	if err != nil {
		return nil, err
	}
	return &natAddressesOutput{g.ID, natAddressItems(gone, "unassigning")}, nil
}
