package ec2

import (
	"strconv"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeSecurityGroupsInput struct {
	describing
	GroupIDs   []string `query:"GroupId"`
	GroupNames []string `query:"GroupName"`
}

type describeSecurityGroupsOutput struct {
	SecurityGroups api.Set[groupItem] `xml:"securityGroupInfo"`
	NextToken      string             `xml:"nextToken,omitempty"`
}

type groupItem struct {
	OwnerID             string                  `xml:"ownerId"`
	GroupID             string                  `xml:"groupId"`
	GroupName           string                  `xml:"groupName"`
	GroupDescription    string                  `xml:"groupDescription"`
	SecurityGroupArn    string                  `xml:"securityGroupArn"`
	VpcID               string                  `xml:"vpcId"`
	IPPermissions       api.Set[permissionItem] `xml:"ipPermissions"`
	IPPermissionsEgress api.Set[permissionItem] `xml:"ipPermissionsEgress"`
	Tags                api.Set[tag]            `xml:"tagSet"`
}

// permissionItem is EC2's IpPermission in replies. Only protocols that have ports show them.
type permissionItem struct {
	stalePermission
	IPRanges      api.Set[ipv4Peer]       `xml:"ipRanges"`
	IPv6Ranges    api.Set[ipv6Peer]       `xml:"ipv6Ranges"`
	PrefixListIDs api.Set[prefixListPeer] `xml:"prefixListIds"`
}

func describeSecurityGroups(v *view, in *describeSecurityGroupsInput) (*describeSecurityGroupsOutput, error) {
	ids := in.GroupIDs
	for _, name := range in.GroupNames {
		g, err := groupNamed(v, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, g.ID)
	}
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "securityGroupIdSet", ids, groupFilters)
	out := &describeSecurityGroupsOutput{NextToken: next}
	for _, g := range found {
		out.SecurityGroups = append(out.SecurityGroups, newGroupItem(v, g))
	}
	return out, err
}

func newGroupItem(at place, g *vpc.SecurityGroup) groupItem {
	s, _ := at.in()
	in, out := directions(s, g)
	return groupItem{
		OwnerID: g.Account, GroupID: g.ID, GroupName: g.Name, GroupDescription: g.Description, SecurityGroupArn: arn(g), VpcID: g.VPCID,
		IPPermissions: permissionItems(in), IPPermissionsEgress: permissionItems(out), Tags: tagSet(at, g.ID),
	}
}

// directions gives the inbound and the outbound rules of a group.
func directions(s *vpc.Snapshot, g *vpc.SecurityGroup) (in, out []*vpc.SecurityGroupRule) {
	for _, r := range s.GroupRules(g.ID) {
		if r.Egress {
			out = append(out, r)
		} else {
			in = append(in, r)
		}
	}
	return in, out
}

// permissionItems puts rules of the same protocol and ports together.
func permissionItems(list []*vpc.SecurityGroupRule) api.Set[permissionItem] {
	type ports struct{ protocol, from, to int }
	var out api.Set[permissionItem]
	index := map[ports]int{}
	for _, r := range list {
		key := ports{r.Protocol, r.FromPort, r.ToPort}
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			item := permissionItem{stalePermission: stalePermission{IPProtocol: protocolText(r.Protocol)}}
			if hasPortsOrTypes(r.Protocol) {
				item.FromPort, item.ToPort = &r.FromPort, &r.ToPort
			}
			out = append(out, item)
		}
		out[i].add(r)
	}
	return out
}

func (p *permissionItem) add(r *vpc.SecurityGroupRule) {
	switch {
	case r.CIDR.Addr().Is4():
		p.IPRanges = append(p.IPRanges, ipv4Peer{r.CIDR.String(), r.Description})
	case r.CIDR.Addr().Is6():
		p.IPv6Ranges = append(p.IPv6Ranges, ipv6Peer{r.CIDR.String(), r.Description})
	case r.PrefixList != "":
		p.PrefixListIDs = append(p.PrefixListIDs, prefixListPeer{r.PrefixList, r.Description})
	default:
		p.Groups = append(p.Groups, groupPeer{GroupID: r.PeerGroupID, UserID: r.PeerAccount, Description: r.Description})
	}
}

