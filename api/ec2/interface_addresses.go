package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// addressing is the members of CreateNetworkInterface and of RunInstances'
// NetworkInterface that say which addresses a new interface gets.
type addressing struct {
	PrivateIPAddress   string              `query:"PrivateIpAddress"`
	PrivateIPAddresses []privateAddressing `query:"PrivateIpAddresses"`
	SecondaryCount     *int                `query:"SecondaryPrivateIpAddressCount"`
	IPv6Addresses      []ipv6Addressing    `query:"Ipv6Addresses"`
	IPv6Count          *int                `query:"Ipv6AddressCount"`
	_                  struct{}            `ignored:"Ipv4Prefix Ipv4PrefixCount Ipv6Prefix Ipv6PrefixCount ConnectionTrackingSpecification"`
}

type privateAddressing struct {
	PrivateIPAddress string `query:"PrivateIpAddress"`
	Primary          bool   `query:"Primary"`
}

type ipv6Addressing struct {
	IPv6Address string `query:"Ipv6Address"`
	IsPrimary   bool   `query:"IsPrimaryIpv6"`
}

// give gives a new interface its addresses.
func (in *addressing) give(t *tx, e *vpc.ENI, n *vpc.Subnet) error {
	primary, secondary, err := in.ipv4()
	if err != nil {
		return err
	}
	if n.CIDR.IsValid() {
		if e.PrivateIP, err = t.address(n, primary); err != nil {
			return err
		}
	}
	if err := t.addIPv4(e, n, secondary, value(in.SecondaryCount)); err != nil {
		return err
	}
	count := value(in.IPv6Count)
	if in.IPv6Count == nil && len(in.IPv6Addresses) == 0 && n.AssignIPv6 {
		count = 1
	}
	wanted := make([]string, len(in.IPv6Addresses))
	for i, a := range in.IPv6Addresses {
		wanted[i] = a.IPv6Address
		e.PrimaryIPv6 = e.PrimaryIPv6 || a.IsPrimary
	}
	_, err = t.addIPv6(e, n, wanted, count)
	return err
}

// ipv4 gives the addresses that were asked for by name.
func (in *addressing) ipv4() (primary string, secondary []string, err error) {
	primary = in.PrivateIPAddress
	for _, a := range in.PrivateIPAddresses {
		switch {
		case !a.Primary && a.PrivateIPAddress != primary:
			secondary = append(secondary, a.PrivateIPAddress)
		case a.Primary && primary != "" && primary != a.PrivateIPAddress:
			return "", nil, invalidCombination("Only one primary private IP address can be specified.")
		case a.Primary:
			primary = a.PrivateIPAddress
		}
	}
	return primary, secondary, nil
}

// address gives the wanted IPv4 address of a subnet or, if that is "", a free one.
func (t *tx) address(n *vpc.Subnet, wanted string, besides ...netip.Addr) (netip.Addr, error) {
	if wanted != "" {
		return t.wanted(n, wanted, n.CIDR)
	}
	a, ok := t.FreeAddress(n, besides...)
	if !ok {
		return a, noAddresses(n, "addresses")
	}
	return a, nil
}

// wanted gives an address of a subnet that was asked for, if it can be had.
func (t *tx) wanted(n *vpc.Subnet, text string, in ...netip.Prefix) (netip.Addr, error) {
	a, err := parseAddress(text)
	if err != nil {
		return a, err
	}
	i := slices.IndexFunc(in, func(p netip.Prefix) bool { return p.Contains(a) })
	switch {
	case i < 0:
		return a, invalidValue("Address %s does not fall within the subnet's address range", a)
	case !vpc.Usable(in[i], a):
		return a, invalidValue("Address %s is in subnet's reserved address range", a)
	case t.Holder(n, a) != nil:
		return a, &api.Error{Code: "InvalidIPAddress.InUse", Message: fmt.Sprintf("Address %s is in use.", a)}
	}
	return a, nil
}

