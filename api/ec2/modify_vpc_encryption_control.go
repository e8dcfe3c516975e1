package ec2

import "github.com/flowemu/flowemu/vpc"

type modifyVpcEncryptionControlInput struct {
	dryRun
	ControlID string `query:"VpcEncryptionControlId"`
	encryptionRequest
}

func modifyVpcEncryptionControl(t *tx, in *modifyVpcEncryptionControlInput) (*vpcEncryptionControlOutput, error) {
	c, err := editRequired[vpc.EncryptionControl](t, "VpcEncryptionControlId", in.ControlID)
	if err != nil {
		return nil, err
	}
	if err := in.setTo(t, c); err != nil {
		return nil, err
	}
	t.Put(c)
	return &vpcEncryptionControlOutput{newVPCEncryptionControlItem(t, c, encryptionMode(c)+"-in-progress")}, nil
}
