package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// Lengths of an address block's prefix, and the step of IPv6 ones. Source:
// "VPC CIDR blocks" and "Subnet CIDR blocks", VPC user guide.
const (
	maxIPv4Block, minIPv4Block          = 16, 28 // of VPCs and subnets
	maxIPv6Block                        = 44     // of VPCs and subnets
	minVPCIPv6Block, minSubnetIPv6Block = 60, 64
	ipv6BlockStep                       = 4
	maxBlocks                           = 5 // of a VPC, for each of IPv4 and IPv6; source: "Amazon VPC quotas"
	maxSubnetIPv6Blocks                 = 1 // source: EC2 API, AssociateSubnetCidrBlock
)

// blockRequest is the members that ask for an address block of a VPC.
type blockRequest struct {
	CidrBlock      string   `query:"CidrBlock"`
	IPv4IPAMPoolID string   `query:"Ipv4IpamPoolId"`
	IPv6CidrBlock  string   `query:"Ipv6CidrBlock"`
	IPv6Pool       string   `query:"Ipv6Pool"`
	IPv6IPAMPoolID string   `query:"Ipv6IpamPoolId"`
	AmazonProvided bool     `query:"AmazonProvidedIpv6CidrBlock"`
	BorderGroup    string   `query:"Ipv6CidrBlockNetworkBorderGroup"`
	_              struct{} `ignored:"Ipv4NetmaskLength Ipv6NetmaskLength"` // of a block from an IPAM pool
}

// noIPAM refuses blocks from an IPAM pool: there is none.
func noIPAM(pools ...string) error {
	for _, id := range pools {
		if id != "" {
			return &api.Error{Code: "InvalidIpamPoolId.NotFound", Message: fmt.Sprintf("The ipam-pool ID '%s' does not exist", id)}
		}
	}
	return nil
}

// ipv4 gives the IPv4 block that is asked for.
func (r *blockRequest) ipv4() (netip.Prefix, error) {
	block, err := parseBlock("cidrBlock", r.CidrBlock, ipv4Bits)
	if err == nil && (block.Bits() < maxIPv4Block || block.Bits() > minIPv4Block) {
		err = vpcRange(block)
	}
	return block, err
}

func (r *blockRequest) wantsIPv6() bool {
	return r.AmazonProvided || r.IPv6CidrBlock != "" || r.IPv6Pool != ""
}

// ipv6 gives the IPv6 block for v that is asked for.
func (r *blockRequest) ipv6(t *tx, v *vpc.VPC) (netip.Prefix, error) {
	switch {
	case r.BorderGroup != "" && r.BorderGroup != t.Region:
		return netip.Prefix{}, invalidValue("Value (%s) for parameter ipv6CidrBlockNetworkBorderGroup is invalid.", r.BorderGroup)
	case r.AmazonProvided && (r.IPv6CidrBlock != "" || r.IPv6Pool != ""):
		return netip.Prefix{}, exclusive("amazonProvidedIpv6CidrBlock", "ipv6Pool")
	case r.AmazonProvided:
		return t.AmazonBlock(v), nil
	case r.IPv6Pool == "":
		return netip.Prefix{}, missingParameter("ipv6Pool")
	case r.IPv6CidrBlock == "":
		return netip.Prefix{}, missingParameter("ipv6CidrBlock")
	}
	block, err := parseBlock("ipv6CidrBlock", r.IPv6CidrBlock, ipv6Bits)
	if err == nil && (block.Bits() < maxIPv6Block || block.Bits() > minVPCIPv6Block || block.Bits()%ipv6BlockStep != 0) {
		err = vpcRange(block)
	}
	return block, err
}

func vpcRange(block netip.Prefix) error {
	return &api.Error{Code: "InvalidVpc.Range", Message: fmt.Sprintf("The CIDR '%s' is invalid.", block)}
}

// tooManyBlocks is the error that a VPC or subnet cannot have another address block.
func tooManyBlocks(id string, limit int) error {
	return &api.Error{Code: "CidrLimitExceeded", Message: fmt.Sprintf("This network '%s' has met its maximum number of allowed CIDRs: %d", id, limit)}
}

func blockInUse(format string, args ...any) error {
	return &api.Error{Code: "InvalidCidrBlock.InUse", Message: fmt.Sprintf(format, args...)}
}

// privateRanges are those of RFC 1918: a VPC has blocks of one of them only.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// restricted says whether block cannot be added to a VPC that has the others.
// Source: "IPv4 CIDR block association restrictions", VPC user guide.
func restricted(others []netip.Prefix, block netip.Prefix) bool {
	return slices.ContainsFunc(privateRanges, func(r netip.Prefix) bool { return r.Overlaps(block) && !slices.ContainsFunc(others, r.Overlaps) })
}

type vpcBlock struct {
	AssociationID string     `xml:"associationId"`
	CidrBlock     string     `xml:"cidrBlock"`
	State         blockState `xml:"cidrBlockState"`
}

type vpcIPv6Block struct {
	ipv6Block
	NetworkBorderGroup string `xml:"networkBorderGroup"`
	IPv6Pool           string `xml:"ipv6Pool"`
}

// ipv6Block is a subnet's IPv6 block, and what a VPC's has in common with it.
type ipv6Block struct {
	AssociationID string     `xml:"associationId"`
	CidrBlock     string     `xml:"ipv6CidrBlock"`
	State         blockState `xml:"ipv6CidrBlockState"`
	Attribute     string     `xml:"ipv6AddressAttribute"`
	Source        string     `xml:"ipSource"`
}

type blockState struct {
	State string `xml:"state"`
}

// States of an address block's association.
const (
	blockAssociating    = "associating" // only in the reply to the request
	blockAssociated     = "associated"
	blockDisassociating = "disassociating" // only in the reply to the request
)

func newVPCBlock(v *vpc.VPC, p netip.Prefix, state string) vpcBlock {
	return vpcBlock{v.AssociationID(p), p.String(), blockState{state}}
}

func newVPCIPv6Block(v *vpc.VPC, p netip.Prefix, state string) vpcIPv6Block {
	return vpcIPv6Block{newIPv6Block(v.AssociationID(p), v.Pool(p), p, state), v.Region, v.Pool(p)}
}

func newSubnetIPv6Block(s *vpc.Snapshot, n *vpc.Subnet, p netip.Prefix, state string) ipv6Block {
	pool := vpc.AmazonPool
	if v := s.VPC(n.VPCID); v != nil {
		pool = v.Pool(p)
	}
	return newIPv6Block(n.AssociationID(p), pool, p, state)
}

// newIPv6Block tells of a block of a pool. Source of attribute and source: EC2
// API, SubnetIpv6CidrBlockAssociation.
func newIPv6Block(id, pool string, p netip.Prefix, state string) ipv6Block {
	b := ipv6Block{id, p.String(), blockState{state}, "public", "byoip"}
	switch {
	case p.Addr().IsPrivate():
		b.Attribute, b.Source = "private", "none"
	case pool == vpc.AmazonPool:
		b.Source = "amazon"
	}
	return b
}
