package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

type modifySecurityGroupRulesInput struct {
	dryRun
	GroupID string       `query:"GroupId"`
	Rules   []ruleUpdate `query:"SecurityGroupRule"`
}

type ruleUpdate struct {
	SecurityGroupRuleID string      `query:"SecurityGroupRuleId"`
	SecurityGroupRule   ruleRequest `query:"SecurityGroupRule"`
}

// ruleRequest is all that a rule is to be: what it leaves out, the rule loses.
type ruleRequest struct {
	IPProtocol        string `query:"IpProtocol"`
	FromPort          *int   `query:"FromPort"`
	ToPort            *int   `query:"ToPort"`
	CidrIPv4          string `query:"CidrIpv4"`
	CidrIPv6          string `query:"CidrIpv6"`
	PrefixListID      string `query:"PrefixListId"`
	ReferencedGroupID string `query:"ReferencedGroupId"`
	Description       string `query:"Description"`
}

func modifySecurityGroupRules(t *tx, in *modifySecurityGroupRulesInput) (*returnOutput, error) {
	g, err := groupOf(t, in.GroupID, "")
	if err != nil {
		return nil, err
	}
	if len(in.Rules) == 0 {
		return nil, missingParameter("SecurityGroupRule")
	}
	for i := range in.Rules {
		if err := modifyRule(t, g, &in.Rules[i]); err != nil {
			return nil, err
		}
	}
	if err := checkRuleCount(t.Snapshot, g.ID); err != nil {
		return nil, err
	}
	return done()
}

func modifyRule(t *tx, g *vpc.SecurityGroup, in *ruleUpdate) error {
	old, err := find[vpc.SecurityGroupRule](t, in.SecurityGroupRuleID)
	if err != nil {
		return err
	}
	if old.GroupID != g.ID {
		return notFound[vpc.SecurityGroupRule](old.ID)
	}
	p, err := in.SecurityGroupRule.permission()
	if err != nil {
		return err
	}
	made, err := p.rules(t, g, old.Egress)
	if err != nil {
		return err
	}
	r := &made[0]
	// Source: EC2 API, SecurityGroupRuleRequest: the canonical form is for Authorize
	// only, and a rule keeps its type.
	if text := in.SecurityGroupRule.CidrIPv4 + in.SecurityGroupRule.CidrIPv6; text != "" {
		if p, _ := netip.ParsePrefix(text); p != r.CIDR {
			return malformedCIDR(text)
		}
	}
	if peerType(r) != peerType(old) {
		return invalidValue("You cannot change the type of the source or destination of a security group rule.")
	}
	if same := ruleLike(t.Snapshot, r); same != nil && same.ID != old.ID {
		return duplicateRule(r)
	}
	r.Head = old.Head
	t.Put(r)
	return nil
}

// permission gives the request as a permission with its one peer.
// Source: EC2 API, SecurityGroupRuleRequest: exactly one of the four.
func (r *ruleRequest) permission() (*permission, error) {
	p := &permission{IPProtocol: r.IPProtocol, FromPort: r.FromPort, ToPort: r.ToPort}
	if r.CidrIPv4 != "" {
		p.IPRanges = []ipv4Peer{{r.CidrIPv4, r.Description}}
	}
	if r.CidrIPv6 != "" {
		p.IPv6Ranges = []ipv6Peer{{r.CidrIPv6, r.Description}}
	}
	if r.PrefixListID != "" {
		p.PrefixListIDs = []prefixListPeer{{r.PrefixListID, r.Description}}
	}
	if r.ReferencedGroupID != "" {
		p.Groups = []groupPeer{{GroupID: r.ReferencedGroupID, Description: r.Description}}
	}
	if len(p.peers()) > 1 {
		return nil, invalidCombination("Only one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId can be specified.")
	}
	return p, nil
}

func peerType(r *vpc.SecurityGroupRule) string {
	switch {
	case r.PeerGroupID != "":
		return "group"
	case r.PrefixList != "":
		return "prefix list"
	case r.CIDR.Addr().Is6():
		return "IPv6"
	}
	return "IPv4"
}
