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
	Capture     string       // the captured interface that it is bound to, as in --capture
	Groups      []string     // ids of its security groups
	// Type is its interface type in EC2's words, such as interface, efa,
	// network_load_balancer or transit_gateway; "" is interface.
	Type             string
	RequesterID      string // who made it, if that was not the account: amazon-elb
	RequesterManaged bool
	NoSourceCheck    bool // sourceDestCheck is off
	Attachment       *Attachment
	Created          time.Time
}

// Attachment is how an ENI is attached to an instance or a service.
type Attachment struct {
	ID                  string
	InstanceOwner       string // the account, or a service: amazon-elb
	DeviceIndex         int
	DeleteOnTermination bool
	Time                time.Time
}

// Kind is KindENI.
func (*ENI) Kind() Kind { return KindENI }

// Refs gives the VPC, the subnet, the instance and the security groups.
func (e *ENI) Refs() []string {
	return refs(append([]string{e.VPCID, e.SubnetID, e.InstanceID}, e.Groups...)...)
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

// KindAddress is the kind of an Address.
const KindAddress Kind = "elastic-ip"

// Address is an Elastic IP address; its id is the allocation id.
type Address struct {
	Head
	PublicIP      netip.Addr
	AssociationID string // "" when it is not associated
	InterfaceID   string
	PrivateIP     netip.Addr // the private address that it stands for
}

// Kind is KindAddress.
func (*Address) Kind() Kind { return KindAddress }

// Refs gives the network interface.
func (a *Address) Refs() []string { return refs(a.InterfaceID) }

// KindInstance is the kind of an Instance.
const KindInstance Kind = "instance"

// Instance is what owns network interfaces. Nothing runs in it.
type Instance struct {
	Head
	VPCID         string
	SubnetID      string
	Zone          Zone
	ImageID       string
	Type          string // t3.micro
	KeyName       string
	State         string // running, stopped, terminated
	ReservationID string
	LaunchIndex   int
	Launched      time.Time
	Ended         time.Time // when it was stopped or terminated
	UserData      string
	ProfileARN    string // of the instance profile
	Protected     bool   // disableApiTermination
}

// Kind is KindInstance.
func (*Instance) Kind() Kind { return KindInstance }

// Refs gives the VPC and the subnet.
func (i *Instance) Refs() []string {
	if i.State == "terminated" {
		return nil
	}
	return refs(i.VPCID, i.SubnetID)
}
