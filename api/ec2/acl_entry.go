package ec2

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// aclEntryName is what names an entry of an ACL.
type aclEntryName struct {
	dryRun
	NetworkACLID string `query:"NetworkAclId"`
	RuleNumber   *int   `query:"RuleNumber"`
	Egress       *bool  `query:"Egress"`
}

// edit gives a copy of the ACL.
func (in *aclEntryName) edit(t *tx) (*vpc.NetworkACL, error) {
	acl, err := edit[vpc.NetworkACL](t, in.NetworkACLID)
	if err != nil {
		return nil, err
	}
	switch n := in.RuleNumber; {
	case n == nil:
		return nil, missingParameter("ruleNumber")
	case *n < 1 || *n >= vpc.LastEntry:
		return nil, invalidValue("Value (%d) for parameter ruleNumber is invalid. Rulenumber must be in range 1..%d", *n, vpc.LastEntry-1)
	case in.Egress == nil:
		return nil, missingParameter("egress")
	}
	return acl, nil
}

// notFound is the error that the ACL has no such entry.
func (in *aclEntryName) notFound() error {
	direction := "ingress"
	if *in.Egress {
		direction = "egress"
	}
	return &api.Error{
		Code: "InvalidNetworkAclEntry.NotFound", Message: fmt.Sprintf("no %s entry with number %d in network acl %s", direction, *in.RuleNumber, in.NetworkACLID),
	}
}

// aclEntryInput is the input of CreateNetworkAclEntry and ReplaceNetworkAclEntry.
type aclEntryInput struct {
	aclEntryName
	Protocol      string        `query:"Protocol"`
	RuleAction    string        `query:"RuleAction"`
	CidrBlock     string        `query:"CidrBlock"`
	IPv6CidrBlock string        `query:"Ipv6CidrBlock"`
	ICMPTypeCode  *icmpTypeCode `query:"Icmp"`
	PortRange     *portRange    `query:"PortRange"`
}

// asked gives a copy of the ACL, and the entry that is asked for.
func (in *aclEntryInput) asked(t *tx) (*vpc.NetworkACL, *vpc.ACLEntry, error) {
	acl, err := in.edit(t)
	if err != nil {
		return nil, nil, err
	}
	e, err := in.entry()
	return acl, e, err
}

// icmpTypeCode is EC2's IcmpTypeCode; in replies it has both.
type icmpTypeCode struct {
	Type *int `query:"Type" xml:"type"`
	Code *int `query:"Code" xml:"code"`
}

// portRange is EC2's PortRange; in replies it has both.
type portRange struct {
	From *int `query:"From" xml:"from"`
	To   *int `query:"To" xml:"to"`
}

// entry makes the entry that is asked for. What a protocol does not have is not kept.
func (in *aclEntryInput) entry() (*vpc.ACLEntry, error) {
	e := &vpc.ACLEntry{Number: *in.RuleNumber, Egress: *in.Egress, Allow: in.RuleAction == "allow"}
	if !e.Allow && in.RuleAction != "deny" {
		return nil, invalidValue("Value (%s) for parameter ruleAction is invalid. Must be allow or deny.", in.RuleAction)
	}
	var err error
	if e.Protocol, err = strconv.Atoi(in.Protocol); err != nil || e.Protocol < vpc.AllProtocols || e.Protocol > maxProtocol {
		return nil, invalidValue("Value (%s) for parameter protocol is invalid. Unknown protocol.", in.Protocol)
	}
	if e.CIDR, err = in.cidr(); err != nil {
		return nil, err
	}
	switch {
	case vpc.HasPorts(e.Protocol):
		e.FromPort, e.ToPort, err = in.PortRange.check()
	case e.HasICMPType():
		e.ICMPType, e.ICMPCode, err = in.ICMPTypeCode.check()
	}
	return e, err
}

func (in *aclEntryInput) cidr() (netip.Prefix, error) {
	switch {
	case in.CidrBlock != "" && in.IPv6CidrBlock != "":
		return netip.Prefix{}, exclusive("ipv6CidrBlock", "cidrBlock")
	case in.IPv6CidrBlock != "":
		return parseBlock("ipv6CidrBlock", in.IPv6CidrBlock, ipv6Bits)
	case in.CidrBlock != "":
		return parseBlock("cidrBlock", in.CidrBlock, ipv4Bits)
	}
	return netip.Prefix{}, missingParameter("cidrBlock or ipv6CidrBlock")
}

func (p *portRange) check() (from, to int, err error) {
	if p == nil || p.From == nil || p.To == nil {
		return 0, 0, missingParameter("portRange")
	}
	return *p.From, *p.To, checkPorts(p.From, p.To)
}

func (i *icmpTypeCode) check() (typ, code int, err error) {
	if i == nil || i.Type == nil || i.Code == nil {
		return 0, 0, missingParameter("icmpTypeCode")
	}
	return *i.Type, *i.Code, checkICMP(i.Type, i.Code)
}
