package ec2

import "github.com/flowemu/flowemu/vpc"

type createVpcEncryptionControlInput struct {
	dryRun
	VpcID             string             `query:"VpcId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

// createVpcEncryptionControl makes the control of a VPC that is there, which can
// only watch at first. Source: "Enforce VPC encryption in transit", monitor mode.
func createVpcEncryptionControl(t *tx, in *createVpcEncryptionControlInput) (*vpcEncryptionControlOutput, error) {
	v, err := findRequired[vpc.VPC](t, "vpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	if old := t.EncryptionControl(v.ID); old != nil {
		return nil, alreadyAssociated("The vpc '%s' already has the VPC encryption control %s", v.ID, old.ID)
	}
	c := t.newEncryptionControl(v)
	if err := t.create(c, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &vpcEncryptionControlOutput{newVPCEncryptionControlItem(t, c, "creating")}, nil
}
