package ec2

import (
	"cmp"

	"github.com/flowemu/flowemu/vpc"
)

type createVpcBlockPublicAccessExclusionInput struct {
	dryRun
	SubnetID          string             `query:"SubnetId"`
	VpcID             string             `query:"VpcId"`
	Mode              string             `query:"InternetGatewayExclusionMode"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

// createVpcBlockPublicAccessExclusion excludes a VPC or a subnet, which can be
// done before anything is blocked.
func createVpcBlockPublicAccessExclusion(t *tx, in *createVpcBlockPublicAccessExclusionInput) (*exclusionOutput, error) {
	if err := checkExclusionMode(in.Mode); err != nil {
		return nil, err
	}
	name, err := excluded(t, in.VpcID, in.SubnetID)
	if err != nil {
		return nil, err
	}
	if old := t.PublicAccessExclusion(cmp.Or(in.SubnetID, in.VpcID)); old != nil {
		return nil, alreadyAssociated("The %s already has the exclusion %s", name, old.ID)
	}
	e := &vpc.PublicAccessExclusion{
		Head: t.head("vpcbpa-exclude"), VPCID: in.VpcID, SubnetID: in.SubnetID, EgressOnly: in.Mode == allowEgress, Created: t.now, Updated: t.now,
	}
	if err := t.create(e, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &exclusionOutput{newExclusionItem(t, e, "create-in-progress")}, nil
}
