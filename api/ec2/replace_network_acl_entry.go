package ec2

func replaceNetworkACLEntry(t *tx, in *aclEntryInput) (*returnOutput, error) {
	acl, e, err := in.asked(t)
	if err != nil {
		return nil, err
	}
	at, found := acl.Find(e.Egress, e.Number)
	if !found {
		return nil, in.notFound()
	}
	acl.Entries[at] = *e
	if err := checkACLEntries(acl, e); err != nil {
		return nil, err
	}
	t.Put(acl)
	return done()
}