var groupFilters = filters[vpc.SecurityGroup]{
	"description": func(_ *view, g *vpc.SecurityGroup) []string { return one(g.Description) },
	"group-id":    func(_ *view, g *vpc.SecurityGroup) []string { return one(g.ID) },
	"group-name":  func(_ *view, g *vpc.SecurityGroup) []string { return one(g.Name) },
	"owner-id":    func(_ *view, g *vpc.SecurityGroup) []string { return one(g.Account) },
	"vpc-id":      func(_ *view, g *vpc.SecurityGroup) []string { return one(g.VPCID) },

	"ip-permission.cidr":                  ofRules(false, ruleCIDRv4),
	"ip-permission.from-port":             ofRules(false, ruleFromPort),
	"ip-permission.group-id":              ofRules(false, rulePeerID),
	"ip-permission.group-name":            ofRules(false, rulePeerName),
	"ip-permission.ipv6-cidr":             ofRules(false, ruleCIDRv6),
	"ip-permission.prefix-list-id":        ofRules(false, rulePrefixList),
	"ip-permission.protocol":              ofRules(false, ruleProtocol),
	"ip-permission.to-port":               ofRules(false, ruleToPort),
	"ip-permission.user-id":               ofRules(false, rulePeerAccount),
	"egress.ip-permission.cidr":           ofRules(true, ruleCIDRv4),
	"egress.ip-permission.from-port":      ofRules(true, ruleFromPort),
	"egress.ip-permission.group-id":       ofRules(true, rulePeerID),
	"egress.ip-permission.group-name":     ofRules(true, rulePeerName),
	"egress.ip-permission.ipv6-cidr":      ofRules(true, ruleCIDRv6),
	"egress.ip-permission.prefix-list-id": ofRules(true, rulePrefixList),
	"egress.ip-permission.protocol":       ofRules(true, ruleProtocol),
	"egress.ip-permission.to-port":        ofRules(true, ruleToPort),
	"egress.ip-permission.user-id":        ofRules(true, rulePeerAccount),
}

// ofRules makes a filter of groups from what value gives for a rule; "" is nothing.
func ofRules(egress bool, value func(v *view, r *vpc.SecurityGroupRule) string) func(*view, *vpc.SecurityGroup) []string {
	return func(v *view, g *vpc.SecurityGroup) []string {
		var out []string
		for _, r := range v.GroupRules(g.ID) {
			if text := value(v, r); r.Egress == egress && text != "" {
				out = append(out, text)
			}
		}
		return out
	}
}

func ruleCIDRv4(_ *view, r *vpc.SecurityGroupRule) string   { return ipv4Text(r.CIDR) }
func ruleCIDRv6(_ *view, r *vpc.SecurityGroupRule) string   { return ipv6Text(r.CIDR) }
func ruleFromPort(_ *view, r *vpc.SecurityGroupRule) string { return portText(r, r.FromPort) }
func ruleToPort(_ *view, r *vpc.SecurityGroupRule) string   { return portText(r, r.ToPort) }

func portText(r *vpc.SecurityGroupRule, port int) string {
	if !hasPortsOrTypes(r.Protocol) {
		return ""
	}
	return strconv.Itoa(port)
}

func ruleProtocol(_ *view, r *vpc.SecurityGroupRule) string    { return protocolText(r.Protocol) }
func rulePrefixList(_ *view, r *vpc.SecurityGroupRule) string  { return r.PrefixList }
func rulePeerID(_ *view, r *vpc.SecurityGroupRule) string      { return r.PeerGroupID }
func rulePeerAccount(_ *view, r *vpc.SecurityGroupRule) string { return r.PeerAccount }

func rulePeerName(v *view, r *vpc.SecurityGroupRule) string {
	if g := vpc.Get[vpc.SecurityGroup](v.Snapshot, r.PeerGroupID); g != nil {
		return g.Name
	}
	return ""
}
