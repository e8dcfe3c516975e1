package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeVpcEncryptionControlsInput struct {
	describing
	ControlIDs []string `query:"VpcEncryptionControlId"`
	VpcIDs     []string `query:"VpcId"`
}

type describeVpcEncryptionControlsOutput struct {
	Controls  api.Set[vpcEncryptionControlItem] `xml:"vpcEncryptionControlSet"`
	NextToken string                            `xml:"nextToken,omitempty"`
}

// controlAvailable is the state of a control that does what it was told last:
// here every one does at once.
const controlAvailable = "available"

var encryptionControlFilters = filters[vpc.EncryptionControl]{
	"mode":                      func(_ *view, c *vpc.EncryptionControl) []string { return one(encryptionMode(c)) },
	"state":                     func(*view, *vpc.EncryptionControl) []string { return one(controlAvailable) },
	"vpc-encryption-control-id": func(_ *view, c *vpc.EncryptionControl) []string { return one(c.ID) },
	"vpc-id":                    func(_ *view, c *vpc.EncryptionControl) []string { return one(c.VPCID) },
}

func describeVpcEncryptionControls(v *view, in *describeVpcEncryptionControlsInput) (*describeVpcEncryptionControlsOutput, error) {
	for _, id := range in.VpcIDs {
		if _, err := find[vpc.VPC](v, id); err != nil {
			return nil, err
		}
	}
	asked := func(c *vpc.EncryptionControl) bool { return len(in.VpcIDs) == 0 || slices.Contains(in.VpcIDs, c.VPCID) }
	found, next, err := describeAmong(v, &in.describing, pageSize{5, 1000}, "vpcEncryptionControlIdSet", in.ControlIDs, encryptionControlFilters, asked)
	out := &describeVpcEncryptionControlsOutput{NextToken: next}
	for _, c := range found {
		out.Controls = append(out.Controls, newVPCEncryptionControlItem(v, c, controlAvailable))
	}
	return out, err
}
