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

// Network is what a host's interfaces stand for: a VPC, its subnets, the host as
// an instance, and an ENI for each interface.
type Network struct {
	VPC      *vpc.VPC
	Subnets  []*vpc.Subnet
	Instance *vpc.Instance
	Found    []Found
	names    map[string]string // of resources, for their Name tag
}

// NewNetwork makes the network of a host's interfaces. All ids are hashes of
// account, Region, host name and interface name, so that they are the same on
// every start.
func NewNetwork(h Host, interfaces []Interface) *Network {
	zone := vpc.RegionNamed(h.Region).Zones[0]
	v := &vpc.VPC{Head: h.head("vpc"), Tenancy: "default", DNSSupport: true, DNSHostnames: true}
	host := &vpc.Instance{
		Head: h.head("i"), VPCID: v.ID, Zone: zone, State: "running", Type: "t3.micro", ReservationID: h.id("r"), ImageID: h.id("ami"),
	}
	n := &Network{VPC: v, Instance: host, names: map[string]string{v.ID: h.Name, host.ID: h.Name}}
	for _, i := range interfaces {
		s := &vpc.Subnet{VPCID: v.ID, Zone: zone, HostnameType: "ip-name"}
		e := vpc.ENI{
			Head: h.head("eni", i.Name), VPCID: v.ID, InstanceID: host.ID, Zone: zone, Description: "Interface " + i.Name + " of " + h.Name,
			MAC: i.MAC.String(), Capture: i.Name, Discovered: true, Groups: []string{n.openGroup().ID},
			Attachment: &vpc.Attachment{ID: h.id("eni-attach", i.Name), InstanceOwner: h.Account, DeviceIndex: len(n.Found)},
		}
		address(&e, s, i.Prefixes)
		s.Head = h.head("subnet", s.CIDR.String(), fmt.Sprint(s.IPv6)) // interfaces of one network share a subnet
		e.SubnetID = s.ID
		if s.CIDR.IsValid() {
			v.CIDRs = append(v.CIDRs, s.CIDR)
		}
		v.CIDRs = append(v.CIDRs, s.IPv6...)
		n.Subnets = append(n.Subnets, s)
		n.Found = append(n.Found, Found{Interface: i, ENI: e})
		n.names[s.ID], n.names[e.ID] = h.Name+"/"+i.Name, h.Name+"/"+i.Name
	}
	slices.SortFunc(v.CIDRs, func(a, b netip.Prefix) int {
		return cmp.Or(cmp.Compare(a.Addr().BitLen(), b.Addr().BitLen()), a.Addr().Compare(b.Addr()))
	})
	v.CIDRs = slices.Compact(v.CIDRs)
	return n
}

// openGroup is the security group of discovered ENIs: a host answers on its
// published ports, so AWS's default group would call REJECT what is answered.
func (n *Network) openGroup() *vpc.SecurityGroup {
	v := n.VPC
	return &vpc.SecurityGroup{
		Head:  vpc.Head{ID: vpc.NewID("sg", v.ID, OpenGroup), Account: v.Account, Region: v.Region},
		VPCID: v.ID, Name: OpenGroup, Description: "Everything in and out, for what flowemu discovered",
	}
}

// OpenGroup is the name of the security group of discovered ENIs.
const OpenGroup = "flowemu-open"

// Put makes the network known. What it finds of an earlier start keeps what its
// users changed: tags, security groups, rules.
func (n *Network) Put(tx *vpc.Tx) {
	if len(n.Found) == 0 {
		return
	}
	if tx.VPC(n.VPC.ID) == nil {
		for _, r := range vpc.NewVPC(n.VPC) {
			tx.Put(r)
		}
		n.putOpenGroup(tx)
		tx.PutWayOut(n.VPC)
	}
	n.VPC.DHCPOptionsID = tx.DefaultDHCPOptions(n.VPC.Account, n.VPC.Region)
	tx.Put(n.VPC)
	for _, s := range n.Subnets {
		if tx.Subnet(s.ID) == nil {
			tx.PutSubnet(s)
		}
	}
	if vpc.Get[vpc.Instance](tx.Snapshot, n.Instance.ID) == nil {
		n.Instance.SubnetID = n.Subnets[0].ID
		tx.Put(n.Instance)
	}
	for i := range n.Found {
		n.PutENI(tx, &n.Found[i].ENI)
	}
	n.name(tx, n.VPC, n.Instance)
	for _, s := range n.Subnets {
		n.name(tx, s)
	}
}

// PutENI makes the ENI of one of the interfaces known.
func (n *Network) PutENI(tx *vpc.Tx, e *vpc.ENI) {
	own := *e
	if old := tx.ENI(e.ID); old != nil {
		own.Groups, own.Description, own.NoSourceCheck = old.Groups, old.Description, old.NoSourceCheck
	}
	tx.Put(&own)
	n.name(tx, &own)
}

// name gives resources their Name tag, if they have none.
func (n *Network) name(tx *vpc.Tx, resources ...vpc.Resource) {
	for _, r := range resources {
		if _, ok := tx.Tag(r.Header().ID, "Name"); !ok {
			tx.AddTags(r, []vpc.Tag{{Key: "Name", Value: n.names[r.Header().ID]}})
		}
	}
}

func (n *Network) putOpenGroup(tx *vpc.Tx) {
	g := n.openGroup()
	tx.Put(g)
	for _, egress := range []bool{false, true} {
		for _, any := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
			tx.Put(&vpc.SecurityGroupRule{
				Head:    vpc.Head{ID: vpc.NewID("sgr", g.ID, fmt.Sprint(egress, any)), Account: g.Account, Region: g.Region},
				GroupID: g.ID, Egress: egress, Protocol: vpc.AllProtocols, FromPort: vpc.AnyPort, ToPort: vpc.AnyPort, CIDR: netip.PrefixFrom(any, 0),
			})
		}
	}
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

func (h Host) head(prefix string, parts ...string) vpc.Head {
	return vpc.Head{ID: h.id(prefix, parts...), Account: h.Account, Region: h.Region}
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
