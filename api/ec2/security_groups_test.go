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

func newGroup(t *testing.T, c *sdk.Client, name string) string {
	t.Helper()
	g, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: &name, Description: aws.String("test")})
	if err != nil {
		t.Fatal(err)
	}
	return *g.GroupId
}

func describeGroup(t *testing.T, c *sdk.Client, id string) types.SecurityGroup {
	t.Helper()
	got, err := c.DescribeSecurityGroups(t.Context(), &sdk.DescribeSecurityGroupsInput{GroupIds: []string{id}})
	if err != nil || len(got.SecurityGroups) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	return got.SecurityGroups[0]
}

// permit is a permission for ranges, security groups and prefix lists.
// shown gives permissions in short, each with its peers.
func TestSecurityGroupLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{
		GroupName: aws.String("web"), Description: aws.String("web servers"),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroup, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("net")}}}},
	})
	if err != nil || !strings.HasPrefix(*made.GroupId, "sg-") || len(made.Tags) != 1 ||
		*made.SecurityGroupArn != "arn:aws:ec2:eu-west-1:123456789012:security-group/"+*made.GroupId {
		t.Fatalf("%+v %v", made, err)
	}
	g := describeGroup(t, c, *made.GroupId)
	// AWS: a new group has no inbound rules and lets everything out.
	if *g.GroupName != "web" || *g.Description != "web servers" || *g.OwnerId != account || len(g.IpPermissions) != 0 ||
		!slices.Equal(shown(g.IpPermissionsEgress), []string{"-1 0.0.0.0/0"}) || len(g.Tags) != 1 {
		t.Errorf("%+v", g)
	}
	vpcs, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{VpcIds: []string{*g.VpcId}})
	if err != nil || !*vpcs.Vpcs[0].IsDefault {
		t.Errorf("it is not in the default VPC: %+v %v", vpcs, err)
	}
	for _, egress := range g.IpPermissionsEgress { // as Terraform does with a new group
		out, err := c.RevokeSecurityGroupEgress(t.Context(), &sdk.RevokeSecurityGroupEgressInput{GroupId: made.GroupId, IpPermissions: []types.IpPermission{egress}})
		if err != nil || !*out.Return || len(out.RevokedSecurityGroupRules) != 1 || *out.RevokedSecurityGroupRules[0].CidrIpv4 != "0.0.0.0/0" {
			t.Errorf("%+v %v", out, err)
		}
	}
	if left := describeGroup(t, c, *made.GroupId).IpPermissionsEgress; len(left) != 0 {
		t.Errorf("%+v", left)
	}
	del, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupName: aws.String("web")})
	if err != nil || *del.GroupId != *made.GroupId {
		t.Errorf("%+v %v", del, err)
	}
	if _, err := c.DescribeSecurityGroups(t.Context(), &sdk.DescribeSecurityGroupsInput{GroupIds: []string{*made.GroupId}}); code(err) != "InvalidGroup.NotFound" {
		t.Errorf("after deletion: %v", err)
	}
}

func TestCreateSecurityGroupErrors(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID := describeGroup(t, c, newGroup(t, c, "taken")).VpcId
	const invalid = "Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
	for _, tt := range []struct{ name, description, code, message string }{
		{"default", "x", "InvalidParameterValue", "Cannot use reserved security group name: default"},
		{"sg-86c8964", "x", "InvalidParameterValue", "Value (sg-86c8964) for parameter GroupName is invalid. Group names may not be in the format sg-*."},
		{"taken", "x", "InvalidGroup.Duplicate", "The security group 'taken' already exists for VPC '" + *vpcID + "'"},
		{"TAKEN", "x", "InvalidGroup.Duplicate", ""},
		{"ok", "validator's fault", "InvalidParameterValue", invalid},
		{"ok", strings.Repeat("x", 256), "InvalidParameterValue", invalid},
		{"ok", "é", "InvalidParameterValue", "Value (é) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported."},
		{"", "x", "MissingParameter", "The request must contain the parameter GroupName"},
		{"ok", "", "MissingParameter", "The request must contain the parameter GroupDescription"},
	} {
		_, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: &tt.name, Description: &tt.description})
		if !failsWith(err, tt.code, tt.message) {
			t.Errorf("%q %q: %v", tt.name, tt.description, err)
		}
	}
	_, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: aws.String("a"), Description: aws.String("b"), VpcId: aws.String("vpc-1")})
	if code(err) != "InvalidVpcID.NotFound" {
		t.Errorf("unknown VPC: %v", err)
	}
	_, err = c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: aws.String("dry"), Description: aws.String("b"), DryRun: aws.Bool(true)})
	if code(err) != "DryRunOperation" {
		t.Errorf("dry run: %v", err)
	}
	if _, err = c.DescribeSecurityGroups(t.Context(), &sdk.DescribeSecurityGroupsInput{GroupNames: []string{"dry"}}); !failsWith(err, "InvalidGroup.NotFound", "The security group 'dry' does not exist in default VPC '"+*vpcID+"'") {
		t.Errorf("after a dry run: %v", err)
	}
}

