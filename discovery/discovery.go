// Package discovery finds the interfaces that can be captured and the network that they stand for.
package discovery

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

// Host is the machine whose interfaces are found.
type Host struct {
	Name    string // its host name
	Account string
	Region  string
}

// Interface is a network interface of this machine.
type Interface struct {
	Name     string
	Index    int
	MAC      net.HardwareAddr
	Loopback bool
	// Kind is the link's type as the kernel names it, such as "device", "veth",
	// "bridge" or "tun".
	Kind string
	// PeerElsewhere says that a veth's other end is in another network namespace.
	PeerElsewhere bool
	// Slave says that the interface belongs to a bond or a bridge.
	Slave    bool
	Up       bool
	Prefixes []netip.Prefix // its addresses with their networks, in the kernel's order
}

// Found is an interface with its ENI.
type Found struct {
	Interface
	ENI  vpc.ENI
	Live bool // whether a ring is open on it
}

// Select gives the interfaces that a --capture value names: "auto" for uplinks,
// loopback and veths whose peer is elsewhere; "none" for the same, which then are
// ENIs that only injected packets pass; or a list of names. An
// interface without an address is nobody's side: auto passes it over, and naming
// it is an error.
func Select(all []Interface, capture string) ([]Interface, error) {
	switch capture {
	case "auto", "none":
		return slices.DeleteFunc(slices.Clone(all), func(i Interface) bool { return !i.auto() }), nil
	}
	var out []Interface
	for name := range strings.SplitSeq(capture, ",") {
		i := slices.IndexFunc(all, func(i Interface) bool { return i.Name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("--capture %s: this machine has no interface %s; it has %s", capture, name, names(all))
		case len(all[i].Prefixes) == 0:
			return nil, fmt.Errorf("--capture %s: interface %s has no address, so it is not known whose side it is; give it one or name another", capture, name)
		case slices.ContainsFunc(out, func(o Interface) bool { return o.Name == name }):
			return nil, fmt.Errorf("--capture %s: interface %s is named twice", capture, name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func names(all []Interface) string {
	var out []string
	for _, i := range all {
		out = append(out, i.Name)
	}
	return strings.Join(out, ", ")
}

// auto follows "--capture auto": never a bridge, a bond's or bridge's member, or
// a veth whose peer is in this namespace, since those show the same packets twice.
func (i *Interface) auto() bool {
	switch {
	case !i.Up || len(i.Prefixes) == 0 || i.Slave:
		return false
	case i.Loopback:
		return true
	case i.Kind == "veth":
		return i.PeerElsewhere
	}
	return i.Kind != "bridge" && i.Kind != "ifb" && i.Kind != "dummy"
}

// Network makes the host's VPC with a subnet and an ENI for each interface. All
// ids are hashes of account, Region, host name and interface name, so that they
// are the same on every start.
func Network(h Host, interfaces []Interface) (vpc.Resources, []Found, []vpc.Tag) {
	zone := vpc.RegionNamed(h.Region).Zones[0]
	v := vpc.VPC{ID: h.id("vpc"), Account: h.Account, Region: h.Region}
	instance := h.id("i")
	tags := []vpc.Tag{{ResourceID: v.ID, ResourceType: "vpc", Key: "Name", Value: h.Name}}
	var (
		r     vpc.Resources
		found []Found
	)
	for _, i := range interfaces {
		s := vpc.Subnet{VPCID: v.ID, Account: h.Account, Region: h.Region, Zone: zone}
		e := vpc.ENI{
			ID: h.id("eni", i.Name), Account: h.Account, Region: h.Region, VPCID: v.ID, InstanceID: instance,
			Zone: zone, Description: "Interface " + i.Name + " of " + h.Name, MAC: i.MAC.String(), Capture: i.Name,
		}
		address(&e, &s, i.Prefixes)
		s.ID = h.id("subnet", s.CIDR.String(), fmt.Sprint(s.IPv6)) // interfaces of one network share a subnet
		e.SubnetID = s.ID
		if s.CIDR.IsValid() {
			v.CIDRs = append(v.CIDRs, s.CIDR)
		}
		v.CIDRs = append(v.CIDRs, s.IPv6...)
		r.Subnets, r.ENIs = append(r.Subnets, s), append(r.ENIs, e)
		found = append(found, Found{Interface: i, ENI: e})
		tags = append(tags,
			vpc.Tag{ResourceID: s.ID, ResourceType: "subnet", Key: "Name", Value: h.Name + "/" + i.Name},
			vpc.Tag{ResourceID: e.ID, ResourceType: "network-interface", Key: "Name", Value: h.Name + "/" + i.Name})
	}
	if len(found) == 0 {
		return r, nil, nil
	}
	slices.SortFunc(v.CIDRs, func(a, b netip.Prefix) int {
		return cmp.Or(cmp.Compare(a.Addr().BitLen(), b.Addr().BitLen()), a.Addr().Compare(b.Addr()))
	})
	v.CIDRs = slices.Compact(v.CIDRs)
	r.VPCs = []vpc.VPC{v}
	return r, found, tags
}

// address gives e the interface's addresses and s their networks. The first IPv4
// address is the primary one; link-local IPv6 addresses are every interface's own
// and name no subnet.
func address(e *vpc.ENI, s *vpc.Subnet, prefixes []netip.Prefix) {
	for _, p := range prefixes {
		a := p.Addr()
		switch {
		case a.Is4() && !e.PrivateIP.IsValid():
			e.PrivateIP, s.CIDR = a, p.Masked()
		case a.Is4():
			e.Secondary = append(e.Secondary, a)
		case !a.IsLinkLocalUnicast():
			e.IPv6, s.IPv6 = append(e.IPv6, a), append(s.IPv6, p.Masked())
		}
	}
}

func (h Host) id(prefix string, parts ...string) string {
	return vpc.NewID(prefix, append([]string{h.Account, h.Region, "host", h.Name}, parts...)...)
}

// HostName gives this machine's name, or "localhost".
func HostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}
