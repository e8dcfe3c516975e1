package ec2

import "github.com/flowemu/flowemu/vpc"

type describeVpcBlockPublicAccessOptionsInput struct{ dryRun }

func describeVpcBlockPublicAccessOptions(v *view, _ *describeVpcBlockPublicAccessOptionsInput) (*publicAccessOutput, error) {
	o := vpc.Get[vpc.PublicAccess](v.Snapshot, vpc.PublicAccessID(v.Account, v.Region))
	return &publicAccessOutput{newPublicAccessItem(v.Caller, o, "update-complete")}, nil
}
