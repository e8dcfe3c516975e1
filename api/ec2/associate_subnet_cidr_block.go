package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

type associateSubnetCidrBlockInput struct {
	SubnetID       string   `query:"SubnetId"`
	IPv6CidrBlock  string   `query:"Ipv6CidrBlock"`
	IPv6IPAMPoolID string   `query:"Ipv6IpamPoolId"`
	_              struct{} `ignored:"Ipv6NetmaskLength"` // of a block from an IPAM pool
}

type subnetBlockOutput struct {
	SubnetID string    `xml:"subnetId"`
	IPv6     ipv6Block `xml:"ipv6CidrBlockAssociation"`
}

func associateSubnetCidrBlock(t *tx, in *associateSubnetCidrBlockInput) (*subnetBlockOutput, error) {
	n, err := editRequired[vpc.Subnet](t, "subnetId", in.SubnetID)
	if err != nil {
		return nil, err
	}
	v, err := find[vpc.VPC](t, n.VPCID)
	if err != nil {
		return nil, err
	}
	if err := noIPAM(in.IPv6IPAMPoolID); err != nil {
		return nil, err
	}
	if in.IPv6CidrBlock == "" {
		return nil, missingParameter("ipv6CidrBlock")
	}
	block, err := subnetIPv6(t, v, in.IPv6CidrBlock)
	if err != nil {
		return nil, err
	}
	if len(n.IPv6) >= maxSubnetIPv6Blocks {
		return nil, tooManyBlocks(n.ID, maxSubnetIPv6Blocks)
	}
	n.IPv6 = []netip.Prefix{block}
	t.Put(n)
	return &subnetBlockOutput{n.ID, newSubnetIPv6Block(t.Snapshot, n, block, blockAssociating)}, nil
}
