package ec2

import (
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createSubnetInput struct {
	dryRun
	zoneChoice
	VpcID             string             `query:"VpcId"`
	CidrBlock         string             `query:"CidrBlock"`
	IPv6CidrBlock     string             `query:"Ipv6CidrBlock"`
	IPv6Native        bool               `query:"Ipv6Native"`
	OutpostArn        string             `query:"OutpostArn"`
	IPv4IPAMPoolID    string             `query:"Ipv4IpamPoolId"`
	IPv6IPAMPoolID    string             `query:"Ipv6IpamPoolId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
	_                 struct{}           `ignored:"Ipv4NetmaskLength Ipv6NetmaskLength"` // of a block from an IPAM pool
}

type subnetOutput struct {
	Subnet subnetItem `xml:"subnet"`
}

func createSubnet(t *tx, in *createSubnetInput) (*subnetOutput, error) {
	v, err := findRequired[vpc.VPC](t, "vpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	n := &vpc.Subnet{Head: t.head("subnet"), VPCID: v.ID, OutpostARN: in.OutpostArn, HostnameType: vpc.IPName}
	if n.Zone, err = in.ofSubnet(t.Region); err != nil {
		return nil, err
	}
	if err := in.blocks(t, v, n); err != nil {
		return nil, err
	}
	if in.IPv6Native {
		n.HostnameType, n.AssignIPv6 = vpc.ResourceName, true
	}
	t.PutSubnet(n)
	if err := t.tagNew(n, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &subnetOutput{newSubnetItem(t, n)}, nil
}

// blocks gives n its address blocks.
func (in *createSubnetInput) blocks(t *tx, v *vpc.VPC, n *vpc.Subnet) (err error) {
	if err := noIPAM(in.IPv4IPAMPoolID, in.IPv6IPAMPoolID); err != nil {
		return err
	}
	switch {
	case in.IPv6Native && in.CidrBlock != "":
		return exclusive("cidrBlock", "ipv6Native")
	case in.IPv6Native && in.IPv6CidrBlock == "":
		return missingParameter("ipv6CidrBlock")
	case !in.IPv6Native && in.CidrBlock == "":
		return missing("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
	}
	if in.CidrBlock != "" {
		if n.CIDR, err = subnetIPv4(t, v, in.CidrBlock); err != nil {
			return err
		}
	}
	if in.IPv6CidrBlock != "" {
		block, err := subnetIPv6(t, v, in.IPv6CidrBlock)
		if err != nil {
			return err
		}
		n.IPv6 = []netip.Prefix{block}
	}
	return nil
}

func subnetIPv4(t *tx, v *vpc.VPC, text string) (netip.Prefix, error) {
	block, err := parseBlock("cidrBlock", text, ipv4Bits)
	if err != nil {
		return block, err
	}
	return block, checkSubnetBlock(t, v, block, block.Bits() >= maxIPv4Block && block.Bits() <= minIPv4Block)
}

func subnetIPv6(t *tx, v *vpc.VPC, text string) (netip.Prefix, error) {
	block, err := parseBlock("ipv6CidrBlock", text, ipv6Bits)
	if err != nil {
		return block, err
	}
	return block, checkSubnetBlock(t, v, block, block.Bits() >= maxIPv6Block && block.Bits() <= minSubnetIPv6Block && block.Bits()%ipv6BlockStep == 0)
}

// checkSubnetBlock says whether a subnet of v can have a block, whose size may be allowed or not.
func checkSubnetBlock(t *tx, v *vpc.VPC, block netip.Prefix, size bool) error {
	switch {
	case !size || !vpc.Within(v.CIDRs, block):
		return &api.Error{Code: "InvalidSubnet.Range", Message: fmt.Sprintf("The CIDR '%s' is invalid.", block)}
	case t.Taken(v.ID, block):
		return subnetConflict(block)
	}
	return nil
}

func subnetConflict(block netip.Prefix) error {
	return &api.Error{Code: "InvalidSubnet.Conflict", Message: fmt.Sprintf("The CIDR '%s' conflicts with another subnet", block)}
}
