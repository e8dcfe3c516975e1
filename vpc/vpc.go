// Package vpc says whose address it is and what is allowed: VPCs, subnets, network interfaces and their rules, as EC2 names them.
package vpc

import "net/netip"

// KindVPC is the kind of a VPC.
const KindVPC Kind = "vpc"

// VPC is a virtual private cloud.
type VPC struct {
	Head
	CIDRs         []netip.Prefix          // IPv4 and IPv6, the primary IPv4 block first
	Pools         map[netip.Prefix]string // the address pools of IPv6 blocks that the owner brought
	Default       bool
	Tenancy       string // default or dedicated
	DHCPOptionsID string // DefaultDHCP if it has none
	DNSSupport    bool
	DNSHostnames  bool
	AddressUsage  bool // enableNetworkAddressUsageMetrics
}

// Kind is KindVPC.
func (*VPC) Kind() Kind { return KindVPC }

// Refs gives the DHCP options.
func (v *VPC) Refs() []string { return refs(v.DHCPOptionsID) }

// Primary gives the block that the VPC was created with. One that was discovered
// may have no IPv4 block, and then no primary one.
func (v *VPC) Primary() netip.Prefix {
	for _, p := range v.CIDRs {
		if p.Addr().Is4() {
			return p
		}
	}
	return netip.Prefix{}
}

// AssociationID gives the id of the VPC's association with one of its blocks.
func (v *VPC) AssociationID(block netip.Prefix) string {
	return NewID("vpc-cidr-assoc", v.ID, block.String())
}

// Names of IPv6 address pools that nobody brought. Source: EC2 API,
// VpcIpv6CidrBlockAssociation; the second as AWS answers it for private blocks.
const (
	AmazonPool = "Amazon"
	IPAMPool   = "IPAM Managed"
)

// Pool gives the address pool that an IPv6 block of the VPC, or of a subnet in it, is from.
func (v *VPC) Pool(block netip.Prefix) string {
	for own, pool := range v.Pools {
		if own.Overlaps(block) {
			return pool
		}
	}
	if block.Addr().IsPrivate() {
		return IPAMPool
	}
	return AmazonPool
}

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
	OutpostARN  string
	// CustomerPool and MapCustomerIP are its customerOwnedIpv4Pool and
	// mapCustomerOwnedIpOnLaunch, LNIDevice its enableLniAtDeviceIndex: all are about Outposts.
	CustomerPool  string
	MapCustomerIP bool
	LNIDevice     int
	// HostnameType, ResourceNameA and ResourceNameAAAA are its privateDnsNameOptionsOnLaunch.
	HostnameType     string
	ResourceNameA    bool
	ResourceNameAAAA bool
}

// Kind is KindSubnet.
func (*Subnet) Kind() Kind { return KindSubnet }

// Refs gives the VPC.
func (s *Subnet) Refs() []string { return refs(s.VPCID) }

// AssociationID gives the id of the subnet's association with one of its IPv6 blocks.
func (s *Subnet) AssociationID(block netip.Prefix) string {
	return NewID("subnet-cidr-assoc", s.ID, block.String())
}

// Blocks gives the address blocks of the subnet, IPv4 and IPv6.
func (s *Subnet) Blocks() []netip.Prefix {
	if !s.CIDR.IsValid() {
		return s.IPv6
	}
	return append([]netip.Prefix{s.CIDR}, s.IPv6...)
}

// Host name types of privateDnsNameOptionsOnLaunch. Source: EC2 API, PrivateDnsNameOptionsOnLaunch.
const (
	IPName       = "ip-name"
	ResourceName = "resource-name"
)

// KindDHCPOptions is the kind of a DHCPOptions.
const KindDHCPOptions Kind = "dhcp-options"

// DefaultDHCP is the id that stands for no DHCP options.
// Source: EC2 API, AssociateDhcpOptions.
const DefaultDHCP = "default"

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