// maxAddresses is how many addresses of a family an interface can have, that of
// the instance types that can have most. Source: "IP addresses per network
// interface per instance type", EC2 user guide.
const maxAddresses = 50

func checkCount(have, add int) error {
	switch {
	case add < 0:
		return invalidValue("Value (%d) for the number of addresses is invalid.", add)
	case have+add > maxAddresses:
		return &api.Error{Code: "PrivateIpAddressLimitExceeded", Message: "Number of private addresses will exceed limit."}
	}
	return nil
}

// addIPv4 adds secondary addresses: the wanted ones, and as many more as count says.
func (t *tx) addIPv4(e *vpc.ENI, n *vpc.Subnet, wanted []string, count int) error {
	if len(wanted) > 0 && count > 0 {
		return exclusive("secondaryPrivateIpAddressCount", "privateIpAddresses")
	}
	if err := checkCount(len(e.PrivateIPs())+len(wanted), count); err != nil {
		return err
	}
	for range count {
		wanted = append(wanted, "")
	}
	for _, text := range wanted {
		a, err := t.address(n, text, e.Addresses()...)
		if err != nil {
			return err
		}
		if slices.Contains(e.Addresses(), a) {
			return twice(a)
		}
		e.Secondary = append(e.Secondary, a)
	}
	return nil
}

// addIPv6 is addIPv4 for IPv6. It gives the addresses that it added.
func (t *tx) addIPv6(e *vpc.ENI, n *vpc.Subnet, wanted []string, count int) ([]netip.Addr, error) {
	if len(wanted) > 0 && count > 0 {
		return nil, exclusive("ipv6AddressCount", "ipv6Addresses")
	}
	if err := checkCount(len(e.IPv6)+len(wanted), count); err != nil {
		return nil, err
	}
	if len(wanted)+count > 0 && len(n.IPv6) == 0 {
		return nil, invalidValue("The subnet '%s' does not have an IPv6 CIDR block associated with it.", n.ID)
	}
	before := len(e.IPv6)
	for _, text := range wanted {
		a, err := t.wanted(n, text, n.IPv6...)
		if err != nil {
			return nil, err
		}
		if slices.Contains(e.IPv6, a) {
			return nil, twice(a)
		}
		e.IPv6 = append(e.IPv6, a)
	}
	for range count {
		a, ok := t.FreeIPv6(n, e.IPv6...)
		if !ok {
			return nil, noAddresses(n, "addresses")
		}
		e.IPv6 = append(e.IPv6, a)
	}
	return e.IPv6[before:], nil
}

func twice(a netip.Addr) error {
	return invalidValue("Address %s is specified more than once.", a)
}

// groupsOf gives the security groups of an interface in a subnet: those asked
// for or, if there are none, the VPC's default group.
func (t *tx) groupsOf(n *vpc.Subnet, asked []string) ([]string, error) {
	if len(asked) == 0 {
		if g := t.DefaultGroup(n.VPCID); g != nil {
			return []string{g.ID}, nil
		}
		return nil, nil
	}
	other, err := t.foreignGroup(n.VPCID, asked)
	if err != nil {
		return nil, err
	}
	if other != "" {
		return nil, invalidParameter("Security group %s and subnet %s belong to different networks.", other, n.ID)
	}
	return asked, nil
}

// regroup puts an interface into other security groups.
func (t *tx) regroup(e *vpc.ENI, asked []string) error {
	other, err := t.foreignGroup(e.VPCID, asked)
	if err != nil {
		return err
	}
	if other != "" {
		return noGroup("You have specified two resources that belong to different networks.")
	}
	e.Groups = asked
	return nil
}

// foreignGroup gives the first of security groups that is not of a VPC, or "".
func (t *tx) foreignGroup(vpcID string, groups []string) (string, error) {
	for _, id := range groups {
		g, err := find[vpc.SecurityGroup](t, id)
		if err != nil {
			return "", err
		}
		if g.VPCID != vpcID {
			return id, nil
		}
	}
	return "", nil
}
