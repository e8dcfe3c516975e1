package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// maxACLEntries is how many entries an ACL has per direction and IP family, the
// one that cannot be changed among them. Source: "Amazon VPC quotas", Rules per
// network ACL.
const maxACLEntries = 20

func createNetworkACLEntry(t *tx, in *aclEntryInput) (*returnOutput, error) {
	acl, e, err := in.asked(t)
	if err != nil {
		return nil, err
	}
	at, found := acl.Find(e.Egress, e.Number)
	if found {
		return nil, &api.Error{Code: "NetworkAclEntryAlreadyExists", Message: fmt.Sprintf("The network acl entry identified by %d already exists.", e.Number)}
	}
	acl.Entries = slices.Insert(acl.Entries, at, *e)
	if err := checkACLEntries(acl, e); err != nil {
		return nil, err
	}
	t.Put(acl)
	return done()
}

// checkACLEntries checks that an ACL has not too many entries of e's kind.
func checkACLEntries(acl *vpc.NetworkACL, e *vpc.ACLEntry) error {
	n := 1 // the last one
	for _, o := range acl.Entries {
		if o.Egress == e.Egress && o.CIDR.Addr().Is4() == e.CIDR.Addr().Is4() {
			n++
		}
	}
	if n > maxACLEntries {
		return &api.Error{Code: "NetworkAclEntryLimitExceeded", Message: "The maximum number of network acl entries has been reached."}
	}
	return nil
}
