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
	"entry.cidr":      ofACLEntries(func(e *aclEntryItem) []string { return one(e.CidrBlock) }),
	"entry.egress":    ofACLEntries(func(e *aclEntryItem) []string { return oneBool(e.Egress) }),
	"entry.ipv6-cidr": ofACLEntries(func(e *aclEntryItem) []string { return one(e.IPv6CidrBlock) }),
	"entry.protocol":  ofACLEntries(func(e *aclEntryItem) []string { return protocolNames(e.Protocol) }),

	"entry.icmp.code":       ofACLEntries(func(e *aclEntryItem) []string { return icmpNumber(e, func(i *icmpTypeCode) *int { return i.Code }) }),
	"entry.icmp.type":       ofACLEntries(func(e *aclEntryItem) []string { return icmpNumber(e, func(i *icmpTypeCode) *int { return i.Type }) }),
	"entry.port-range.from": ofACLEntries(func(e *aclEntryItem) []string { return portNumber(e, func(p *portRange) *int { return p.From }) }),
	"entry.port-range.to":   ofACLEntries(func(e *aclEntryItem) []string { return portNumber(e, func(p *portRange) *int { return p.To }) }),
	"entry.rule-action":     ofACLEntries(func(e *aclEntryItem) []string { return one(e.RuleAction) }),
	"entry.rule-number":     ofACLEntries(func(e *aclEntryItem) []string { return oneInt(e.RuleNumber) }),

	"association.association-id": ofACLAssociations(func(a *aclAssociationItem) string { return a.AssociationID }),
	"association.network-acl-id": ofACLAssociations(func(a *aclAssociationItem) string { return a.NetworkACLID }),
	"association.subnet-id":      ofACLAssociations(func(a *aclAssociationItem) string { return a.SubnetID }),
}

func ofACLEntries(values func(*aclEntryItem) []string) func(*view, *vpc.NetworkACL) []string {
	return func(v *view, a *vpc.NetworkACL) (out []string) {
		for _, e := range v.ACLEntries(a) {
			item := newACLEntryItem(&e)
			out = append(out, values(&item)...)
		}
		return out
	}
}

func ofACLAssociations(value func(*aclAssociationItem) string) func(*view, *vpc.NetworkACL) []string {
	return func(_ *view, a *vpc.NetworkACL) (out []string) {
		for _, n := range a.Associations {
			out = append(out, value(&aclAssociationItem{n.ID, a.ID, n.SubnetID}))
		}
		return out
	}
}

// protocolNames gives a protocol's number and its name, if the filter has one.
func protocolNames(number string) []string {
	switch number {
	case strconv.Itoa(icmp):
		return []string{number, "icmp"}
	case strconv.Itoa(tcp):
		return []string{number, "tcp"}
	case strconv.Itoa(udp):
		return []string{number, "udp"}
	}
	return one(number)
}

func icmpNumber(e *aclEntryItem, part func(*icmpTypeCode) *int) []string {
	if e.ICMPTypeCode == nil {
		return nil
	}
	return oneInt(*part(e.ICMPTypeCode))
}

func portNumber(e *aclEntryItem, part func(*portRange) *int) []string {
	if e.PortRange == nil {
		return nil
	}
	return oneInt(*part(e.PortRange))
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
	item := aclEntryItem{RuleNumber: e.Number, Protocol: strconv.Itoa(e.Protocol), RuleAction: "deny", Egress: e.Egress}
	if e.Allow {
		item.RuleAction = "allow"
	}
	if e.CIDR.Addr().Is4() {
		item.CidrBlock = e.CIDR.String()
	} else {
		item.IPv6CidrBlock = e.CIDR.String()
	}
	switch {
	case hasPorts(e.Protocol):
		item.PortRange = &portRange{&e.FromPort, &e.ToPort}
	case hasICMPType(e.Protocol, e.CIDR):
		item.ICMPTypeCode = &icmpTypeCode{Type: &e.ICMPType, Code: &e.ICMPCode}
	}
	return item
}
