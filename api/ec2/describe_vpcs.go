package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeVpcsInput struct {
	describing
	VpcIDs []string `query:"VpcId"`
}

type describeVpcsOutput struct {
	Vpcs      api.Set[vpcItem] `xml:"vpcSet"`
	NextToken string           `xml:"nextToken,omitempty"`
}

type vpcItem struct {
	VpcID             string                    `xml:"vpcId"`
	OwnerID           string                    `xml:"ownerId"`
	State             string                    `xml:"state"`
	CidrBlock         string                    `xml:"cidrBlock"`
	DhcpOptionsID     string                    `xml:"dhcpOptionsId"`
	InstanceTenancy   string                    `xml:"instanceTenancy"`
	IsDefault         bool                      `xml:"isDefault"`
	CidrBlocks        api.Set[vpcBlock]         `xml:"cidrBlockAssociationSet"`
	IPv6CidrBlocks    api.Set[vpcIPv6Block]     `xml:"ipv6CidrBlockAssociationSet"`
	BlockPublicAccess blockPublicAccess         `xml:"blockPublicAccessStates"`
	EncryptionControl *vpcEncryptionControlItem `xml:"encryptionControl"`
	Tags              api.Set[tag]              `xml:"tagSet"`
}

var vpcFilters = filters[vpc.VPC]{
	"cidr":            func(_ *view, n *vpc.VPC) []string { return onePrefix(n.Primary()) },
	"dhcp-options-id": func(_ *view, n *vpc.VPC) []string { return one(n.DHCPOptionsID) },
	"is-default":      vpcDefault,
	"isDefault":       vpcDefault,
	"owner-id":        func(_ *view, n *vpc.VPC) []string { return one(n.Account) },
	"state":           func(*view, *vpc.VPC) []string { return one("available") },
	"vpc-id":          func(_ *view, n *vpc.VPC) []string { return one(n.ID) },

	"cidr-block-association.association-id":       func(_ *view, n *vpc.VPC) []string { return associationIDs(n, ipv4Bits) },
	"cidr-block-association.cidr-block":           func(_ *view, n *vpc.VPC) []string { return blockTexts(n.CIDRs, ipv4Bits) },
	"cidr-block-association.state":                func(_ *view, n *vpc.VPC) []string { return blockStates(n.CIDRs, ipv4Bits) },
	"ipv6-cidr-block-association.association-id":  func(_ *view, n *vpc.VPC) []string { return associationIDs(n, ipv6Bits) },
	"ipv6-cidr-block-association.ipv6-cidr-block": func(_ *view, n *vpc.VPC) []string { return blockTexts(n.CIDRs, ipv6Bits) },
	"ipv6-cidr-block-association.ipv6-pool":       vpcPools,
	"ipv6-cidr-block-association.state":           func(_ *view, n *vpc.VPC) []string { return blockStates(n.CIDRs, ipv6Bits) },
}

func vpcDefault(_ *view, n *vpc.VPC) []string { return oneBool(n.Default) }

func vpcPools(_ *view, n *vpc.VPC) (out []string) {
	for _, p := range family(n.CIDRs, ipv6Bits) {
		out = append(out, n.Pool(p))
	}
	return out
}

func associationIDs(n *vpc.VPC, bits int) (out []string) {
	for _, p := range family(n.CIDRs, bits) {
		out = append(out, n.AssociationID(p))
	}
	return out
}

func blockTexts(blocks []netip.Prefix, bits int) []string { return prefixTexts(family(blocks, bits)) }

// blockStates gives the states of the associations with the blocks of a family.
func blockStates(blocks []netip.Prefix, bits int) []string {
	if len(family(blocks, bits)) == 0 {
		return nil
	}
	return one(blockAssociated)
}

func describeVpcs(v *view, in *describeVpcsInput) (*describeVpcsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "vpcSet", in.VpcIDs, vpcFilters)
	out := &describeVpcsOutput{NextToken: next}
	for _, n := range found {
		out.Vpcs = append(out.Vpcs, newVPCItem(v, n))
	}
	return out, err
}

func newVPCItem(at place, n *vpc.VPC) vpcItem {
	s, _ := at.in()
	item := vpcItem{
		VpcID: n.ID, OwnerID: n.Account, State: "available", DhcpOptionsID: n.DHCPOptionsID, InstanceTenancy: n.Tenancy, IsDefault: n.Default,
		CidrBlock: prefixText(n.Primary()), BlockPublicAccess: blockPublicAccess{s.PublicAccess(n.ID, "")}, Tags: tagSet(at, n.ID),
	}
	if c := s.EncryptionControl(n.ID); c != nil {
		control := newVPCEncryptionControlItem(at, c, controlAvailable)
		item.EncryptionControl = &control
	}
	for _, p := range family(n.CIDRs, ipv4Bits) {
		item.CidrBlocks = append(item.CidrBlocks, newVPCBlock(n, p, blockAssociated))
	}
	for _, p := range family(n.CIDRs, ipv6Bits) {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, newVPCIPv6Block(n, p, blockAssociated))
	}
	return item
}
