package ec2_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func permit(protocol string, from, to int32, peers ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: &protocol, FromPort: &from, ToPort: &to}
	for _, peer := range peers {
		switch {
		case strings.HasPrefix(peer, "sg-"):
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, types.UserIdGroupPair{GroupId: &peer})
		case strings.HasPrefix(peer, "pl-"):
			p.PrefixListIds = append(p.PrefixListIds, types.PrefixListId{PrefixListId: &peer})
		case strings.Contains(peer, ":"):
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: &peer})
		default:
			p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &peer})
		}
	}
	return p
}

func allow(t *testing.T, c *sdk.Client, group string, p ...types.IpPermission) []types.SecurityGroupRule {
	t.Helper()
	out, err := c.AuthorizeSecurityGroupIngress(t.Context(), &sdk.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: p})
	if err != nil || !*out.Return {
		t.Fatalf("%+v %v", out, err)
	}
	return out.SecurityGroupRules
}

func shown(list []types.IpPermission) (out []string) {
	for _, p := range list {
		text := *p.IpProtocol
		if p.FromPort != nil {
			text += fmt.Sprintf(" %d-%d", *p.FromPort, *p.ToPort)
		}
		for _, r := range p.IpRanges {
			text += " " + *r.CidrIp
		}
		for _, r := range p.Ipv6Ranges {
			text += " " + *r.CidrIpv6
		}
		for _, r := range p.PrefixListIds {
			text += " " + (*r.PrefixListId)[:3]
		}
		for _, r := range p.UserIdGroupPairs {
			text += " " + (*r.GroupId)[:3] + *r.UserId
		}
		words := strings.Fields(text)
		slices.Sort(words[1:])
		out = append(out, strings.Join(words, " "))
	}
	slices.Sort(out)
	return out
}

func TestPermissions(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	rules := allow(t, c, id,
		permit("tcp", 80, 81, "10.1.2.3/8", "2001:db8::1/32", id),
		permit("6", 80, 81, "192.168.0.0/16"),
		permit("icmp", 8, -1, "0.0.0.0/0"),
		permit("58", -1, -1, "::/0"),
		permit("50", 1, 2, "0.0.0.0/0"),
		permit("-1", 0, 0, "10.0.0.0/8"),
	)
	want := []string{
		"-1 10.0.0.0/8", "50 0.0.0.0/0", "icmp 0.0.0.0/0 8--1", "icmpv6 -1--1 ::/0",
		"tcp 10.0.0.0/8 192.168.0.0/16 2001:db8::/32 80-81 sg-" + account,
	}
	if got := shown(describeGroup(t, c, id).IpPermissions); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(rules) != 8 {
		t.Fatalf("%d rules", len(rules))
	}
	if r := rules[0]; *r.CidrIpv4 != "10.0.0.0/8" || *r.IsEgress || *r.IpProtocol != "tcp" || *r.GroupOwnerId != account ||
		*r.SecurityGroupRuleArn != "arn:aws:ec2:eu-west-1:123456789012:security-group-rule/"+*r.SecurityGroupRuleId {
		t.Errorf("%+v", r)
	}
	if r := rules[2]; *r.ReferencedGroupInfo.GroupId != id || *r.ReferencedGroupInfo.UserId != account {
		t.Errorf("%+v", r)
	}
	if r := rules[7]; *r.IpProtocol != "-1" || *r.FromPort != -1 || *r.ToPort != -1 { // as AWS's reply
		t.Errorf("%+v", r)
	}
}