func TestDeleteSecurityGroupInUse(t *testing.T) {
	c, _, _ := newClient(t)
	id, user := newGroup(t, c, "named"), newGroup(t, c, "user")
	rule := allow(t, c, user, permit("tcp", 80, 80, id))[0]
	_, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupId: &id})
	if !failsWith(err, "DependencyViolation", "resource "+id+" has a dependent object") {
		t.Errorf("named by a rule: %v", err)
	}
	if _, err := c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{GroupId: &user, SecurityGroupRuleIds: []string{*rule.SecurityGroupRuleId}}); err != nil {
		t.Fatal(err)
	}
	own := allow(t, c, id, permit("tcp", 80, 80, id))[0] // a rule that names its own group does not hold it
	if _, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupId: &id}); err != nil {
		t.Error(err)
	}
	if _, err := c.DescribeSecurityGroupRules(t.Context(), &sdk.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{*own.SecurityGroupRuleId}}); code(err) != "InvalidSecurityGroupRuleId.NotFound" {
		t.Errorf("its rule is there: %v", err)
	}
	groups, err := c.DescribeSecurityGroups(t.Context(), &sdk.DescribeSecurityGroupsInput{GroupNames: []string{"default"}})
	if err != nil {
		t.Fatal(err)
	}
	def := groups.SecurityGroups[0]
	if got := shown(def.IpPermissions); !slices.Equal(got, []string{"-1 sg-" + account}) {
		t.Errorf("default group: %q", got)
	}
	_, err = c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupId: def.GroupId})
	if !failsWith(err, "CannotDelete", fmt.Sprintf("the specified group: %q name: \"default\" cannot be deleted by a user", *def.GroupId)) {
		t.Errorf("default group: %v", err)
	}
}

// TestPermissions: rules of the same protocol and ports are one permission; other
// protocols than TCP, UDP and ICMP show no ports; ranges lose the bits below their mask.
// TestRuleLimit: 60 rules in each direction and family; one that names a group counts in both.
func TestSecurityGroupFilters(t *testing.T) {
	c, _, _ := newClient(t)
	web, db := newGroup(t, c, "web"), newGroup(t, c, "db")
	allow(t, c, web, permit("tcp", 80, 443, "10.0.0.0/8", "2001:db8::/32"))
	allow(t, c, db, permit("tcp", 5432, 5432, web), permit("-1", 0, 0, "192.168.0.0/16"))
	if _, err := c.AuthorizeSecurityGroupEgress(t.Context(), &sdk.AuthorizeSecurityGroupEgressInput{GroupId: &db, IpPermissions: []types.IpPermission{permit("udp", 53, 54, "10.9.0.0/16")}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		filter, value string
		want          []string
	}{
		{"group-name", "w*", []string{"web"}},
		{"group-id", db, []string{"db"}},
		{"description", "test", []string{"db", "web"}},
		{"description", "default VPC*", []string{"default"}},
		{"owner-id", account, []string{"db", "default", "web"}},
		{"ip-permission.cidr", "10.0.0.0/8", []string{"web"}},
		{"ip-permission.ipv6-cidr", "2001:db8::/32", []string{"web"}},
		{"ip-permission.from-port", "80", []string{"web"}},
		{"ip-permission.to-port", "443", []string{"web"}},
		{"ip-permission.protocol", "tcp", []string{"db", "web"}},
		{"ip-permission.protocol", "-1", []string{"db", "default"}},
		{"ip-permission.group-id", web, []string{"db"}},
		{"ip-permission.group-name", "web", []string{"db"}},
		{"ip-permission.user-id", account, []string{"db", "default"}},
		{"ip-permission.prefix-list-id", "*", nil},
		{"egress.ip-permission.cidr", "10.9.0.0/16", []string{"db"}},
		{"egress.ip-permission.protocol", "udp", []string{"db"}},
		{"egress.ip-permission.from-port", "53", []string{"db"}},
		{"egress.ip-permission.to-port", "54", []string{"db"}},
		{"egress.ip-permission.group-id", "*", nil},
		{"egress.ip-permission.ipv6-cidr", "*", nil},
	} {
		got, err := c.DescribeSecurityGroups(t.Context(), &sdk.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: &tt.filter, Values: []string{tt.value}}}})
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		var names []string
		for _, g := range got.SecurityGroups {
			names = append(names, *g.GroupName)
		}
		if slices.Sort(names); !slices.Equal(names, tt.want) {
			t.Errorf("%s=%s: %q, want %q", tt.filter, tt.value, names, tt.want)
		}
	}
}

func TestSecurityGroupsOfVPC(t *testing.T) {
	c, _, _ := newClient(t)
	id := newGroup(t, c, "g")
	vpcID := describeGroup(t, c, id).VpcId
	got, err := c.GetSecurityGroupsForVpc(t.Context(), &sdk.GetSecurityGroupsForVpcInput{VpcId: vpcID, Filters: []types.Filter{{Name: aws.String("group-name"), Values: []string{"g"}}}})
	if err != nil || len(got.SecurityGroupForVpcs) != 1 || *got.SecurityGroupForVpcs[0].GroupId != id || *got.SecurityGroupForVpcs[0].PrimaryVpcId != *vpcID {
		t.Errorf("%+v %v", got, err)
	}
	all, err := c.GetSecurityGroupsForVpc(t.Context(), &sdk.GetSecurityGroupsForVpcInput{VpcId: vpcID})
	if err != nil || len(all.SecurityGroupForVpcs) != 2 {
		t.Errorf("%+v %v", all, err)
	}
	refs, err := c.DescribeSecurityGroupReferences(t.Context(), &sdk.DescribeSecurityGroupReferencesInput{GroupId: []string{id}})
	if err != nil || len(refs.SecurityGroupReferenceSet) != 0 {
		t.Errorf("%+v %v", refs, err)
	}
	stale, err := c.DescribeStaleSecurityGroups(t.Context(), &sdk.DescribeStaleSecurityGroupsInput{VpcId: vpcID})
	if err != nil || len(stale.StaleSecurityGroupSet) != 0 {
		t.Errorf("%+v %v", stale, err)
	}
}
