package ec2_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// defaultVPC gives the default VPC and its subnets.
func defaultVPC(t *testing.T, c *sdk.Client) (id string, subnets []string) {
	t.Helper()
	out := must(c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{}))(t)
	for _, n := range out.Subnets {
		subnets = append(subnets, *n.SubnetId)
	}
	return *out.Subnets[0].VpcId, subnets
}

func aclsBy(t *testing.T, c *sdk.Client, filters ...types.Filter) []types.NetworkAcl {
	t.Helper()
	return must(c.DescribeNetworkAcls(t.Context(), &sdk.DescribeNetworkAclsInput{Filters: filters}))(t).NetworkAcls
}

// entryText puts an entry in a line: number, direction, action, protocol, range and what the protocol has.
func entryText(e types.NetworkAclEntry) string {
	s := fmt.Sprintf("%d %t %s %s %s%s", *e.RuleNumber, *e.Egress, e.RuleAction, *e.Protocol, aws.ToString(e.CidrBlock), aws.ToString(e.Ipv6CidrBlock))
	if e.PortRange != nil {
		s += fmt.Sprintf(" ports %d-%d", *e.PortRange.From, *e.PortRange.To)
	}
	if e.IcmpTypeCode != nil {
		s += fmt.Sprintf(" type %d code %d", *e.IcmpTypeCode.Type, *e.IcmpTypeCode.Code)
	}
	return s
}

func entryTexts(entries []types.NetworkAclEntry) (out []string) {
	for _, e := range entries {
		out = append(out, entryText(e))
	}
	return out
}

// TestDefaultNetworkACL: entries as the VPC user guide has them for an IPv4 VPC.
func TestDefaultNetworkACL(t *testing.T) {
	c, _, _ := newClient(t)
	id, subnets := defaultVPC(t, c)
	acls := aclsBy(t, c, filterBy("default", "true"), filterBy("vpc-id", id))
	if len(acls) != 1 || !*acls[0].IsDefault || *acls[0].OwnerId != account || len(acls[0].Associations) != len(subnets) {
		t.Fatalf("%+v", acls)
	}
	equal(t, entryTexts(acls[0].Entries), []string{
		"100 true allow -1 0.0.0.0/0", "32767 true deny -1 0.0.0.0/0", "100 false allow -1 0.0.0.0/0", "32767 false deny -1 0.0.0.0/0",
	})
	_, err := c.DeleteNetworkAcl(t.Context(), &sdk.DeleteNetworkAclInput{NetworkAclId: acls[0].NetworkAclId})
	wants(t, err, "InvalidParameterValue", "cannot delete default network ACL "+*acls[0].NetworkAclId)
}

func newACL(t *testing.T, c *sdk.Client, vpcID string) string {
	t.Helper()
	return *must(c.CreateNetworkAcl(t.Context(), &sdk.CreateNetworkAclInput{VpcId: &vpcID}))(t).NetworkAcl.NetworkAclId
}

// TestNetworkACLLifeCycle goes the way of Terraform's aws_network_acl.
func TestNetworkACLLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, subnets := defaultVPC(t, c)
	in := &sdk.CreateNetworkAclInput{VpcId: &vpcID, ClientToken: aws.String("token"), TagSpecifications: []types.TagSpecification{
		{ResourceType: types.ResourceTypeNetworkAcl, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}}},
	}}
	made := must(c.CreateNetworkAcl(t.Context(), in))(t)
	id := *made.NetworkAcl.NetworkAclId
	if again := must(c.CreateNetworkAcl(t.Context(), in))(t); *again.NetworkAcl.NetworkAclId != id || *again.ClientToken != "token" {
		t.Errorf("the same token: %+v", again)
	}
	equal(t, entryTexts(made.NetworkAcl.Entries), []string{"32767 true deny -1 0.0.0.0/0", "32767 false deny -1 0.0.0.0/0"})
	if *made.NetworkAcl.IsDefault || len(made.NetworkAcl.Tags) != 1 || *made.NetworkAcl.VpcId != vpcID {
		t.Errorf("%+v", made.NetworkAcl)
	}
	before := aclsBy(t, c, filterBy("association.subnet-id", subnets[0]))[0]
	var association string
	for _, a := range before.Associations {
		if *a.SubnetId == subnets[0] {
			association = *a.NetworkAclAssociationId
		}
	}
	moved := must(c.ReplaceNetworkAclAssociation(t.Context(), &sdk.ReplaceNetworkAclAssociationInput{AssociationId: &association, NetworkAclId: &id}))(t)
	now := aclsBy(t, c, filterBy("association.association-id", *moved.NewAssociationId))
	if len(now) != 1 || *now[0].NetworkAclId != id || len(now[0].Associations) != 1 || *now[0].Associations[0].SubnetId != subnets[0] || *moved.NewAssociationId == association {
		t.Errorf("%+v", now)
	}
	if left := aclsBy(t, c, filterBy("default", "true"))[0].Associations; len(left) != len(before.Associations)-1 {
		t.Errorf("%d left", len(left))
	}
	_, err := c.ReplaceNetworkAclAssociation(t.Context(), &sdk.ReplaceNetworkAclAssociationInput{AssociationId: &association, NetworkAclId: &id})
	wants(t, err, "InvalidAssociationID.NotFound", "The association ID '"+association+"' does not exist")
	_, err = c.DeleteNetworkAcl(t.Context(), &sdk.DeleteNetworkAclInput{NetworkAclId: &id})
	wants(t, err, "DependencyViolation", "The networkAcl '"+id+"' has dependencies and cannot be deleted.")
	must(c.ReplaceNetworkAclAssociation(t.Context(), &sdk.ReplaceNetworkAclAssociationInput{AssociationId: moved.NewAssociationId, NetworkAclId: before.NetworkAclId}))(t)
	_, err = c.DeleteNetworkAcl(t.Context(), &sdk.DeleteNetworkAclInput{NetworkAclId: &id, DryRun: aws.Bool(true)})
	wants(t, err, "DryRunOperation", "")
	must(c.DeleteNetworkAcl(t.Context(), &sdk.DeleteNetworkAclInput{NetworkAclId: &id}))(t)
	_, err = c.DescribeNetworkAcls(t.Context(), &sdk.DescribeNetworkAclsInput{NetworkAclIds: []string{id}})
	wants(t, err, "InvalidNetworkAclID.NotFound", "The networkAcl ID '"+id+"' does not exist")
}

