package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type deleteNetworkACLInput struct {
	dryRun
	NetworkACLID string `query:"NetworkAclId"`
}

func deleteNetworkACL(t *tx, in *deleteNetworkACLInput) (*returnOutput, error) {
	acl, err := find[vpc.NetworkACL](t, in.NetworkACLID)
	switch {
	case err != nil:
		return nil, err
	case acl.Default:
		return nil, invalidValue("cannot delete default network ACL %s", acl.ID)
	case len(acl.Associations) > 0:
		return nil, dependency("The networkAcl '%s' has dependencies and cannot be deleted.", acl.ID)
	}
	t.Remove(acl)
	return done()
}