func TestAuthorizeErrors(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	allow(t, c, id, permit("tcp", 80, 80, "0.0.0.0/0", id), permit("-1", 0, 0, "0.0.0.0/0"), permit("50", 0, 0, "0.0.0.0/0"))
	bare := func(protocol string) types.IpPermission {
		return types.IpPermission{IpProtocol: &protocol, IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}}}
	}
	noFrom := bare("tcp")
	noFrom.ToPort = aws.Int32(22)
	described := permit("tcp", 1, 1, "10.0.0.0/8")
	described.IpRanges[0].Description = aws.String("it's")
	tests := []struct {
		name, code, message string
		p                   []types.IpPermission
	}{
		{"there already", "InvalidPermission.Duplicate", `the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists`, []types.IpPermission{permit("tcp", 80, 80, "0.0.0.0/0")}},
		{"another form of it", "InvalidPermission.Duplicate", "", []types.IpPermission{permit("6", 80, 80, "1.2.3.4/0")}},
		{"group there already", "InvalidPermission.Duplicate", `the specified rule "peer: ` + id + `, TCP, from port: 80, to port: 80, ALLOW" already exists`, []types.IpPermission{permit("tcp", 80, 80, id)}},
		{"all there already", "InvalidPermission.Duplicate", `the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists`, []types.IpPermission{permit("-1", 5, 6, "0.0.0.0/0")}},
		{"number there already", "InvalidPermission.Duplicate", `the specified rule "peer: 0.0.0.0/0, protocol: 50, ALLOW" already exists`, []types.IpPermission{permit("50", -1, -1, "0.0.0.0/0")}},
		{"twice", "InvalidParameterValue", "The same permission must not appear multiple times", []types.IpPermission{permit("tcp", 1, 1, "10.0.0.0/8"), permit("tcp", 1, 1, "10.1.0.0/8")}},
		{"no source", "MissingParameter", "Missing source specification: include source security group or CIDR information", []types.IpPermission{permit("tcp", 1, 1)}},
		{"no protocol", "InvalidParameterValue", "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.", []types.IpPermission{{IpRanges: noFrom.IpRanges}}},
		{"unknown protocol", "InvalidParameterValue", "Invalid value 'all' for IP protocol. Unknown protocol.", []types.IpPermission{permit("all", 1, 1, "10.0.0.0/8")}},
		{"protocol out of range", "InvalidParameterValue", "", []types.IpPermission{permit("256", 1, 1, "10.0.0.0/8")}},
		{"no ports", "InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.", []types.IpPermission{bare("udp")}},
		{"no from port", "InvalidPermission.Malformed", "TCP/UDP port (-1) out of range", []types.IpPermission{noFrom}},
		{"port -1", "InvalidParameterValue", "TCP/UDP (from) port (-1) out of range", []types.IpPermission{permit("tcp", -1, -1, "10.0.0.0/8")}},
		{"port 65536", "InvalidParameterValue", "", []types.IpPermission{permit("tcp", 1, 65536, "10.0.0.0/8")}},
		{"range upside down", "InvalidParameterValue", "", []types.IpPermission{permit("tcp", 80, 22, "10.0.0.0/8")}},
		{"no ICMP type", "InvalidParameterValue", "Invalid value 'Must specify both from and to ports with ICMP.' for portRange.", []types.IpPermission{bare("icmp")}},
		{"ICMP code", "InvalidParameterValue", "ICMP code (65535) out of range", []types.IpPermission{permit("icmp", 0, 65535, "10.0.0.0/8")}},
		{"malformed range", "InvalidParameterValue", "CIDR block 10.0.0.1 is malformed", []types.IpPermission{permit("tcp", 1, 1, "10.0.0.1")}},
		{"IPv6 range among IPv4", "InvalidParameterValue", "CIDR block ::/0 is malformed", []types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("::/0")}}}}},
		{"unknown group", "InvalidGroup.NotFound", "The security group 'sg-0123' does not exist", []types.IpPermission{permit("tcp", 1, 1, "sg-0123")}},
		{"group without an id", "MissingParameter", "Source group ID missing.", []types.IpPermission{{IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{UserId: aws.String(account)}}}}},
		{"unknown prefix list", "InvalidPrefixListID.NotFound", "The prefix list ID 'pl-0123' does not exist", []types.IpPermission{permit("tcp", 1, 1, "pl-0123")}},
		{"description", "InvalidParameterValue", "", []types.IpPermission{described}},
		{"half of it is wrong", "InvalidPermission.Duplicate", "", []types.IpPermission{permit("tcp", 7, 7, "10.0.0.0/8"), permit("tcp", 80, 80, "0.0.0.0/0")}},
	}
	before := shown(describeGroup(t, c, id).IpPermissions)
	for _, tt := range tests {
		_, err := c.AuthorizeSecurityGroupIngress(t.Context(), &sdk.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: tt.p})
		if !failsWith(err, tt.code, tt.message) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if after := shown(describeGroup(t, c, id).IpPermissions); !slices.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
}

func TestRuleLimit(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	var v4, v6 []types.IpPermission
	for i := range int32(60) {
		v4 = append(v4, permit("tcp", i, i, "10.0.0.0/8"))
		v6 = append(v6, permit("tcp", i, i, "2001:db8::/32"))
	}
	allow(t, c, id, v4...)
	allow(t, c, id, v6[:59]...)
	for _, p := range []types.IpPermission{permit("tcp", 99, 99, "10.0.0.0/8"), permit("tcp", 99, 99, id)} {
		_, err := c.AuthorizeSecurityGroupIngress(t.Context(), &sdk.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{p}})
		if !failsWith(err, "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.") {
			t.Errorf("%v", err)
		}
	}
	allow(t, c, id, v6[59])
	if _, err := c.AuthorizeSecurityGroupEgress(t.Context(), &sdk.AuthorizeSecurityGroupEgressInput{GroupId: &id, IpPermissions: []types.IpPermission{permit("tcp", 99, 99, "10.0.0.0/8")}}); err != nil {
		t.Errorf("outbound: %v", err)
	}
}

