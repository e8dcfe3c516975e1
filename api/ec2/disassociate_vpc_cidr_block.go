package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// disassociateInput is that of DisassociateVpcCidrBlock and DisassociateSubnetCidrBlock.
type disassociateInput struct {
	AssociationID string `query:"AssociationId"`
}

func disassociateVpcCidrBlock(t *tx, in *disassociateInput) (*vpcBlockOutput, error) {
	if in.AssociationID == "" {
		return nil, missingParameter("associationId")
	}
	found, block := vpcWithBlock(t, in.AssociationID)
	if found == nil {
		return nil, &api.Error{Code: "InvalidVpcCidrBlockAssociationID.NotFound", Message: fmt.Sprintf("The vpc CIDR block association ID '%s' does not exist", in.AssociationID)}
	}
	if block == found.Primary() {
		return nil, &api.Error{Code: "OperationNotPermitted", Message: fmt.Sprintf(
			"The vpc CIDR block with association ID %s may not be disassociated. It is the primary IPv4 CIDR block of the VPC", in.AssociationID)}
	}
	for _, n := range vpc.Referring[vpc.Subnet](t.Snapshot, found.ID) {
		if slices.ContainsFunc(n.Blocks(), block.Overlaps) {
			return nil, blockInUse("The vpc %s currently has a subnet within CIDR block %s", found.ID, block)
		}
	}
	v := vpc.Clone(found)
	out := newVPCBlockOutput(v, block, blockDisassociating)
	t.RemoveBlock(v, block)
	return out, nil
}

// vpcWithBlock gives the caller's VPC with the association of that id, and its block.
func vpcWithBlock(at place, associationID string) (*vpc.VPC, netip.Prefix) {
	for _, v := range list[vpc.VPC](at) {
		for _, p := range v.CIDRs {
			if v.AssociationID(p) == associationID {
				return v, p
			}
		}
	}
	return nil, netip.Prefix{}
}
