package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type authorizeSecurityGroupIngressInput struct {
	authorizeSecurityGroupEgressInput
	GroupName string `query:"GroupName"`
}

type authorizeSecurityGroupOutput struct {
	Return bool              `xml:"return"`
	Rules  api.Set[ruleItem] `xml:"securityGroupRuleSet"`
}

func authorizeSecurityGroupIngress(t *tx, in *authorizeSecurityGroupIngressInput) (*authorizeSecurityGroupOutput, error) {
	g, err := groupOf(t, in.GroupID, in.GroupName)
	if err != nil {
		return nil, err
	}
	return authorize(t, g, false, &in.authorizeSecurityGroupEgressInput)
}

// authorize adds the rules that a request names to a group.
func authorize(t *tx, g *vpc.SecurityGroup, egress bool, in *authorizeSecurityGroupEgressInput) (*authorizeSecurityGroupOutput, error) {
	add, err := rulesOf(t, g, egress, in.all())
	if err != nil {
		return nil, err
	}
	out := &authorizeSecurityGroupOutput{Return: true}
	for i := range add {
		r := &add[i]
		if ruleLike(t.Snapshot, r) != nil {
			return nil, duplicateRule(r)
		}
		r.Head = t.head("sgr")
		if err := t.create(r, in.TagSpecifications); err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, newRuleItem(t, r))
	}
	return out, checkRuleCount(t.Snapshot, g.ID)
}

func duplicateRule(r *vpc.SecurityGroupRule) error {
	return &api.Error{Code: "InvalidPermission.Duplicate", Message: fmt.Sprintf("the specified rule \"%s\" already exists", ruleText(r))}
}
