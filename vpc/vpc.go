// Package vpc says whose address it is and what is allowed: VPCs, subnets and network interfaces as EC2 names them.
package vpc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
)

// VPC is a virtual private cloud of an account in a region.
type VPC struct {
	ID      string
	Account string
	Region  string
	CIDRs   []netip.Prefix // IPv4 and IPv6, the primary IPv4 block first
	Default bool
}

// Subnet is a range of a VPC in one Availability Zone.
type Subnet struct {
	ID         string
	VPCID      string
	Account    string
	Region     string
	Zone       Zone
	CIDR       netip.Prefix
	IPv6       []netip.Prefix
	DefaultFor bool // the default subnet of its zone
}

// ENI is an elastic network interface.
type ENI struct {
	ID          string
	Account     string
	Region      string
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

// Addresses gives every address that the interface carries.
func (e *ENI) Addresses() []netip.Addr {
	var out []netip.Addr
	if e.PrivateIP.IsValid() {
		out = append(out, e.PrivateIP)
	}
	return append(append(out, e.Secondary...), e.IPv6...)
}

// In says whether the interface is id, or lies in the subnet or VPC id.
func (e *ENI) In(id string) bool { return id == e.ID || id == e.SubnetID || id == e.VPCID }

// Resources is a set of network resources, as they are kept.
type Resources struct {
	VPCs    []VPC
	Subnets []Subnet
	ENIs    []ENI
}

// NewID makes a resource id in AWS's form, prefix-0123456789abcdef0, from a hash
// of prefix and parts: the same give the same id on every start.
func NewID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(prefix + "\x00" + strings.Join(parts, "\x00")))
	return prefix + "-" + hex.EncodeToString(sum[:])[:17]
}

// Tag is a tag of an EC2 resource. ResourceType is as in DescribeTags: vpc,
// subnet, network-interface, vpc-flow-log.
type Tag struct {
	ResourceID   string
	ResourceType string
	Key, Value   string
}

// RandomID makes a new resource id in AWS's form.
func RandomID(prefix string) string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + "-" + hex.EncodeToString(b[:])[:17]
}
