package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
)

type unassignIPv6AddressesInput struct {
	ipv6AddressesInput
	_ struct{} `ignored:"Ipv6Prefix"`
}

type unassignIPv6AddressesOutput struct {
	NetworkInterfaceID string          `xml:"networkInterfaceId"`
	Unassigned         api.Set[string] `xml:"unassignedIpv6Addresses"`
}

func unassignIPv6Addresses(t *tx, in *unassignIPv6AddressesInput) (*unassignIPv6AddressesOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if len(in.IPv6Addresses) == 0 {
		return nil, missingParameter("ipv6Addresses")
	}
	out := &unassignIPv6AddressesOutput{NetworkInterfaceID: e.ID}
	for _, text := range in.IPv6Addresses {
		a, err := parseAddress(text)
		i := slices.Index(e.IPv6, a)
		switch {
		case err != nil:
			return nil, err
		case i < 0:
			return nil, notAssigned(e)
		case i == 0 && e.PrimaryIPv6:
			return nil, invalidValue("Address %s is the primary IPv6 address of interface %s and cannot be unassigned.", a, e.ID)
		}
		e.IPv6 = slices.Delete(e.IPv6, i, i+1)
		out.Unassigned = append(out.Unassigned, addrText(a))
	}
	t.Put(e)
	return out, nil
}
