package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

type deleteVpcInput struct {
	dryRun
	VpcID string `query:"VpcId"`
}

// deleteVpc deletes a VPC with what came with it. Anything else that lies in it
// or is attached to it must be gone; its flow logs need not.
func deleteVpc(t *tx, in *deleteVpcInput) (*returnOutput, error) {
	v, err := findRequired[vpc.VPC](t, "vpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	own := t.DefaultsOf(v.ID)
	for _, r := range t.Referrers(v.ID) {
		if r.Kind() != flowlog.Kind && !slices.Contains(own, r) {
			return nil, dependency("The vpc '%s' has dependencies and cannot be deleted.", v.ID)
		}
	}
	for _, r := range own {
		t.Remove(r)
	}
	t.Remove(v)
	return done()
}
