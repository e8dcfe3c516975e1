package vpc

import (
	"net/netip"
	"slices"
	"time"
)

// KindENI is the kind of an ENI.
const KindENI Kind = "network-interface"

// ENI is an elastic network interface.
type ENI struct {
	Head
	VPCID       string
	SubnetID    string
	InstanceID  string // "" when it is attached to no instance
	Zone        Zone
	Description string
	MAC         string
	PrivateIP   netip.Addr   // the primary private IPv4 address; invalid when there is none
	Secondary   []netip.Addr // further private IPv4 addresses
	IPv6        []netip.Addr // the primary one first
	PrimaryIPv6 bool         // the first of IPv6 is a primary address that stays
	// PublicIP is a public address that AWS gave to the primary address; it is no
	// Elastic IP address. PublicOwner is its owner: amazon, amazon-elb.
	PublicIP    netip.Addr
	PublicOwner string
	AutoPublic  bool     // it gets a PublicIP whenever its instance runs
	Capture     string   // the captured interface that it is bound to, as in --capture
	Groups      []string // ids of its security groups
	// Type is its interface type in EC2's words, such as interface, efa,
	// network_load_balancer or transit_gateway; "" is interface.
	Type             string
	RequesterID      string // who made it, if that was not the account: amazon-elb
	RequesterManaged bool
	ByTag            bool // it was made with InterfaceTypeTag
	Discovered       bool // it was found on a host, not made by a user
	NoSourceCheck    bool // sourceDestCheck is off
	Attachment       *Attachment
	Detached         *Attachment // the attachment that it had before, while it has none
	Created          time.Time
}

// Attachment is how an ENI is attached to an instance or a service.
type Attachment struct {
	ID                  string
	InstanceOwner       string // the account, or a service: amazon-elb
	DeviceIndex         int
	NetworkCard         int
	DeleteOnTermination bool
	Time                time.Time
}

// Kind is KindENI.
func (*ENI) Kind() Kind { return KindENI }

// Refs gives the VPC, the subnet, the instance and the security groups, and what
// it is looked up by: its attachment, its addresses and its public address.
func (e *ENI) Refs() []string {
	out := append([]string{e.VPCID, e.SubnetID, e.InstanceID}, e.Groups...)
	if e.Attachment != nil {
		out = append(out, e.Attachment.ID)
	}
	if e.PublicIP.IsValid() {
		out = append(out, e.PublicIP.String())
	}
	for _, a := range e.Addresses() {
		out = append(out, addressRef(e.SubnetID, a))
	}
	return refs(out...)
}

// Primary gives the address that stands for the interface in srcaddr and
// dstaddr when the packet at hand carried a (an address of the interface's side).
// For IPv4 it is the primary private address. An IPv6 address that the interface
// carries, or a link-local one, stands for itself; any other becomes the
// interface's first. Without an address of that family a itself is given.
func (e *ENI) Primary(a netip.Addr) netip.Addr {
	switch {
	case a.Is4() && e.PrivateIP.IsValid():
		return e.PrivateIP
	case a.Is6() && len(e.IPv6) > 0 && !a.IsLinkLocalUnicast() && !slices.Contains(e.IPv6, a):
		return e.IPv6[0]
	}
	return a
}

// PrivateIPs gives its private IPv4 addresses, the primary one first.
func (e *ENI) PrivateIPs() []netip.Addr {
	if !e.PrivateIP.IsValid() {
		return nil
	}
	return append([]netip.Addr{e.PrivateIP}, e.Secondary...)
}

// Addresses gives every address that the interface carries.
func (e *ENI) Addresses() []netip.Addr { return append(e.PrivateIPs(), e.IPv6...) }

// In says whether the interface is id, or lies in the subnet or VPC id.
func (e *ENI) In(id string) bool { return id == e.ID || id == e.SubnetID || id == e.VPCID }
