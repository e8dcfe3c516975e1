package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

// permission is EC2's IpPermission in requests: rules of one protocol and range
// of ports, one for each peer.
type permission struct {
	IPProtocol    string           `query:"IpProtocol"`
	FromPort      *int             `query:"FromPort"`
	ToPort        *int             `query:"ToPort"`
	Groups        []groupPeer      `query:"Groups"`
	IPRanges      []ipv4Peer       `query:"IpRanges"`
	IPv6Ranges    []ipv6Peer       `query:"Ipv6Ranges"`
	PrefixListIDs []prefixListPeer `query:"PrefixListIds"`
}

// groupPeer is EC2's UserIdGroupPair.
type groupPeer struct {
	Description string   `query:"Description" xml:"description,omitempty"`
	UserID      string   `query:"UserId" xml:"userId,omitempty"`
	GroupName   string   `query:"GroupName" xml:"groupName,omitempty"`
	GroupID     string   `query:"GroupId" xml:"groupId,omitempty"`
	_           struct{} `ignored:"VpcId VpcPeeringConnectionId PeeringStatus"`
}

type ipv4Peer struct {
	CidrIP      string `query:"CidrIp" xml:"cidrIp"`
	Description string `query:"Description" xml:"description,omitempty"`
}

type ipv6Peer struct {
	CidrIPv6    string `query:"CidrIpv6" xml:"cidrIpv6"`
	Description string `query:"Description" xml:"description,omitempty"`
}

type prefixListPeer struct {
	PrefixListID string `query:"PrefixListId" xml:"prefixListId"`
	Description  string `query:"Description" xml:"description,omitempty"`
}

// permissions is how requests name rules by what they allow: as a list or,
// if it is one rule, by members of their own.
type permissions struct {
	IPPermissions              []permission `query:"IpPermissions"`
	IPProtocol                 string       `query:"IpProtocol"`
	FromPort                   *int         `query:"FromPort"`
	ToPort                     *int         `query:"ToPort"`
	CidrIP                     string       `query:"CidrIp"`
	SourceSecurityGroupName    string       `query:"SourceSecurityGroupName"`
	SourceSecurityGroupOwnerID string       `query:"SourceSecurityGroupOwnerId"`
}

// all gives the permissions as a list.
func (p *permissions) all() []permission {
	flat := permission{IPProtocol: p.IPProtocol, FromPort: p.FromPort, ToPort: p.ToPort}
	if p.CidrIP != "" {
		flat.IPRanges = []ipv4Peer{{CidrIP: p.CidrIP}}
	}
	if p.SourceSecurityGroupName != "" {
		flat.Groups = []groupPeer{{GroupName: p.SourceSecurityGroupName, UserID: p.SourceSecurityGroupOwnerID}}
	}
	if len(flat.peers()) == 0 && flat.IPProtocol == "" && len(p.IPPermissions) > 0 {
		return p.IPPermissions
	}
	return append(p.IPPermissions, flat)
}

