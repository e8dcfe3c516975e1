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
	VpcID           string            `xml:"vpcId"`
	OwnerID         string            `xml:"ownerId"`
	State           string            `xml:"state"`
	CidrBlock       string            `xml:"cidrBlock"`
	DhcpOptionsID   string            `xml:"dhcpOptionsId"`
	InstanceTenancy string            `xml:"instanceTenancy"`
	IsDefault       bool              `xml:"isDefault"`
	CidrBlocks      api.Set[vpcCIDR]  `xml:"cidrBlockAssociationSet"`
	IPv6CidrBlocks  api.Set[ipv6CIDR] `xml:"ipv6CidrBlockAssociationSet"`
	Tags            api.Set[tag]      `xml:"tagSet"`
}

type vpcCIDR struct {
	AssociationID string    `xml:"associationId"`
	CidrBlock     string    `xml:"cidrBlock"`
	State         cidrState `xml:"cidrBlockState"`
}

type ipv6CIDR struct {
	AssociationID string    `xml:"associationId"`
	CidrBlock     string    `xml:"ipv6CidrBlock"`
	State         cidrState `xml:"ipv6CidrBlockState"`
}

type cidrState struct {
	State string `xml:"state"`
}

var vpcFilters = filters[vpc.VPC]{
	"cidr":            vpcCIDRs,
	"dhcp-options-id": func(_ *view, n *vpc.VPC) []string { return one(n.DHCPOptionsID) },
	"is-default":      vpcDefault,
	"isDefault":       vpcDefault,
	"owner-id":        func(_ *view, n *vpc.VPC) []string { return one(n.Account) },
	"state":           func(*view, *vpc.VPC) []string { return one("available") },
	"vpc-id":          func(_ *view, n *vpc.VPC) []string { return one(n.ID) },

	"cidr-block-association.cidr-block": func(_ *view, n *vpc.VPC) []string {
		v4, _ := families(n.CIDRs)
		return v4
	},
	"ipv6-cidr-block-association.ipv6-cidr-block": func(_ *view, n *vpc.VPC) []string {
		_, v6 := families(n.CIDRs)
		return v6
	},
}

func vpcCIDRs(_ *view, n *vpc.VPC) []string {
	v4, _ := families(n.CIDRs)
	return v4[:min(1, len(v4))]
}

func vpcDefault(_ *view, n *vpc.VPC) []string { return oneBool(n.Default) }

func describeVpcs(v *view, in *describeVpcsInput) (*describeVpcsOutput, error) {
	found, next, err := describe(v, &in.describing, "vpcSet", in.VpcIDs, vpcFilters)
	out := &describeVpcsOutput{NextToken: next}
	for _, n := range found {
		out.Vpcs = append(out.Vpcs, newVPCItem(v, n))
	}
	return out, err
}

// families parts prefixes into IPv4 and IPv6.
func families(prefixes []netip.Prefix) (v4, v6 []string) {
	for _, p := range prefixes {
		if p.Addr().Is4() {
			v4 = append(v4, p.String())
		} else {
			v6 = append(v6, p.String())
		}
	}
	return v4, v6
}

func newVPCItem(at place, n *vpc.VPC) vpcItem {
	item := vpcItem{
		VpcID: n.ID, OwnerID: n.Account, State: "available", DhcpOptionsID: n.DHCPOptionsID, InstanceTenancy: n.Tenancy, IsDefault: n.Default,
		Tags: tagSet(at, n.ID),
	}
	v4, v6 := families(n.CIDRs)
	for _, p := range v4 {
		item.CidrBlocks = append(item.CidrBlocks, vpcCIDR{vpc.NewID("vpc-cidr-assoc", n.ID, p), p, cidrState{"associated"}})
	}
	for _, p := range v6 {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, ipv6CIDR{vpc.NewID("vpc-cidr-assoc", n.ID, p), p, cidrState{"associated"}})
	}
	if len(v4) > 0 {
		item.CidrBlock = v4[0]
	}
	return item
}
