package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeSecurityGroupRulesInput struct {
	describing
	RuleIDs []string `query:"SecurityGroupRuleId"`
}

type describeSecurityGroupRulesOutput struct {
	Rules     api.Set[ruleItem] `xml:"securityGroupRuleSet"`
	NextToken string            `xml:"nextToken,omitempty"`
}

// ruleItem is EC2's SecurityGroupRule.
type ruleItem struct {
	ruleShape
	SecurityGroupRuleArn string           `xml:"securityGroupRuleArn"`
	GroupOwnerID         string           `xml:"groupOwnerId"`
	ReferencedGroup      *referencedGroup `xml:"referencedGroupInfo"`
	Tags                 api.Set[tag]     `xml:"tagSet"`
}

// ruleShape is what EC2's SecurityGroupRule and RevokedSecurityGroupRule have in common.
type ruleShape struct {
	SecurityGroupRuleID string `xml:"securityGroupRuleId"`
	GroupID             string `xml:"groupId"`
	IsEgress            bool   `xml:"isEgress"`
	IPProtocol          string `xml:"ipProtocol"`
	FromPort            int    `xml:"fromPort"`
	ToPort              int    `xml:"toPort"`
	CidrIPv4            string `xml:"cidrIpv4,omitempty"`
	CidrIPv6            string `xml:"cidrIpv6,omitempty"`
	PrefixListID        string `xml:"prefixListId,omitempty"`
	Description         string `xml:"description,omitempty"`
}

type referencedGroup struct {
	GroupID string `xml:"groupId"`
	UserID  string `xml:"userId"`
}

var ruleFilters = filters[vpc.SecurityGroupRule]{
	"group-id":               func(_ *view, r *vpc.SecurityGroupRule) []string { return one(r.GroupID) },
	"security-group-rule-id": func(_ *view, r *vpc.SecurityGroupRule) []string { return one(r.ID) },
}

func describeSecurityGroupRules(v *view, in *describeSecurityGroupRulesInput) (*describeSecurityGroupRulesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "securityGroupRuleIdSet", in.RuleIDs, ruleFilters)
	out := &describeSecurityGroupRulesOutput{NextToken: next}
	for _, r := range found {
		out.Rules = append(out.Rules, newRuleItem(v, r))
	}
	return out, err
}

func newRuleItem(at place, r *vpc.SecurityGroupRule) ruleItem {
	item := ruleItem{ruleShape: newRuleShape(r), SecurityGroupRuleArn: arn(r), GroupOwnerID: r.Account, Tags: tagSet(at, r.ID)}
	if r.PeerGroupID != "" {
		item.ReferencedGroup = &referencedGroup{r.PeerGroupID, r.PeerAccount}
	}
	return item
}

func newRuleShape(r *vpc.SecurityGroupRule) ruleShape {
	return ruleShape{
		r.ID, r.GroupID, r.Egress, protocolText(r.Protocol), r.FromPort, r.ToPort, ipv4Text(r.CIDR), ipv6Text(r.CIDR), r.PrefixList, r.Description,
	}
}
