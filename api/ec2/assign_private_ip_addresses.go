package ec2

import (
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type assignPrivateIPAddressesInput struct {
	privateIPAddressesInput
	SecondaryCount    int      `query:"SecondaryPrivateIpAddressCount"`
	AllowReassignment bool     `query:"AllowReassignment"`
	_                 struct{} `ignored:"Ipv4Prefix Ipv4PrefixCount"`
}

// privateIPAddressesInput names an interface and private IPv4 addresses of it.
type privateIPAddressesInput struct {
	NetworkInterfaceID string   `query:"NetworkInterfaceId"`
	PrivateIPAddresses []string `query:"PrivateIpAddress"`
}

type assignPrivateIPAddressesOutput struct {
	NetworkInterfaceID string                `xml:"networkInterfaceId"`
	Assigned           api.Set[assignedIPv4] `xml:"assignedPrivateIpAddressesSet"`
}

type assignedIPv4 struct {
	PrivateIPAddress string `xml:"privateIpAddress"`
}

func assignPrivateIPAddresses(t *tx, in *assignPrivateIPAddressesInput) (*assignPrivateIPAddressesOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if len(in.PrivateIPAddresses) == 0 && in.SecondaryCount == 0 {
		return nil, missingParameter("privateIpAddress or secondaryPrivateIpAddressCount")
	}
	n := t.Subnet(e.SubnetID)
	if in.AllowReassignment {
		if err := t.takeIPv4(e, n, in.PrivateIPAddresses); err != nil {
			return nil, err
		}
	}
	before := len(e.Secondary)
	if err := t.addIPv4(e, n, in.PrivateIPAddresses, in.SecondaryCount); err != nil {
		return nil, err
	}
	t.Put(e)
	out := &assignPrivateIPAddressesOutput{NetworkInterfaceID: e.ID}
	for _, a := range e.Secondary[before:] {
		out.Assigned = append(out.Assigned, assignedIPv4{addrText(a)})
	}
	return out, nil
}

// takeIPv4 takes secondary addresses away from other interfaces of the subnet than e.
func (t *tx) takeIPv4(e *vpc.ENI, n *vpc.Subnet, addresses []string) error {
	for _, text := range addresses {
		a, err := netip.ParseAddr(text)
		if err != nil {
			continue
		}
		holder := t.Holder(n, a)
		if holder == nil || holder.ID == e.ID || holder.PrivateIP == a {
			continue
		}
		if holder, err = t.editInterface(holder.ID); err != nil {
			return err
		}
		if err := t.dropIPv4(holder, a); err != nil {
			return err
		}
		t.Put(holder)
	}
	return nil
}

// dropIPv4 takes a secondary address from e, and its Elastic IP address with it.
func (t *tx) dropIPv4(e *vpc.ENI, a netip.Addr) error {
	i := slices.Index(e.Secondary, a)
	if i < 0 {
		return notAssigned(e)
	}
	e.Secondary = slices.Delete(e.Secondary, i, i+1)
	if public := t.PublicOf(e, a); public != nil && public.Elastic != nil {
		t.disassociate(public.Elastic)
	}
	return nil
}

func notAssigned(e *vpc.ENI) error {
	return invalidValue("Some of the specified addresses are not assigned to interface %s", e.ID)
}
