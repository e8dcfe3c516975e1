package ec2

import "github.com/flowemu/flowemu/api"

// aclActions are those about network ACLs.
func aclActions(s *server) []api.Action {
	return []api.Action{
		change(s, "CreateNetworkAcl", createNetworkACL),
		change(s, "CreateNetworkAclEntry", createNetworkACLEntry),
		change(s, "DeleteNetworkAcl", deleteNetworkACL),
		change(s, "DeleteNetworkAclEntry", deleteNetworkACLEntry),
		read(s, "DescribeNetworkAcls", describeNetworkACLs),
		change(s, "ReplaceNetworkAclAssociation", replaceNetworkACLAssociation),
		change(s, "ReplaceNetworkAclEntry", replaceNetworkACLEntry),
	}
}
