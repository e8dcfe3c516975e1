package ec2

import "github.com/flowemu/flowemu/api"

type assignIPv6AddressesInput struct {
	ipv6AddressesInput
	IPv6Count int      `query:"Ipv6AddressCount"`
	_         struct{} `ignored:"Ipv6Prefix Ipv6PrefixCount"`
}

// ipv6AddressesInput names an interface and IPv6 addresses of it.
type ipv6AddressesInput struct {
	NetworkInterfaceID string   `query:"NetworkInterfaceId"`
	IPv6Addresses      []string `query:"Ipv6Addresses"`
}

type assignIPv6AddressesOutput struct {
	NetworkInterfaceID string          `xml:"networkInterfaceId"`
	Assigned           api.Set[string] `xml:"assignedIpv6Addresses"`
}

func assignIPv6Addresses(t *tx, in *assignIPv6AddressesInput) (*assignIPv6AddressesOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if len(in.IPv6Addresses) == 0 && in.IPv6Count == 0 {
		return nil, missingParameter("ipv6Addresses or ipv6AddressCount")
	}
	added, err := t.addIPv6(e, t.Subnet(e.SubnetID), in.IPv6Addresses, in.IPv6Count)
	if err != nil {
		return nil, err
	}
	t.Put(e)
	return &assignIPv6AddressesOutput{e.ID, addrTexts(added)}, nil
}