// rulePeer is what rules allow traffic with.
type rulePeer struct {
	description string
	set         func(at place, g *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error
}

func (p *permission) peers() []rulePeer {
	var out []rulePeer
	add := func(description string, set func(at place, g *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error) {
		out = append(out, rulePeer{description, set})
	}
	for _, peer := range p.IPRanges {
		add(peer.Description, func(_ place, _ *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error {
			return setCIDR(r, peer.CidrIP, ipv4Bits)
		})
	}
	for _, peer := range p.IPv6Ranges {
		add(peer.Description, func(_ place, _ *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error {
			return setCIDR(r, peer.CidrIPv6, ipv6Bits)
		})
	}
	for _, peer := range p.PrefixListIDs {
		add(peer.Description, func(at place, _ *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error {
			return setPrefixList(at, r, peer.PrefixListID)
		})
	}
	for _, peer := range p.Groups {
		add(peer.Description, func(at place, g *vpc.SecurityGroup, r *vpc.SecurityGroupRule) error { return setGroup(at, r, g, &peer) })
	}
	return out
}

// rulesOf gives the rules of a group that a request names, without ids.
func rulesOf(at place, g *vpc.SecurityGroup, egress bool, list []permission) ([]vpc.SecurityGroupRule, error) {
	var out []vpc.SecurityGroupRule
	for i := range list {
		more, err := list[i].rules(at, g, egress)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	seen := map[vpc.SecurityGroupRule]bool{}
	for _, r := range out {
		if seen[ruleIdentity(&r)] {
			return nil, invalidValue("The same permission must not appear multiple times")
		}
		seen[ruleIdentity(&r)] = true
	}
	return out, nil
}

func (p *permission) rules(at place, g *vpc.SecurityGroup, egress bool) ([]vpc.SecurityGroupRule, error) {
	base := vpc.SecurityGroupRule{GroupID: g.ID, Egress: egress}
	if err := setPorts(&base, p.IPProtocol, p.FromPort, p.ToPort); err != nil {
		return nil, err
	}
	peers := p.peers()
	if len(peers) == 0 {
		return nil, missing("Missing source specification: include source security group or CIDR information")
	}
	var out []vpc.SecurityGroupRule
	for _, peer := range peers {
		r := base
		r.Description = peer.description
		if err := checkGroupText(r.Description, "Description", "rule description", "descriptions"); err != nil {
			return nil, err
		}
		if err := peer.set(at, g, &r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// setCIDR sets the range of a rule, as AWS does without the bits below its mask.
// Source: EC2 API, AuthorizeSecurityGroupIngress, CidrIp.
func setCIDR(r *vpc.SecurityGroupRule, text string, family int) error {
	p, ok := parseCIDR(text, family)
	if !ok {
		return malformedCIDR(text)
	}
	r.CIDR = p.Masked()
	return nil
}

func malformedCIDR(text string) error {
	return invalidValue("CIDR block %s is malformed", text)
}

func setPrefixList(at place, r *vpc.SecurityGroupRule, id string) error {
	list, err := find[vpc.PrefixList](at, id)
	if err != nil {
		return err
	}
	r.PrefixList = list.ID
	return nil
}

// setGroup sets the group that a rule of g names, of any account.
func setGroup(at place, r *vpc.SecurityGroupRule, g *vpc.SecurityGroup, pair *groupPeer) error {
	peer, err := peerGroup(at, pair)
	if err != nil {
		return err
	}
	s, _ := at.in()
	if !s.MayName(g, peer) {
		return noGroup("You have specified two resources that belong to different networks.")
	}
	r.PeerGroupID, r.PeerAccount = peer.ID, peer.Account
	return nil
}

func peerGroup(at place, pair *groupPeer) (*vpc.SecurityGroup, error) {
	s, c := at.in()
	switch {
	case pair.GroupID == "" && pair.GroupName == "":
		return nil, missing("Source group ID missing.")
	case pair.GroupID == "":
		return groupNamed(at, pair.GroupName)
	}
	g := vpc.Get[vpc.SecurityGroup](s, pair.GroupID)
	if g == nil || g.Region != c.Region || pair.UserID != "" && pair.UserID != g.Account {
		return nil, notFound[vpc.SecurityGroup](pair.GroupID)
	}
	return g, nil
}

// ruleIdentity gives what makes a rule the same as another: not its id or description.
func ruleIdentity(r *vpc.SecurityGroupRule) vpc.SecurityGroupRule {
	same := *r
	same.Head, same.Description = vpc.Head{}, ""
	return same
}

// ruleLike gives the rule of a group that is the same as r, or nil.
func ruleLike(s *vpc.Snapshot, r *vpc.SecurityGroupRule) *vpc.SecurityGroupRule {
	for _, have := range s.GroupRules(r.GroupID) {
		if ruleIdentity(have) == ruleIdentity(r) {
			return have
		}
	}
	return nil
}
