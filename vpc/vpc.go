// Package vpc says whose address it is and what is allowed: VPCs, subnets, network interfaces and their rules, as EC2 names them.
package vpc

import "net/netip"

// KindVPC is the kind of a VPC.
const KindVPC Kind = "vpc"

// VPC is a virtual private cloud.
type VPC struct {
	Head
	CIDRs         []netip.Prefix // IPv4 and IPv6, the primary IPv4 block first
	Default       bool
	Tenancy       string // default or dedicated
	DHCPOptionsID string
	DNSSupport    bool
	DNSHostnames  bool
	AddressUsage  bool // enableNetworkAddressUsageMetrics
}

// Kind is KindVPC.
func (*VPC) Kind() Kind { return KindVPC }

// Refs gives the DHCP options.
func (v *VPC) Refs() []string { return refs(v.DHCPOptionsID) }

// KindSubnet is the kind of a Subnet.
const KindSubnet Kind = "subnet"

// Subnet is a range of a VPC in one Availability Zone.
type Subnet struct {
	Head
	VPCID       string
	Zone        Zone
	CIDR        netip.Prefix // invalid if it is IPv6 only
	IPv6        []netip.Prefix
	DefaultFor  bool // the default subnet of its zone
	MapPublicIP bool // mapPublicIpOnLaunch
	AssignIPv6  bool // assignIpv6AddressOnCreation
	DNS64       bool // enableDns64
	// HostnameType, ResourceNameA and ResourceNameAAAA are its privateDnsNameOptionsOnLaunch.
	HostnameType     string
	ResourceNameA    bool
	ResourceNameAAAA bool
}

// Kind is KindSubnet.
func (*Subnet) Kind() Kind { return KindSubnet }

// Refs gives the VPC.
func (s *Subnet) Refs() []string { return refs(s.VPCID) }

// KindDHCPOptions is the kind of a DHCPOptions.
const KindDHCPOptions Kind = "dhcp-options"

// DHCPOptions is a set of DHCP options, which flowemu keeps without effect.
type DHCPOptions struct {
	Head
	noRefs
	Options []DHCPOption
}

// DHCPOption is one option with its values.
type DHCPOption struct {
	Key    string
	Values []string
}

// Kind is KindDHCPOptions.
func (*DHCPOptions) Kind() Kind { return KindDHCPOptions }

// KindPlace is the kind of a Place.
const KindPlace Kind = "account-region"

// Place says that an account has been seen in a Region, so that its default VPC
// is made once and not again after it was deleted.
type Place struct {
	Head
	noRefs
}

// Kind is KindPlace.
func (*Place) Kind() Kind { return KindPlace }
