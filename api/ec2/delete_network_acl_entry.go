package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type deleteNetworkACLEntryInput struct {
	dryRun
	NetworkACLID string `query:"NetworkAclId"`
	RuleNumber   *int   `query:"RuleNumber"`
	Egress       *bool  `query:"Egress"`
}

func deleteNetworkACLEntry(t *tx, in *deleteNetworkACLEntryInput) (*returnOutput, error) {
	acl, err := edit[vpc.NetworkACL](t, in.NetworkACLID)
	if err != nil {
		return nil, err
	}
	if err := checkRule(in.RuleNumber, in.Egress); err != nil {
		return nil, err
	}
	at, found := acl.Find(*in.Egress, *in.RuleNumber)
	if !found {
		return nil, missingACLEntry(acl, *in.RuleNumber, *in.Egress)
	}
	acl.Entries = slices.Delete(acl.Entries, at, at+1)
	t.Put(acl)
	return done()
}