func TestRevokeSecurityGroup(t *testing.T) {
	c, _, _ := newClient(t)
	id, other := newGroup(t, c, "g"), newGroup(t, c, "other")
	rules := allow(t, c, id, permit("tcp", 80, 80, "10.0.0.0/8", "192.168.0.0/16"))
	foreign := allow(t, c, other, permit("tcp", 80, 80, "10.0.0.0/8"))[0]

	// The ids of a request are all good, or nothing is revoked.
	for _, bad := range []string{"sgr-0123456789abcdef0", *foreign.SecurityGroupRuleId} {
		_, err := c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{GroupId: &id, SecurityGroupRuleIds: []string{*rules[0].SecurityGroupRuleId, bad}})
		if !failsWith(err, "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '"+bad+"' does not exist") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := c.RevokeSecurityGroupEgress(t.Context(), &sdk.RevokeSecurityGroupEgressInput{GroupId: &id, SecurityGroupRuleIds: []string{*rules[0].SecurityGroupRuleId}}); code(err) != "InvalidSecurityGroupRuleId.NotFound" {
		t.Errorf("wrong direction: %v", err)
	}
	// In the default VPC what does not match is told, not refused.
	out, err := c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{permit("tcp", 80, 80, "10.0.0.0/8", "172.16.0.0/12")}})
	if err != nil || !slices.Equal(shown(out.UnknownIpPermissions), []string{"tcp 172.16.0.0/12 80-80"}) || len(out.RevokedSecurityGroupRules) != 1 ||
		*out.RevokedSecurityGroupRules[0].SecurityGroupRuleId != *rules[0].SecurityGroupRuleId {
		t.Errorf("%+v %v", out, err)
	}
	if got := shown(describeGroup(t, c, id).IpPermissions); !slices.Equal(got, []string{"tcp 192.168.0.0/16 80-80"}) {
		t.Errorf("%q", got)
	}
	// By members of its own and by the group's name.
	_, err = c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{
		GroupName: aws.String("g"), IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), CidrIp: aws.String("192.168.0.0/16"),
	})
	if err != nil || len(describeGroup(t, c, id).IpPermissions) != 0 {
		t.Errorf("%v", err)
	}
	if _, err := c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{SecurityGroupRuleIds: []string{"sgr-1"}}); !failsWith(err, "MissingParameter", "The request must contain the parameter groupId") {
		t.Errorf("no group: %v", err)
	}
}

