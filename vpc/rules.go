package vpc

import "net/netip"

// AllProtocols is the protocol -1 of rules: every one.
const AllProtocols = -1

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

// KindNetworkACL is the kind of a NetworkACL.
const KindNetworkACL Kind = "network-acl"

// LastEntry is the number of an ACL's last entry, *, which denies what no other
// entry decides on and cannot be changed.
const LastEntry = 32767

// NetworkACL is a network access control list.
type NetworkACL struct {
	Head
	VPCID        string
	Default      bool
	Entries      []ACLEntry // in order of Egress and Number; LastEntry is not among them
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

// ACLAssociation puts a subnet under an ACL.
type ACLAssociation struct{ ID, SubnetID string }

// Kind is KindNetworkACL.
func (*NetworkACL) Kind() Kind { return KindNetworkACL }

// Refs gives the VPC and the subnets.
func (a *NetworkACL) Refs() []string {
	out := []string{a.VPCID}
	for _, s := range a.Associations {
		out = append(out, s.SubnetID)
	}
	return refs(out...)
}

// KindPrefixList is the kind of a PrefixList.
const KindPrefixList Kind = "prefix-list"

// PrefixList is a managed prefix list.
type PrefixList struct {
	Head
	noRefs
	Name       string
	IPv6       bool
	MaxEntries int
	Version    int
	Versions   [][]PrefixListEntry // the entries by version, from 1 on; the last is the current one
	Owner      string              // the account, or AWS
}

// PrefixListEntry is a range in a prefix list.
type PrefixListEntry struct {
	CIDR        netip.Prefix
	Description string
}

// Kind is KindPrefixList.
func (*PrefixList) Kind() Kind { return KindPrefixList }
