package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

func createDefaultVpc(t *tx, _ *dryRun) (*vpcOutput, error) {
	if t.DefaultVPC(t.Account, t.Region) != nil {
		return nil, &api.Error{Code: "DefaultVpcAlreadyExists", Message: "A Default VPC already exists for this account in this region."}
	}
	v := &vpc.VPC{Head: t.head("vpc")}
	t.PutDefaultVPC(v)
	return &vpcOutput{newVPCItem(t, v)}, nil
}
