package ec2

import "github.com/flowemu/flowemu/vpc"

type createNetworkACLInput struct {
	dryRun
	clientToken
	VpcID             string             `query:"VpcId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

type createNetworkACLOutput struct {
	NetworkACL  aclItem `xml:"networkAcl"`
	ClientToken string  `xml:"clientToken,omitempty"`
}

// createNetworkACL makes an ACL without entries: it denies everything.
func createNetworkACL(t *tx, in *createNetworkACLInput) (*createNetworkACLOutput, error) {
	v, err := find[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	acl := &vpc.NetworkACL{Head: t.head("acl"), VPCID: v.ID}
	if err := t.create(acl, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createNetworkACLOutput{newACLItem(t, acl), in.ClientToken}, nil
}
