package ec2

import "github.com/flowemu/flowemu/api"

// groupActions are those about security groups.
func groupActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AuthorizeSecurityGroupEgress", authorizeSecurityGroupEgress),
		change(s, "AuthorizeSecurityGroupIngress", authorizeSecurityGroupIngress),
		change(s, "CreateSecurityGroup", createSecurityGroup),
		change(s, "DeleteSecurityGroup", deleteSecurityGroup),
		read(s, "DescribeSecurityGroupReferences", describeSecurityGroupReferences),
		read(s, "DescribeSecurityGroupRules", describeSecurityGroupRules),
		read(s, "DescribeSecurityGroups", describeSecurityGroups),
		read(s, "DescribeStaleSecurityGroups", describeStaleSecurityGroups),
		read(s, "GetSecurityGroupsForVpc", getSecurityGroupsForVpc),
		change(s, "ModifySecurityGroupRules", modifySecurityGroupRules),
		change(s, "RevokeSecurityGroupEgress", revokeSecurityGroupEgress),
		change(s, "RevokeSecurityGroupIngress", revokeSecurityGroupIngress),
		change(s, "UpdateSecurityGroupRuleDescriptionsEgress", updateSecurityGroupRuleDescriptionsEgress),
		change(s, "UpdateSecurityGroupRuleDescriptionsIngress", updateSecurityGroupRuleDescriptionsIngress),
	}
}
