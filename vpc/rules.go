package vpc

import (
	"cmp"
	"net/netip"
	"slices"
)

// AllProtocols is the protocol -1 of rules: every one.
const AllProtocols = -1

// Protocols whose ports, or types and codes, rules look at.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// HasPorts says whether a protocol has ports that rules look at.
func HasPorts(protocol int) bool { return protocol == TCP || protocol == UDP }

// AnyPort is the port or ICMP type or code -1 of rules: every one.
const AnyPort = -1

// KindSecurityGroup is the kind of a SecurityGroup.
const KindSecurityGroup Kind = "security-group"

// SecurityGroup is a security group; its rules are resources that refer to it.
type SecurityGroup struct {
	Head
	VPCID       string
	Name        string
	Description string
}

// Kind is KindSecurityGroup.
func (*SecurityGroup) Kind() Kind { return KindSecurityGroup }

// Refs gives the VPC.
func (g *SecurityGroup) Refs() []string { return refs(g.VPCID) }

// KindRule is the kind of a SecurityGroupRule.
const KindRule Kind = "security-group-rule"

// SecurityGroupRule allows traffic with one peer: a range, a group or a prefix list.
type SecurityGroupRule struct {
	Head
	GroupID     string // the group that it is a rule of
	Egress      bool
	Protocol    int // IP protocol number, or AllProtocols
	FromPort    int // first port, or ICMP type, or AnyPort
	ToPort      int // last port, or ICMP code, or AnyPort
	CIDR        netip.Prefix
	PeerGroupID string
	PeerAccount string // owner of the peer group
	PrefixList  string // id
	Description string
}

// Kind is KindRule.
func (*SecurityGroupRule) Kind() Kind { return KindRule }

// Refs gives the group, the peer group and the prefix list.
func (r *SecurityGroupRule) Refs() []string { return refs(r.GroupID, r.PeerGroupID, r.PrefixList) }

// GroupRules gives the rules of a security group, in order of their ids.
func (s *Snapshot) GroupRules(groupID string) []*SecurityGroupRule {
	return slices.DeleteFunc(Referring[SecurityGroupRule](s, groupID), func(r *SecurityGroupRule) bool { return r.GroupID != groupID })
}

// MayName says whether a rule of a group may name another one: it is of the same
// VPC, or of one that is joined to it by a transit gateway.
// Source: "Reference security groups", VPC user guide.
func (s *Snapshot) MayName(g, peer *SecurityGroup) bool {
	return peer.VPCID == g.VPCID || s.JoinedBy(g.VPCID, peer.VPCID) != ""
}

// Stale says whether a rule names a group that is gone, or that its own may not name any more.
// Source: EC2 API, DescribeStaleSecurityGroups.
func (s *Snapshot) Stale(r *SecurityGroupRule) bool {
	if r.PeerGroupID == "" {
		return false
	}
	g, peer := Get[SecurityGroup](s, r.GroupID), Get[SecurityGroup](s, r.PeerGroupID)
	return g == nil || peer == nil || !s.MayName(g, peer)
}

// NewGroup makes a security group of v with the rules that it begins with:
// everything may go out, over IPv6 where v has it. head makes the head of the rule for a range.
// Source: "Security group basics", VPC user guide.
func (v *VPC) NewGroup(g *SecurityGroup, head func(to netip.Prefix) Head) []Resource {
	g.VPCID = v.ID
	out := []Resource{g, allowOut(g, anyIPv4, head(anyIPv4))}
	if v.hasIPv6() {
		out = append(out, allowOut(g, anyIPv6, head(anyIPv6)))
	}
	return out
}

func allowOut(g *SecurityGroup, to netip.Prefix, h Head) *SecurityGroupRule {
	return &SecurityGroupRule{Head: h, GroupID: g.ID, Egress: true, Protocol: AllProtocols, FromPort: AnyPort, ToPort: AnyPort, CIDR: to}
}

// KindNetworkACL is the kind of a NetworkACL.
const KindNetworkACL Kind = "network-acl"

// LastEntry is the number of an ACL's last entry, *, which denies what no other
// entry decides on and cannot be changed. LastIPv6Entry is the same for IPv6.
// Source: "Default network ACL", VPC user guide, and what DescribeNetworkAcls gives.
const (
	LastEntry     = 32767
	LastIPv6Entry = 32768
)

// NetworkACL is a network access control list.
type NetworkACL struct {
	Head
	VPCID        string
	Default      bool
	Entries      []ACLEntry // in order of Egress and Number; the last entries are not among them
	Associations []ACLAssociation
}

// ACLEntry allows or denies. The entry with the lowest number that fits decides.
type ACLEntry struct {
	Number   int
	Egress   bool
	Allow    bool
	Protocol int // IP protocol number, or AllProtocols
	CIDR     netip.Prefix
	FromPort int // with TCP and UDP
	ToPort   int
	ICMPType int // with ICMP and ICMPv6; AnyPort is every one
	ICMPCode int
}

// HasICMPType says whether the entry is for an ICMP type and code. One for ICMPv6
// with an IPv4 range is for all.
func (e *ACLEntry) HasICMPType() bool {
	return e.Protocol == ICMP || e.Protocol == ICMPv6 && e.CIDR.Addr().Is6()
}

// ACLAssociation puts a subnet under an ACL.
type ACLAssociation struct{ ID, SubnetID string }

// Kind is KindNetworkACL.
func (*NetworkACL) Kind() Kind { return KindNetworkACL }

// Refs gives the VPC, the subnets and the associations with them.
func (a *NetworkACL) Refs() []string {
	out := []string{a.VPCID}
	for _, s := range a.Associations {
		out = append(out, s.SubnetID, s.ID)
	}
	return refs(out...)
}

// Find gives where the entry of a direction with that number is among Entries
// or, if it is not there, would be.
func (a *NetworkACL) Find(egress bool, number int) (at int, found bool) {
	return slices.BinarySearchFunc(a.Entries, ACLEntry{Egress: egress, Number: number}, func(e, want ACLEntry) int {
		return cmp.Or(cmp.Compare(direction(e.Egress), direction(want.Egress)), cmp.Compare(e.Number, want.Number))
	})
}

func direction(egress bool) int {
	if egress {
		return 1
	}
	return 0
}

// ACLEntries gives all entries of an ACL, egress first, each direction with its
// last ones: those of IPv6 only where the VPC has it.
func (s *Snapshot) ACLEntries(a *NetworkACL) []ACLEntry {
	v := s.VPC(a.VPCID)
	first, _ := a.Find(true, 0)
	var out []ACLEntry
	for _, own := range [][]ACLEntry{a.Entries[first:], a.Entries[:first]} {
		egress := len(out) == 0
		out = append(out, own...)
		out = append(out, ACLEntry{Number: LastEntry, Egress: egress, Protocol: AllProtocols, CIDR: anyIPv4})
		if v != nil && v.hasIPv6() {
			out = append(out, ACLEntry{Number: LastIPv6Entry, Egress: egress, Protocol: AllProtocols, CIDR: anyIPv6})
		}
	}
	return out
}
