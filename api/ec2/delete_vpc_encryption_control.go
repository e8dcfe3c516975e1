package ec2

import "github.com/flowemu/flowemu/vpc"

type deleteVpcEncryptionControlInput struct {
	dryRun
	ControlID string `query:"VpcEncryptionControlId"`
}

func deleteVpcEncryptionControl(t *tx, in *deleteVpcEncryptionControlInput) (*vpcEncryptionControlOutput, error) {
	c, err := findRequired[vpc.EncryptionControl](t, "VpcEncryptionControlId", in.ControlID)
	if err != nil {
		return nil, err
	}
	out := &vpcEncryptionControlOutput{newVPCEncryptionControlItem(t, c, "deleting")}
	t.Remove(c)
	return out, nil
}
