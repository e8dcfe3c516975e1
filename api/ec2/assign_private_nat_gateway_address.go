package ec2

type assignPrivateNATGatewayAddressInput struct {
	dryRun
	NATGatewayID   string   `query:"NatGatewayId"`
	PrivateIPs     []string `query:"PrivateIpAddress"`
	PrivateIPCount *int     `query:"PrivateIpAddressCount"`
}

// assignPrivateNATGatewayAddress gives a private NAT gateway further addresses.
func assignPrivateNATGatewayAddress(t *tx, in *assignPrivateNATGatewayAddressInput) (*natAddressesOutput, error) {
	g, err := t.editNAT(in.NATGatewayID)
	switch {
	case err != nil:
		return nil, err
	case !g.Private:
		return nil, invalidValue("Private IP addresses cannot be assigned to the public NAT gateway %s", g.ID)
	case len(in.PrivateIPs) == 0 && value(in.PrivateIPCount) < 1:
		return nil, missingParameter("privateIpAddresses or privateIpAddressCount")
	}
	added, err := t.extendNAT(g, in.PrivateIPs, value(in.PrivateIPCount), nil)
	if err != nil {
		return nil, err
	}
	t.Put(g)
	return &natAddressesOutput{g.ID, natAddressItems(added, "succeeded")}, nil
}
