package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type associateVpcCidrBlockInput struct {
	blockRequest
	VpcID string `query:"VpcId"`
}

// vpcBlockOutput tells of one address block of a VPC, IPv4 or IPv6.
type vpcBlockOutput struct {
	VpcID string        `xml:"vpcId"`
	IPv4  *vpcBlock     `xml:"cidrBlockAssociation"`
	IPv6  *vpcIPv6Block `xml:"ipv6CidrBlockAssociation"`
}

func newVPCBlockOutput(v *vpc.VPC, block netip.Prefix, state string) *vpcBlockOutput {
	out := &vpcBlockOutput{VpcID: v.ID}
	if block.Addr().Is4() {
		b := newVPCBlock(v, block, state)
		out.IPv4 = &b
	} else {
		b := newVPCIPv6Block(v, block, state)
		out.IPv6 = &b
	}
	return out
}

func associateVpcCidrBlock(t *tx, in *associateVpcCidrBlockInput) (*vpcBlockOutput, error) {
	v, err := editRequired[vpc.VPC](t, "vpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	block, err := in.block(t, v)
	if err != nil {
		return nil, err
	}
	if err := checkNewBlock(v, block); err != nil {
		return nil, err
	}
	t.AddBlock(v, block, in.IPv6Pool)
	return newVPCBlockOutput(v, block, blockAssociating), nil
}

// block gives the one block that is asked for, of whichever family.
func (in *associateVpcCidrBlockInput) block(t *tx, v *vpc.VPC) (netip.Prefix, error) {
	if err := noIPAM(in.IPv4IPAMPoolID, in.IPv6IPAMPoolID); err != nil {
		return netip.Prefix{}, err
	}
	switch {
	case in.CidrBlock != "" && in.wantsIPv6():
		return netip.Prefix{}, invalidCombination("Only one of 'cidrBlock', 'ipv6Pool' and 'amazonProvidedIpv6CidrBlock' can be provided.")
	case in.CidrBlock != "":
		return in.ipv4()
	case in.wantsIPv6():
		return in.ipv6(t, v)
	}
	return netip.Prefix{}, missing("Either 'cidrBlock', 'ipv6Pool' or 'amazonProvidedIpv6CidrBlock' should be provided.")
}

// checkNewBlock says whether v can have another block.
func checkNewBlock(v *vpc.VPC, block netip.Prefix) error {
	same := 0
	for _, own := range v.CIDRs {
		if own.Addr().BitLen() == block.Addr().BitLen() {
			same++
		}
	}
	switch {
	case slices.ContainsFunc(v.CIDRs, block.Overlaps):
		return &api.Error{Code: "CidrConflict", Message: fmt.Sprintf("The CIDR '%s' conflicts with another CIDR of the VPC.", block)}
	case restricted(v.CIDRs, block):
		return &api.Error{Code: "InvalidVpc.Range", Message: fmt.Sprintf(
			"The CIDR '%s' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. "+
				"For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html", block)}
	case same >= maxBlocks:
		return tooManyBlocks(v.ID, maxBlocks)
	}
	return nil
}
