package ec2

import "github.com/flowemu/flowemu/vpc"

type modifyVpcBlockPublicAccessOptionsInput struct {
	dryRun
	Mode string `query:"InternetGatewayBlockMode"`
}

// modifyVpcBlockPublicAccessOptions says what the account blocks in the Region.
func modifyVpcBlockPublicAccessOptions(t *tx, in *modifyVpcBlockPublicAccessOptionsInput) (*publicAccessOutput, error) {
	const parameter = "InternetGatewayBlockMode"
	if in.Mode == "" {
		return nil, missingParameter(parameter)
	}
	if err := oneOf(parameter, in.Mode, string(vpc.BlockOff), string(vpc.BlockBidirectional), string(vpc.BlockIngress)); err != nil {
		return nil, err
	}
	o := &vpc.PublicAccess{
		Head: vpc.Head{ID: vpc.PublicAccessID(t.Account, t.Region), Account: t.Account, Region: t.Region}, Mode: vpc.BlockMode(in.Mode), Updated: t.now,
	}
	t.Put(o)
	return &publicAccessOutput{newPublicAccessItem(t.Caller, o, "update-in-progress")}, nil
}
