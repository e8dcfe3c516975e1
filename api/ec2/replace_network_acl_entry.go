package ec2

import "github.com/flowemu/flowemu/vpc"

func replaceNetworkACLEntry(t *tx, in *aclEntryInput) (*returnOutput, error) {
	acl, err := edit[vpc.NetworkACL](t, in.NetworkACLID)
	if err != nil {
		return nil, err
	}
	e, err := in.entry()
	if err != nil {
		return nil, err
	}
	at, found := acl.Find(e.Egress, e.Number)
	if !found {
		return nil, missingACLEntry(acl, e.Number, e.Egress)
	}
	acl.Entries[at] = *e
	if err := checkACLEntries(acl, e); err != nil {
		return nil, err
	}
	t.Put(acl)
	return done()
}
