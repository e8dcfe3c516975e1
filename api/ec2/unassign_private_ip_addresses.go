package ec2

type unassignPrivateIPAddressesInput struct {
	privateIPAddressesInput
	_ struct{} `ignored:"Ipv4Prefix"`
}

func unassignPrivateIPAddresses(t *tx, in *unassignPrivateIPAddressesInput) (*returnOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if len(in.PrivateIPAddresses) == 0 {
		return nil, missingParameter("privateIpAddress")
	}
	for _, text := range in.PrivateIPAddresses {
		a, err := parseAddress(text)
		if err != nil {
			return nil, err
		}
		if err := t.dropIPv4(e, a); err != nil {
			return nil, err
		}
	}
	t.Put(e)
	return done()
}
