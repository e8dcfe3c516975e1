package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

func disassociateSubnetCidrBlock(t *tx, in *disassociateInput) (*subnetBlockOutput, error) {
	if in.AssociationID == "" {
		return nil, missingParameter("associationId")
	}
	found, block := subnetWithBlock(t, in.AssociationID)
	if found == nil {
		return nil, &api.Error{Code: "InvalidSubnetCidrBlockAssociationID.NotFound", Message: fmt.Sprintf("The subnet CIDR block with association ID '%s' does not exist", in.AssociationID)}
	}
	if found.AssignIPv6 {
		return nil, blockInUse("The subnet IPv6 CIDR block with association ID %s may not be disassociated, because its subnet has assign-ipv6-address-on-creation set to true.", in.AssociationID)
	}
	for _, e := range vpc.Referring[vpc.ENI](t.Snapshot, found.ID) {
		if slices.ContainsFunc(e.IPv6, block.Contains) {
			return nil, blockInUse("The subnet %s currently has a network interface with an address within CIDR block %s", found.ID, block)
		}
	}
	n := vpc.Clone(found)
	n.IPv6 = slices.DeleteFunc(n.IPv6, func(p netip.Prefix) bool { return p == block })
	t.Put(n)
	return &subnetBlockOutput{n.ID, newSubnetIPv6Block(t.Snapshot, n, block, blockDisassociating)}, nil
}

// subnetWithBlock gives the caller's subnet with the association of that id, and its block.
func subnetWithBlock(at place, associationID string) (*vpc.Subnet, netip.Prefix) {
	for _, n := range list[vpc.Subnet](at) {
		for _, p := range n.IPv6 {
			if n.AssociationID(p) == associationID {
				return n, p
			}
		}
	}
	return nil, netip.Prefix{}
}
