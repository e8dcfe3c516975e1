package ec2

import (
	"net/netip"
)

type unassignPrivateIPAddressesInput struct {
	NetworkInterfaceID string   `query:"NetworkInterfaceId"`
	PrivateIPAddresses []string `query:"PrivateIpAddress"`
	_                  struct{} `ignored:"Ipv4Prefix"`
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
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, invalidValue("invalid value for parameter address: %s", text)
		}
		if err := t.dropIPv4(e, a); err != nil {
			return nil, err
		}
	}
	t.Put(e)
	return done()
}
