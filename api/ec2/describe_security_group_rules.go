package ec2

import (
	"fmt"

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

type ruleItem struct {
	SecurityGroupRuleID  string           `xml:"securityGroupRuleId"`
	SecurityGroupRuleArn string           `xml:"securityGroupRuleArn"`
	GroupID              string           `xml:"groupId"`
	GroupOwnerID         string           `xml:"groupOwnerId"`
	IsEgress             bool             `xml:"isEgress"`
	IPProtocol           string           `xml:"ipProtocol"`
	FromPort             int              `xml:"fromPort"`
	ToPort               int              `xml:"toPort"`
	CidrIPv4             string           `xml:"cidrIpv4,omitempty"`
	CidrIPv6             string           `xml:"cidrIpv6,omitempty"`
	PrefixListID         string           `xml:"prefixListId,omitempty"`
	ReferencedGroup      *referencedGroup `xml:"referencedGroupInfo"`
	Description          string           `xml:"description,omitempty"`
	Tags                 api.Set[tag]     `xml:"tagSet"`
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
	item := ruleItem{
		SecurityGroupRuleID: r.ID, SecurityGroupRuleArn: fmt.Sprintf("arn:aws:ec2:%s:%s:security-group-rule/%s", r.Region, r.Account, r.ID),
		GroupID: r.GroupID, GroupOwnerID: r.Account, IsEgress: r.Egress, IPProtocol: protocolText(r.Protocol), FromPort: r.FromPort, ToPort: r.ToPort,
		PrefixListID: r.PrefixList, Description: r.Description, Tags: tagSet(at, r.ID),
	}
	item.CidrIPv4, item.CidrIPv6 = cidrTexts(r)
	if r.PeerGroupID != "" {
		item.ReferencedGroup = &referencedGroup{r.PeerGroupID, r.PeerAccount}
	}
	return item
}
