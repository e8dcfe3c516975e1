package ec2

import "github.com/flowemu/flowemu/api"

// groupActions are those about security groups and managed prefix lists.
func groupActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AuthorizeSecurityGroupEgress", authorizeSecurityGroupEgress),
		change(s, "AuthorizeSecurityGroupIngress", authorizeSecurityGroupIngress),
		change(s, "CreateManagedPrefixList", createManagedPrefixList),
		change(s, "CreateSecurityGroup", createSecurityGroup),
		change(s, "DeleteManagedPrefixList", deleteManagedPrefixList),
		change(s, "DeleteSecurityGroup", deleteSecurityGroup),
		read(s, "DescribeManagedPrefixLists", describeManagedPrefixLists),
		read(s, "DescribePrefixLists", describePrefixLists),
		read(s, "DescribeSecurityGroupReferences", describeSecurityGroupReferences),
		read(s, "DescribeSecurityGroupRules", describeSecurityGroupRules),
		read(s, "DescribeSecurityGroups", describeSecurityGroups),
		read(s, "DescribeStaleSecurityGroups", describeStaleSecurityGroups),
		read(s, "GetManagedPrefixListAssociations", getManagedPrefixListAssociations),
		read(s, "GetManagedPrefixListEntries", getManagedPrefixListEntries),
		read(s, "GetSecurityGroupsForVpc", getSecurityGroupsForVpc),
		change(s, "ModifyManagedPrefixList", modifyManagedPrefixList),
		change(s, "ModifySecurityGroupRules", modifySecurityGroupRules),
		change(s, "RestoreManagedPrefixListVersion", restoreManagedPrefixListVersion),
		change(s, "RevokeSecurityGroupEgress", revokeSecurityGroupEgress),
		change(s, "RevokeSecurityGroupIngress", revokeSecurityGroupIngress),
		change(s, "UpdateSecurityGroupRuleDescriptionsEgress", updateSecurityGroupRuleDescriptionsEgress),
		change(s, "UpdateSecurityGroupRuleDescriptionsIngress", updateSecurityGroupRuleDescriptionsIngress),
	}
}
