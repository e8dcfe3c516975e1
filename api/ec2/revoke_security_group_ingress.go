package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type revokeSecurityGroupIngressInput struct {
	revokeSecurityGroupEgressInput
	GroupName string `query:"GroupName"`
}

type revokeSecurityGroupOutput struct {
	Return  bool                    `xml:"return"`
	Unknown api.Set[permissionItem] `xml:"unknownIpPermissionSet"`
	Revoked api.Set[revokedRule]    `xml:"revokedSecurityGroupRuleSet"`
}

type revokedRule struct {
	ruleShape
	ReferencedGroupID string `xml:"referencedGroupId,omitempty"`
}

func revokeSecurityGroupIngress(t *tx, in *revokeSecurityGroupIngressInput) (*revokeSecurityGroupOutput, error) {
	g, err := groupOf(t, in.GroupID, in.GroupName)
	if err != nil {
		return nil, err
	}
	return revoke(t, g, false, &in.revokeSecurityGroupEgressInput)
}

// revoke removes the rules that a request names from a group, all or none.
func revoke(t *tx, g *vpc.SecurityGroup, egress bool, in *revokeSecurityGroupEgressInput) (*revokeSecurityGroupOutput, error) {
	var found, unknown []*vpc.SecurityGroupRule
	var err error
	if len(in.RuleIDs) > 0 {
		found, err = groupRules(t, g, egress, in.RuleIDs)
	} else {
		found, unknown, err = rulesLike(t, g, egress, in.all())
	}
	if err != nil {
		return nil, err
	}
	out := &revokeSecurityGroupOutput{Return: true, Unknown: permissionItems(unknown)}
	for _, r := range found {
		t.Remove(r)
		out.Revoked = append(out.Revoked, revokedRule{newRuleShape(r), r.PeerGroupID})
	}
	return out, nil
}

// groupRules gives the rules of a group that ids name.
func groupRules(at place, g *vpc.SecurityGroup, egress bool, ids []string) ([]*vpc.SecurityGroupRule, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var out []*vpc.SecurityGroupRule
	for _, id := range slices.Compact(ids) {
		r, err := find[vpc.SecurityGroupRule](at, id)
		if err != nil {
			return nil, err
		}
		if r.GroupID != g.ID || r.Egress != egress {
			return nil, notFound[vpc.SecurityGroupRule](id)
		}
		out = append(out, r)
	}
	return out, nil
}

// rulesLike gives the rules of a group that permissions name, and those that it
// does not have: they are an error, except in the default VPC.
// Source: EC2 API, RevokeSecurityGroupIngress.
func rulesLike(at place, g *vpc.SecurityGroup, egress bool, list []permission) (found, unknown []*vpc.SecurityGroupRule, err error) {
	named, err := rulesOf(at, g, egress, list)
	if err != nil {
		return nil, nil, err
	}
	s, _ := at.in()
	v := s.VPC(g.VPCID)
	for i := range named {
		switch r := ruleLike(s, &named[i]); {
		case r != nil:
			found = append(found, r)
		case v != nil && v.Default:
			unknown = append(unknown, &named[i])
		default:
			return nil, nil, noRule()
		}
	}
	return found, unknown, nil
}

func noRule() error {
	return &api.Error{Code: "InvalidPermission.NotFound", Message: "The specified rule does not exist in this security group."}
}
