package ec2

import (
	"slices"
)

func deleteNetworkACLEntry(t *tx, in *aclEntryName) (*returnOutput, error) {
	acl, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	at, found := acl.Find(*in.Egress, *in.RuleNumber)
	if !found {
		return nil, in.notFound()
	}
	acl.Entries = slices.Delete(acl.Entries, at, at+1)
	t.Put(acl)
	return done()
}
