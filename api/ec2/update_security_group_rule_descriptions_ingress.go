package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type updateSecurityGroupRuleDescriptionsInput struct {
	dryRun
	GroupID       string            `query:"GroupId"`
	GroupName     string            `query:"GroupName"`
	IPPermissions []permission      `query:"IpPermissions"`
	Descriptions  []ruleDescription `query:"SecurityGroupRuleDescription"`
}

type ruleDescription struct {
	SecurityGroupRuleID string `query:"SecurityGroupRuleId"`
	Description         string `query:"Description"`
}

func updateSecurityGroupRuleDescriptionsIngress(t *tx, in *updateSecurityGroupRuleDescriptionsInput) (*returnOutput, error) {
	return describeRules(t, false, in)
}

// describeRules gives rules other descriptions; one that is left out is removed.
// Source: EC2 API, UpdateSecurityGroupRuleDescriptionsIngress.
func describeRules(t *tx, egress bool, in *updateSecurityGroupRuleDescriptionsInput) (*returnOutput, error) {
	g, err := groupOf(t, in.GroupID, in.GroupName)
	if err != nil {
		return nil, err
	}
	if len(in.IPPermissions) == 0 && len(in.Descriptions) == 0 {
		return nil, missing("Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be provided.")
	}
	named, err := rulesOf(t, g, egress, in.IPPermissions)
	if err != nil {
		return nil, err
	}
	for i := range named {
		r := ruleLike(t.Snapshot, &named[i])
		if r == nil {
			return nil, noRule()
		}
		putDescription(t, r, named[i].Description)
	}
	for _, d := range in.Descriptions {
		found, err := groupRules(t, g, egress, []string{d.SecurityGroupRuleID})
		if err == nil {
			err = checkGroupText(d.Description, "Description", "rule description", "descriptions")
		}
		if err != nil {
			return nil, err
		}
		putDescription(t, found[0], d.Description)
	}
	return done()
}

func putDescription(t *tx, r *vpc.SecurityGroupRule, description string) {
	described := *r
	described.Description = description
	t.Put(&described)
}
