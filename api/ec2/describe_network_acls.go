package ec2

import (
	"strconv"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNetworkACLsInput struct {
	describing
	NetworkACLIDs []string `query:"NetworkAclId"`
}

type describeNetworkACLsOutput struct {
	NetworkACLs api.Set[aclItem] `xml:"networkAclSet"`
	NextToken   string           `xml:"nextToken,omitempty"`
}

type aclItem struct {
	NetworkACLID string                      `xml:"networkAclId"`
	VpcID        string                      `xml:"vpcId"`
	OwnerID      string                      `xml:"ownerId"`
	Default      bool                        `xml:"default"`
	Entries      api.Set[aclEntryItem]       `xml:"entrySet"`
	Associations api.Set[aclAssociationItem] `xml:"associationSet"`
	Tags         api.Set[tag]                `xml:"tagSet"`
}

type aclEntryItem struct {
	RuleNumber    int           `xml:"ruleNumber"`
	Protocol      string        `xml:"protocol"`
	RuleAction    string        `xml:"ruleAction"`
	Egress        bool          `xml:"egress"`
	CidrBlock     string        `xml:"cidrBlock,omitempty"`
	IPv6CidrBlock string        `xml:"ipv6CidrBlock,omitempty"`
	ICMPTypeCode  *icmpTypeCode `xml:"icmpTypeCode"`
	PortRange     *portRange    `xml:"portRange"`
}

type aclAssociationItem struct {
	AssociationID string `xml:"networkAclAssociationId"`
	NetworkACLID  string `xml:"networkAclId"`
	SubnetID      string `xml:"subnetId"`
}

var aclFilters = filters[vpc.NetworkACL]{
	"default":         func(_ *view, a *vpc.NetworkACL) []string { return oneBool(a.Default) },
	"network-acl-id":  func(_ *view, a *vpc.NetworkACL) []string { return one(a.ID) },
	"owner-id":        func(_ *view, a *vpc.NetworkACL) []string { return one(a.Account) },
	"vpc-id":          func(_ *view, a *vpc.NetworkACL) []string { return one(a.VPCID) },
	"entry.cidr":      ofACLEntries(func(e *vpc.ACLEntry) []string { return one(ipv4Text(e.CIDR)) }),
	"entry.egress":    ofACLEntries(func(e *vpc.ACLEntry) []string { return oneBool(e.Egress) }),
	"entry.ipv6-cidr": ofACLEntries(func(e *vpc.ACLEntry) []string { return one(ipv6Text(e.CIDR)) }),
	"entry.protocol":  ofACLEntries(func(e *vpc.ACLEntry) []string { return []string{strconv.Itoa(e.Protocol), protocolText(e.Protocol)} }),

	"entry.icmp.code":       ofICMPEntries(func(e *vpc.ACLEntry) int { return e.ICMPCode }),
	"entry.icmp.type":       ofICMPEntries(func(e *vpc.ACLEntry) int { return e.ICMPType }),
	"entry.port-range.from": ofPortEntries(func(e *vpc.ACLEntry) int { return e.FromPort }),
	"entry.port-range.to":   ofPortEntries(func(e *vpc.ACLEntry) int { return e.ToPort }),
	"entry.rule-action":     ofACLEntries(func(e *vpc.ACLEntry) []string { return one(ruleAction(e)) }),
	"entry.rule-number":     ofACLEntries(func(e *vpc.ACLEntry) []string { return oneInt(e.Number) }),

	"association.association-id": ofACLAssociations(func(a *aclAssociationItem) string { return a.AssociationID }),
	"association.network-acl-id": ofACLAssociations(func(a *aclAssociationItem) string { return a.NetworkACLID }),
	"association.subnet-id":      ofACLAssociations(func(a *aclAssociationItem) string { return a.SubnetID }),
}

// ofACLEntries is a filter by the entries of an ACL.
func ofACLEntries(values func(*vpc.ACLEntry) []string) func(*view, *vpc.NetworkACL) []string {
	return func(v *view, a *vpc.NetworkACL) (out []string) {
		for _, e := range v.ACLEntries(a) {
			out = append(out, values(&e)...)
		}
		return out
	}
}

// ofICMPEntries is a filter by the entries that have an ICMP type and code.
func ofICMPEntries(value func(*vpc.ACLEntry) int) func(*view, *vpc.NetworkACL) []string {
	return ofACLEntries(func(e *vpc.ACLEntry) []string {
		if !e.HasICMPType() {
			return nil
		}
		return oneInt(value(e))
	})
}

// ofPortEntries is a filter by the entries that have ports.
func ofPortEntries(value func(*vpc.ACLEntry) int) func(*view, *vpc.NetworkACL) []string {
	return ofACLEntries(func(e *vpc.ACLEntry) []string {
		if !vpc.HasPorts(e.Protocol) {
			return nil
		}
		return oneInt(value(e))
	})
}

func ofACLAssociations(value func(*aclAssociationItem) string) func(*view, *vpc.NetworkACL) []string {
	return func(_ *view, a *vpc.NetworkACL) (out []string) {
		for _, n := range a.Associations {
			out = append(out, value(&aclAssociationItem{n.ID, a.ID, n.SubnetID}))
		}
		return out
	}
}

func describeNetworkACLs(v *view, in *describeNetworkACLsInput) (*describeNetworkACLsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "networkAclIdSet", in.NetworkACLIDs, aclFilters)
	out := &describeNetworkACLsOutput{NextToken: next}
	for _, a := range found {
		out.NetworkACLs = append(out.NetworkACLs, newACLItem(v, a))
	}
	return out, err
}

func newACLItem(at place, a *vpc.NetworkACL) aclItem {
	s, _ := at.in()
	item := aclItem{NetworkACLID: a.ID, VpcID: a.VPCID, OwnerID: a.Account, Default: a.Default, Tags: tagSet(at, a.ID)}
	for _, e := range s.ACLEntries(a) {
		item.Entries = append(item.Entries, newACLEntryItem(&e))
	}
	for _, n := range a.Associations {
		item.Associations = append(item.Associations, aclAssociationItem{n.ID, a.ID, n.SubnetID})
	}
	return item
}

func newACLEntryItem(e *vpc.ACLEntry) aclEntryItem {
	item := aclEntryItem{
		RuleNumber: e.Number, Protocol: strconv.Itoa(e.Protocol), RuleAction: ruleAction(e), Egress: e.Egress, CidrBlock: ipv4Text(e.CIDR), IPv6CidrBlock: ipv6Text(e.CIDR),
	}
	switch {
	case vpc.HasPorts(e.Protocol):
		item.PortRange = &portRange{&e.FromPort, &e.ToPort}
	case e.HasICMPType():
		item.ICMPTypeCode = &icmpTypeCode{&e.ICMPType, &e.ICMPCode}
	}
	return item
}

func ruleAction(e *vpc.ACLEntry) string {
	if e.Allow {
		return "allow"
	}
	return "deny"
}