func TestModifySecurityGroupRules(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	rules := allow(t, c, id, permit("tcp", 80, 80, "10.0.0.0/8"), permit("tcp", 443, 443, "10.0.0.0/8"))
	request := func(port int32, cidr string) *types.SecurityGroupRuleRequest {
		return &types.SecurityGroupRuleRequest{IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port, CidrIpv4: &cidr, Description: aws.String("new")}
	}
	both, v6 := request(81, "10.0.0.0/8"), request(81, "")
	both.ReferencedGroupId = &id
	v6.CidrIpv4, v6.CidrIpv6 = nil, aws.String("::/0")
	for _, tt := range []struct {
		name, rule string
		r          *types.SecurityGroupRuleRequest
		code       string
	}{
		{"unknown", "sgr-0123", request(81, "10.0.0.0/8"), "InvalidSecurityGroupRuleId.NotFound"},
		{"the same as another", *rules[0].SecurityGroupRuleId, request(443, "10.0.0.0/8"), "InvalidPermission.Duplicate"},
		{"bits below the mask", *rules[0].SecurityGroupRuleId, request(81, "10.0.0.1/8"), "InvalidParameterValue"},
		{"another type", *rules[0].SecurityGroupRuleId, v6, "InvalidParameterValue"},
		{"two peers", *rules[0].SecurityGroupRuleId, both, "InvalidParameterCombination"},
		{"the description only", *rules[0].SecurityGroupRuleId, &types.SecurityGroupRuleRequest{Description: aws.String("x")}, "InvalidParameterValue"},
		{"good", *rules[0].SecurityGroupRuleId, request(81, "172.16.0.0/12"), ""},
	} {
		_, err := c.ModifySecurityGroupRules(t.Context(), &sdk.ModifySecurityGroupRulesInput{GroupId: &id, SecurityGroupRules: []types.SecurityGroupRuleUpdate{{SecurityGroupRuleId: &tt.rule, SecurityGroupRule: tt.r}}})
		if code(err) != tt.code {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	got, err := c.DescribeSecurityGroupRules(t.Context(), &sdk.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{*rules[0].SecurityGroupRuleId}})
	if err != nil || len(got.SecurityGroupRules) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	if r := got.SecurityGroupRules[0]; *r.FromPort != 81 || *r.CidrIpv4 != "172.16.0.0/12" || *r.Description != "new" {
		t.Errorf("%+v", r)
	}
}

func TestRuleDescriptions(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	rule := allow(t, c, id, permit("tcp", 80, 80, "10.0.0.0/8"))[0]
	description := func() string {
		return aws.ToString(describeGroup(t, c, id).IpPermissions[0].IpRanges[0].Description)
	}
	p := permit("tcp", 80, 80, "10.0.0.0/8")
	p.IpRanges[0].Description = aws.String("by permission")
	for _, tt := range []struct {
		name string
		in   sdk.UpdateSecurityGroupRuleDescriptionsIngressInput
		code string
		want string
	}{
		{"nothing", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{}, "MissingParameter", ""},
		{"another rule", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{IpPermissions: []types.IpPermission{permit("tcp", 81, 81, "10.0.0.0/8")}}, "InvalidPermission.NotFound", ""},
		{"by permission", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{IpPermissions: []types.IpPermission{p}}, "", "by permission"},
		{"by id", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{SecurityGroupRuleDescriptions: []types.SecurityGroupRuleDescription{{SecurityGroupRuleId: rule.SecurityGroupRuleId, Description: aws.String("by id")}}}, "", "by id"},
		{"bad text", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{SecurityGroupRuleDescriptions: []types.SecurityGroupRuleDescription{{SecurityGroupRuleId: rule.SecurityGroupRuleId, Description: aws.String("'")}}}, "InvalidParameterValue", "by id"},
		{"left out", sdk.UpdateSecurityGroupRuleDescriptionsIngressInput{IpPermissions: []types.IpPermission{permit("tcp", 80, 80, "10.0.0.0/8")}}, "", ""},
	} {
		tt.in.GroupId = &id
		if _, err := c.UpdateSecurityGroupRuleDescriptionsIngress(t.Context(), &tt.in); code(err) != tt.code || description() != tt.want {
			t.Errorf("%s: %q %v", tt.name, description(), err)
		}
	}
	_, err := c.UpdateSecurityGroupRuleDescriptionsEgress(t.Context(), &sdk.UpdateSecurityGroupRuleDescriptionsEgressInput{GroupId: &id, IpPermissions: []types.IpPermission{p}})
	if code(err) != "InvalidPermission.NotFound" {
		t.Errorf("wrong direction: %v", err)
	}
}

func TestDescribeSecurityGroupRules(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	var list []types.IpPermission
	for i := range int32(12) {
		list = append(list, permit("tcp", i, i, "10.0.0.0/8"))
	}
	out, err := c.AuthorizeSecurityGroupIngress(t.Context(), &sdk.AuthorizeSecurityGroupIngressInput{
		GroupId: &id, IpPermissions: list,
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroupRule, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}},
	})
	if err != nil || len(out.SecurityGroupRules) != 12 || len(out.SecurityGroupRules[11].Tags) != 1 {
		t.Fatalf("%+v %v", out, err)
	}
	for _, tt := range []struct {
		filter, value string
		want          int
	}{
		{"group-id", id, 13}, // with the outbound one that a new group has
		{"tag:k", "v", 12},
		{"security-group-rule-id", *out.SecurityGroupRules[3].SecurityGroupRuleId, 1},
	} {
		seen := map[string]bool{}
		pages := sdk.NewDescribeSecurityGroupRulesPaginator(c, &sdk.DescribeSecurityGroupRulesInput{MaxResults: aws.Int32(5), Filters: []types.Filter{{Name: &tt.filter, Values: []string{tt.value}}}})
		for pages.HasMorePages() {
			p, err := pages.NextPage(t.Context())
			if err != nil || len(p.SecurityGroupRules) > 5 {
				t.Fatalf("%+v %v", p, err)
			}
			for _, r := range p.SecurityGroupRules {
				seen[*r.SecurityGroupRuleId] = true
			}
		}
		if len(seen) != tt.want {
			t.Errorf("%s: %d rules, want %d", tt.filter, len(seen), tt.want)
		}
	}
}