func entry(acl string, number int32, protocol, cidr string) *sdk.CreateNetworkAclEntryInput {
	return &sdk.CreateNetworkAclEntryInput{
		NetworkAclId: &acl, RuleNumber: &number, Egress: aws.Bool(false), RuleAction: types.RuleActionAllow, Protocol: &protocol, CidrBlock: &cidr,
	}
}

func TestNetworkACLEntries(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	acl := newACL(t, c, vpcID)
	ports, ping := &types.PortRange{From: aws.Int32(443), To: aws.Int32(444)}, &types.IcmpTypeCode{Type: aws.Int32(8), Code: aws.Int32(-1)}
	made := []*sdk.CreateNetworkAclEntryInput{
		entry(acl, 300, "-1", "100.68.0.18/18"), entry(acl, 100, "6", "0.0.0.0/0"), entry(acl, 200, "1", "10.0.0.0/8"), entry(acl, 400, "58", "0.0.0.0/0"),
		entry(acl, 100, "17", ""), entry(acl, 200, "58", ""),
	}
	made[0].PortRange, made[1].PortRange, made[2].IcmpTypeCode, made[3].IcmpTypeCode = ports, ports, ping, ping
	for _, in := range made[4:] {
		in.CidrBlock, in.Ipv6CidrBlock, in.Egress, in.RuleAction, in.PortRange, in.IcmpTypeCode = nil, aws.String("::/0"), aws.Bool(true), types.RuleActionDeny, ports, ping
	}
	for _, in := range made {
		must(c.CreateNetworkAclEntry(t.Context(), in))(t)
	}
	got := aclsBy(t, c, filterBy("network-acl-id", acl))
	equal(t, entryTexts(got[0].Entries), []string{
		"100 true deny 17 ::/0 ports 443-444", "200 true deny 58 ::/0 type 8 code -1", "32767 true deny -1 0.0.0.0/0",
		"100 false allow 6 0.0.0.0/0 ports 443-444", "200 false allow 1 10.0.0.0/8 type 8 code -1", "300 false allow -1 100.68.0.0/18",
		"400 false allow 58 0.0.0.0/0", "32767 false deny -1 0.0.0.0/0",
	})
	_, err := c.CreateNetworkAclEntry(t.Context(), entry(acl, 100, "-1", "0.0.0.0/0"))
	wants(t, err, "NetworkAclEntryAlreadyExists", "The network acl entry identified by 100 already exists.")
	replace := &sdk.ReplaceNetworkAclEntryInput{
		NetworkAclId: &acl, RuleNumber: aws.Int32(300), Egress: aws.Bool(false), RuleAction: types.RuleActionDeny, Protocol: aws.String("17"), CidrBlock: aws.String("10.0.0.0/8"), PortRange: ports,
	}
	must(c.ReplaceNetworkAclEntry(t.Context(), replace))(t)
	if e := aclsBy(t, c, filterBy("network-acl-id", acl))[0].Entries[5]; entryText(e) != "300 false deny 17 10.0.0.0/8 ports 443-444" {
		t.Errorf("replaced: %s", entryText(e))
	}
	replace.RuleNumber = aws.Int32(301)
	_, err = c.ReplaceNetworkAclEntry(t.Context(), replace)
	wants(t, err, "InvalidNetworkAclEntry.NotFound", "no ingress entry with number 301 in network acl "+acl)
	del := &sdk.DeleteNetworkAclEntryInput{NetworkAclId: &acl, RuleNumber: aws.Int32(100), Egress: aws.Bool(true)}
	must(c.DeleteNetworkAclEntry(t.Context(), del))(t)
	_, err = c.DeleteNetworkAclEntry(t.Context(), del)
	wants(t, err, "InvalidNetworkAclEntry.NotFound", "no egress entry with number 100 in network acl "+acl)
	del.RuleNumber = aws.Int32(32768)
	_, err = c.DeleteNetworkAclEntry(t.Context(), del)
	wants(t, err, "InvalidParameterValue", "Value (32768) for parameter ruleNumber is invalid. Rulenumber must be in range 1..32766")
}

