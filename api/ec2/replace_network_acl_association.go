package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type replaceNetworkACLAssociationInput struct {
	dryRun
	AssociationID string `query:"AssociationId"`
	NetworkACLID  string `query:"NetworkAclId"`
}

type replaceNetworkACLAssociationOutput struct {
	NewAssociationID string `xml:"newAssociationId"`
}

// replaceNetworkACLAssociation puts the subnet of an association under another ACL of its VPC.
func replaceNetworkACLAssociation(t *tx, in *replaceNetworkACLAssociationInput) (*replaceNetworkACLAssociationOutput, error) {
	old, err := holder[vpc.NetworkACL](t, "aclassoc", in.AssociationID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(old.Associations, func(a vpc.ACLAssociation) bool { return a.ID == in.AssociationID })
	subnet := old.Associations[at].SubnetID
	old.Associations = slices.Delete(old.Associations, at, at+1)
	t.Put(old)
	acl, err := edit[vpc.NetworkACL](t, in.NetworkACLID)
	if err != nil {
		return nil, err
	}
	if acl.VPCID != old.VPCID {
		return nil, differentNetworks("network acl "+acl.ID, "subnet "+subnet)
	}
	id := t.newID("aclassoc")
	acl.Associations = append(acl.Associations, vpc.ACLAssociation{ID: id, SubnetID: subnet})
	t.Put(acl)
	return &replaceNetworkACLAssociationOutput{id}, nil
}
