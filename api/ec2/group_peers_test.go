package ec2_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/apitest"
	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/vpc"
)

// unkept keeps nothing.
type unkept struct{}

func (unkept) Resources(context.Context) ([]vpc.Resource, error) { return nil, nil }
func (unkept) Keep(context.Context, []vpc.Change) error          { return nil }

// newVPCs gives a client, and an inventory with two VPCs that are not the default one.
func newVPCs(t *testing.T) (*sdk.Client, *vpc.Inventory, [2]string) {
	t.Helper()
	inv, err := vpc.NewInventory(t.Context(), unkept{})
	if err != nil {
		t.Fatal(err)
	}
	service := ec2.Service(ec2.Options{Network: inv, NewID: vpc.RandomID, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	srv := httptest.NewServer(api.NewRouter(api.RouterOptions{Services: []api.Service{service}, Account: account, Region: region}))
	t.Cleanup(srv.Close)
	ids := [2]string{vpc.NewID("vpc", "one"), vpc.NewID("vpc", "two")}
	for _, id := range ids {
		put(t, inv, vpc.NewVPC(&vpc.VPC{Head: head(id), CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}})...)
	}
	return sdk.New(sdk.Options{
		Region: region, BaseEndpoint: aws.String(srv.URL), RetryMaxAttempts: 1, HTTPClient: apitest.NewClient(t),
		Credentials: credentials.NewStaticCredentialsProvider(account, "secret", ""),
	}), inv, ids
}

func head(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }

// TestGroupsOfOtherVPCs: a rule can name a group of a VPC that a transit gateway
// joins to its own; without the gateway, or without the group, it is stale.
func TestGroupsOfOtherVPCs(t *testing.T) {
	c, inv, ids := newVPCs(t)
	var groups [2]string
	for i, id := range ids {
		g, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: aws.String("same"), Description: aws.String("x"), VpcId: &id})
		if err != nil {
			t.Fatal(err)
		}
		groups[i] = *g.GroupId
	}
	in := &sdk.AuthorizeSecurityGroupIngressInput{GroupId: &groups[0], IpPermissions: []types.IpPermission{permit("tcp", 80, 80, groups[1])}}
	_, err := c.AuthorizeSecurityGroupIngress(t.Context(), in)
	if !failsWith(err, "InvalidGroup.NotFound", "You have specified two resources that belong to different networks.") {
		t.Errorf("not joined: %v", err)
	}
	gateway := vpc.NewID("tgw")
	for i, id := range ids {
		put(t, inv, &vpc.TransitGatewayAttachment{Head: head(vpc.NewID("tgw-attach", id)), TransitGatewayID: gateway, VPCID: ids[i]})
	}
	if _, err := c.AuthorizeSecurityGroupIngress(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	refs, err := c.DescribeSecurityGroupReferences(t.Context(), &sdk.DescribeSecurityGroupReferencesInput{GroupId: []string{groups[1]}})
	if err != nil || len(refs.SecurityGroupReferenceSet) != 1 {
		t.Fatalf("%+v %v", refs, err)
	}
	if r := refs.SecurityGroupReferenceSet[0]; *r.GroupId != groups[1] || *r.ReferencingVpcId != ids[0] || *r.TransitGatewayId != gateway {
		t.Errorf("%+v", r)
	}
	stale := func() (out []string) {
		got, err := c.DescribeStaleSecurityGroups(t.Context(), &sdk.DescribeStaleSecurityGroupsInput{VpcId: &ids[0]})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range got.StaleSecurityGroupSet {
			out = append(out, *g.GroupId+" "+*g.StaleIpPermissions[0].UserIdGroupPairs[0].GroupId)
		}
		return out
	}
	if got := stale(); len(got) != 0 {
		t.Errorf("stale: %q", got)
	}
	if _, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupId: &groups[1]}); err != nil {
		t.Errorf("a rule of another VPC holds it: %v", err)
	}
	if got, want := stale(), []string{groups[0] + " " + groups[1]}; !slices.Equal(got, want) {
		t.Errorf("stale: %q, want %q", got, want)
	}
}

// TestNonDefaultVPC: there a rule that is not there cannot be revoked, and
// groups have no names; without a default VPC a group needs one.
func TestNonDefaultVPC(t *testing.T) {
	c, inv, ids := newVPCs(t)
	g, err := c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: aws.String("g"), Description: aws.String("x"), VpcId: &ids[0]})
	if err != nil {
		t.Fatal(err)
	}
	allow(t, c, *g.GroupId, permit("tcp", 80, 80, "10.0.0.0/8"))
	_, err = c.RevokeSecurityGroupIngress(t.Context(), &sdk.RevokeSecurityGroupIngressInput{GroupId: g.GroupId, IpPermissions: []types.IpPermission{permit("tcp", 80, 80, "10.0.0.0/8", "172.16.0.0/12")}})
	if !failsWith(err, "InvalidPermission.NotFound", "The specified rule does not exist in this security group.") {
		t.Errorf("revoke: %v", err)
	}
	if got := shown(describeGroup(t, c, *g.GroupId).IpPermissions); !slices.Equal(got, []string{"tcp 10.0.0.0/8 80-80"}) {
		t.Errorf("%q", got)
	}
	if _, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupName: aws.String("g")}); code(err) != "InvalidGroup.NotFound" {
		t.Errorf("by name: %v", err)
	}
	put(t, inv, &vpc.ENI{Head: head(vpc.NewID("eni", "x")), VPCID: ids[0], Groups: []string{*g.GroupId}})
	if _, err := c.DeleteSecurityGroup(t.Context(), &sdk.DeleteSecurityGroupInput{GroupId: g.GroupId}); code(err) != "DependencyViolation" {
		t.Errorf("an interface has it: %v", err)
	}
	err = inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Remove(tx.DefaultVPC(account, region)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateSecurityGroup(t.Context(), &sdk.CreateSecurityGroupInput{GroupName: aws.String("h"), Description: aws.String("x")})
	if !failsWith(err, "VPCIdNotSpecified", "No default VPC for this user.") {
		t.Errorf("no default VPC: %v", err)
	}
}