func TestNetworkACLEntryErrors(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	acl := newACL(t, c, vpcID)
	for _, tt := range []struct {
		name, code string
		change     func(*sdk.CreateNetworkAclEntryInput)
	}{
		{"no ACL", "InvalidNetworkAclID.NotFound", func(in *sdk.CreateNetworkAclEntryInput) { in.NetworkAclId = aws.String("acl-0") }},
		{"number 0", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.RuleNumber = aws.Int32(0) }},
		{"number 32767", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.RuleNumber = aws.Int32(32767) }},
		{"protocol by name", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.Protocol = aws.String("tcp") }},
		{"protocol 256", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.Protocol = aws.String("256") }},
		{"action", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.RuleAction = "drop" }},
		{"no range", "MissingParameter", func(in *sdk.CreateNetworkAclEntryInput) { in.CidrBlock = nil }},
		{"two ranges", "InvalidParameterCombination", func(in *sdk.CreateNetworkAclEntryInput) { in.Ipv6CidrBlock = aws.String("::/0") }},
		{"IPv6 as IPv4", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) { in.CidrBlock = aws.String("::/0") }},
		{"TCP without ports", "MissingParameter", func(in *sdk.CreateNetworkAclEntryInput) { in.Protocol = aws.String("6") }},
		{"ports backwards", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) {
			in.Protocol, in.PortRange = aws.String("6"), &types.PortRange{From: aws.Int32(2), To: aws.Int32(1)}
		}},
		{"ICMP without type", "MissingParameter", func(in *sdk.CreateNetworkAclEntryInput) { in.Protocol = aws.String("1") }},
		{"ICMP type", "InvalidParameterValue", func(in *sdk.CreateNetworkAclEntryInput) {
			in.Protocol, in.IcmpTypeCode = aws.String("1"), &types.IcmpTypeCode{Type: aws.Int32(256), Code: aws.Int32(0)}
		}},
		{"dry run", "DryRunOperation", func(in *sdk.CreateNetworkAclEntryInput) { in.DryRun = aws.Bool(true) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := entry(acl, 100, "-1", "0.0.0.0/0")
			tt.change(in)
			_, err := c.CreateNetworkAclEntry(t.Context(), in)
			wants(t, err, tt.code, "")
		})
	}
	if n := len(aclsBy(t, c, filterBy("network-acl-id", acl))[0].Entries); n != 2 {
		t.Errorf("%d entries", n)
	}
	// "Amazon VPC quotas": 20 each way, the last entry is one of them.
	for i := range int32(20) {
		_, err := c.CreateNetworkAclEntry(t.Context(), entry(acl, 1+i, "-1", "0.0.0.0/0"))
		if i < 19 && err != nil {
			t.Fatal(err)
		}
		if i == 19 {
			wants(t, err, "NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.")
		}
	}
}

func TestNetworkACLFilters(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	acl := newACL(t, c, vpcID)
	in := entry(acl, 77, "6", "10.9.0.0/16")
	in.PortRange = &types.PortRange{From: aws.Int32(22), To: aws.Int32(23)}
	must(c.CreateNetworkAclEntry(t.Context(), in))(t)
	in = entry(acl, 78, "1", "10.9.0.0/16")
	in.IcmpTypeCode = &types.IcmpTypeCode{Type: aws.Int32(8), Code: aws.Int32(5)}
	must(c.CreateNetworkAclEntry(t.Context(), in))(t)
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"entry.cidr", "10.9.0.0/16", 1},
		{"entry.rule-number", "77", 1},
		{"entry.rule-number", "100", 1},
		{"entry.rule-number", "32767", 2},
		{"entry.protocol", "tcp", 1},
		{"entry.protocol", "6", 1},
		{"entry.protocol", "icmp", 1},
		{"entry.protocol", "udp", 0},
		{"entry.port-range.from", "22", 1},
		{"entry.port-range.to", "22", 0},
		{"entry.icmp.type", "8", 1},
		{"entry.icmp.code", "8", 0},
		{"entry.rule-action", "deny", 2},
		{"entry.egress", "true", 2},
		{"entry.ipv6-cidr", "::/0", 0},
		{"association.network-acl-id", acl, 0},
		{"default", "false", 1},
		{"owner-id", account, 2},
		{"vpc-id", "vpc-0", 0},
		{"tag-key", "Name", 0},
	} {
		if got := aclsBy(t, c, filterBy(tt.name, tt.value)); len(got) != tt.want {
			t.Errorf("%s=%s: %d, want %d", tt.name, tt.value, len(got), tt.want)
		}
	}
}
