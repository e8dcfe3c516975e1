package ec2_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/vpc"
)

// TestBlockPublicAccess: what an account blocks is said of it, its VPCs and its subnets.
func TestBlockPublicAccess(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c, _, _ := newNetworkAt(t, func() time.Time { return now })
	vpcID, subnets := defaultVPC(t, c)
	options := func() types.VpcBlockPublicAccessOptions {
		return *must(c.DescribeVpcBlockPublicAccessOptions(t.Context(), &sdk.DescribeVpcBlockPublicAccessOptionsInput{}))(t).VpcBlockPublicAccessOptions
	}
	if o := options(); o.State != "default-state" || o.InternetGatewayBlockMode != "off" || o.LastUpdateTimestamp != nil || *o.AwsAccountId != account ||
		*o.AwsRegion != region || o.ManagedBy != "account" || o.ExclusionsAllowed != "allowed" {
		t.Errorf("at first %+v", o)
	}
	in := &sdk.ModifyVpcBlockPublicAccessOptionsInput{InternetGatewayBlockMode: "block-bidirectional", DryRun: aws.Bool(true)}
	_, err := c.ModifyVpcBlockPublicAccessOptions(t.Context(), in)
	wants(t, err, "DryRunOperation", "")
	in.DryRun = nil
	if o := must(c.ModifyVpcBlockPublicAccessOptions(t.Context(), in))(t).VpcBlockPublicAccessOptions; o.State != "update-in-progress" || o.InternetGatewayBlockMode != "block-bidirectional" {
		t.Errorf("modified %+v", o)
	}
	if o := options(); o.State != "update-complete" || o.InternetGatewayBlockMode != "block-bidirectional" || !o.LastUpdateTimestamp.Equal(now) {
		t.Errorf("then %+v", o)
	}
	must(c.CreateVpcBlockPublicAccessExclusion(t.Context(), &sdk.CreateVpcBlockPublicAccessExclusionInput{SubnetId: &subnets[0], InternetGatewayExclusionMode: "allow-egress"}))(t)
	ofSubnets := map[string]types.BlockPublicAccessMode{}
	for _, n := range must(c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{}))(t).Subnets {
		ofSubnets[*n.SubnetId] = n.BlockPublicAccessStates.InternetGatewayBlockMode
	}
	if ofVPC := describeVPC(t, c, vpcID).BlockPublicAccessStates.InternetGatewayBlockMode; ofVPC != "block-bidirectional" || ofSubnets[subnets[0]] != "block-ingress" || ofSubnets[subnets[1]] != "block-bidirectional" {
		t.Errorf("VPC %s, subnets %v", ofVPC, ofSubnets)
	}
	in.InternetGatewayBlockMode = "off"
	must(c.ModifyVpcBlockPublicAccessOptions(t.Context(), in))(t)
	if o := options(); o.State != "update-complete" || o.InternetGatewayBlockMode != "off" {
		t.Errorf("off again %+v", o)
	}
}

// TestPublicAccessExclusion is the life of an exclusion, which can be seen for a
// while after it was deleted, as Terraform expects.
func TestPublicAccessExclusion(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c, _, _ := newNetworkAt(t, func() time.Time { return now })
	vpcID := *makeVPC(t, c, "10.0.0.0/16").VpcId
	made := must(c.CreateVpcBlockPublicAccessExclusion(t.Context(), &sdk.CreateVpcBlockPublicAccessExclusionInput{
		VpcId: &vpcID, InternetGatewayExclusionMode: "allow-egress", TagSpecifications: tagsFor("vpc-block-public-access-exclusion", "Name", "one"),
	}))(t).VpcBlockPublicAccessExclusion
	id := made.ExclusionId
	if !strings.HasPrefix(*id, "vpcbpa-exclude-") || made.State != "create-in-progress" || *made.ResourceArn != "arn:aws:ec2:"+region+":"+account+":vpc/"+vpcID || len(made.Tags) != 1 {
		t.Errorf("made %+v", made)
	}
	if e := describeExclusion(t, c, *id); e.State != "create-complete" || e.InternetGatewayExclusionMode != "allow-egress" || !e.CreationTimestamp.Equal(now) || e.DeletionTimestamp != nil {
		t.Errorf("then %+v", e)
	}
	created := now
	now = now.Add(time.Minute)
	if e := must(c.ModifyVpcBlockPublicAccessExclusion(t.Context(), &sdk.ModifyVpcBlockPublicAccessExclusionInput{ExclusionId: id, InternetGatewayExclusionMode: "allow-bidirectional"}))(t).VpcBlockPublicAccessExclusion; e.State != "update-in-progress" {
		t.Errorf("modified %+v", e)
	}
	if e := describeExclusion(t, c, *id); e.State != "update-complete" || e.InternetGatewayExclusionMode != "allow-bidirectional" || !e.CreationTimestamp.Equal(created) || !e.LastUpdateTimestamp.Equal(now) {
		t.Errorf("then %+v", e)
	}
	remove := &sdk.DeleteVpcBlockPublicAccessExclusionInput{ExclusionId: id}
	if e := must(c.DeleteVpcBlockPublicAccessExclusion(t.Context(), remove))(t).VpcBlockPublicAccessExclusion; e.State != "delete-in-progress" {
		t.Errorf("deleted %+v", e)
	}
	if e := describeExclusion(t, c, *id); e.State != "delete-complete" || !e.DeletionTimestamp.Equal(now) {
		t.Errorf("then %+v", e)
	}
	_, err := c.DeleteVpcBlockPublicAccessExclusion(t.Context(), remove)
	wants(t, err, "InvalidParameterValue", *id+" is in delete-complete state and cannot be deleted")
	_, err = c.ModifyVpcBlockPublicAccessExclusion(t.Context(), &sdk.ModifyVpcBlockPublicAccessExclusionInput{ExclusionId: id, InternetGatewayExclusionMode: "allow-egress"})
	wants(t, err, "InvalidParameterValue", *id+" is in delete-complete state and cannot be modified")
	must(c.CreateVpcBlockPublicAccessExclusion(t.Context(), &sdk.CreateVpcBlockPublicAccessExclusionInput{VpcId: &vpcID, InternetGatewayExclusionMode: "allow-egress"}))(t)
	now = now.Add(vpc.Afterlife)
	_, err = c.DescribeVpcBlockPublicAccessExclusions(t.Context(), &sdk.DescribeVpcBlockPublicAccessExclusionsInput{ExclusionIds: []string{*id}})
	wants(t, err, "InvalidVpcBlockPublicAccessExclusionId.NotFound", "The vpcBlockPublicAccessExclusion ID '"+*id+"' does not exist")
}

func describeExclusion(t *testing.T, c *sdk.Client, id string) types.VpcBlockPublicAccessExclusion {
	t.Helper()
	got := must(c.DescribeVpcBlockPublicAccessExclusions(t.Context(), &sdk.DescribeVpcBlockPublicAccessExclusionsInput{ExclusionIds: []string{id}}))(t)
	if len(got.VpcBlockPublicAccessExclusions) != 1 {
		t.Fatalf("%+v", got)
	}
	return got.VpcBlockPublicAccessExclusions[0]
}

// TestExclusionGoesAlong with the VPC and the subnet.
func TestExclusionGoesAlong(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcID := makeVPC(t, c, "10.0.0.0/16").VpcId
	subnetID := makeSubnet(t, c, *vpcID, "10.0.0.0/24").SubnetId
	for _, in := range []sdk.CreateVpcBlockPublicAccessExclusionInput{{VpcId: vpcID}, {SubnetId: subnetID}} {
		in.InternetGatewayExclusionMode = "allow-egress"
		must(c.CreateVpcBlockPublicAccessExclusion(t.Context(), &in))(t)
	}
	must(c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: subnetID}))(t)
	if left := vpc.All[vpc.PublicAccessExclusion](inv.Snapshot()); len(left) != 1 || left[0].VPCID != *vpcID {
		t.Errorf("without the subnet %v", left)
	}
	must(c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: vpcID}))(t)
	if left := vpc.All[vpc.PublicAccessExclusion](inv.Snapshot()); len(left) != 0 {
		t.Errorf("without the VPC %v", left)
	}
}

func TestPublicAccessErrors(t *testing.T) {
	h, inv := newRouter(t, false, func(*ec2.Options) {})
	if err := inv.EnsureDefault(t.Context(), account, region); err != nil {
		t.Fatal(err)
	}
	put(t, inv, &vpc.VPC{Head: head("vpc-1")}, &vpc.Subnet{Head: head("subnet-1"), VPCID: "vpc-1"},
		&vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-1"), VPCID: "vpc-1"}, &vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-2"), SubnetID: "subnet-1"})
	const options, create, modify, remove = "ModifyVpcBlockPublicAccessOptions", "CreateVpcBlockPublicAccessExclusion", "ModifyVpcBlockPublicAccessExclusion", "DeleteVpcBlockPublicAccessExclusion"
	const mode = "InternetGatewayExclusionMode"
	for _, tt := range []struct {
		name, action string
		form         url.Values
		code, text   string
	}{
		{"no block mode", options, url.Values{}, "MissingParameter", "The request must contain the parameter InternetGatewayBlockMode"},
		{"block mode", options, url.Values{"InternetGatewayBlockMode": {"on"}}, "InvalidParameterValue", "Value (on) for parameter InternetGatewayBlockMode is invalid. Valid values: off, block-bidirectional, block-ingress"},
		{"no mode", create, url.Values{"VpcId": {"vpc-1"}}, "MissingParameter", "The request must contain the parameter InternetGatewayExclusionMode"},
		{"mode", create, url.Values{"VpcId": {"vpc-1"}, mode: {"allow"}}, "InvalidParameterValue", "Value (allow) for parameter InternetGatewayExclusionMode is invalid. Valid values: allow-bidirectional, allow-egress"},
		{"nothing to exclude", create, url.Values{mode: {"allow-egress"}}, "MissingParameter", "Either &#39;VpcId&#39; or &#39;SubnetId&#39; should be provided."},
		{"a VPC and a subnet", create, url.Values{"VpcId": {"vpc-1"}, "SubnetId": {"subnet-1"}, mode: {"allow-egress"}}, "InvalidParameterCombination", ""},
		{"no such VPC", create, url.Values{"VpcId": {"vpc-0"}, mode: {"allow-egress"}}, "InvalidVpcID.NotFound", ""},
		{"no such subnet", create, url.Values{"SubnetId": {"subnet-0"}, mode: {"allow-egress"}}, "InvalidSubnetID.NotFound", ""},
		{"an excluded VPC", create, url.Values{"VpcId": {"vpc-1"}, mode: {"allow-egress"}}, "Resource.AlreadyAssociated", "The vpc &#39;vpc-1&#39; already has the exclusion vpcbpa-exclude-1"},
		{"an excluded subnet", create, url.Values{"SubnetId": {"subnet-1"}, mode: {"allow-egress"}}, "Resource.AlreadyAssociated", "The subnet &#39;subnet-1&#39; already has the exclusion vpcbpa-exclude-2"},
		{"no exclusion named", modify, url.Values{mode: {"allow-egress"}}, "MissingParameter", "The request must contain the parameter ExclusionId"},
		{"no such exclusion", modify, url.Values{"ExclusionId": {"vpcbpa-exclude-0"}, mode: {"allow-egress"}}, "InvalidVpcBlockPublicAccessExclusionId.NotFound", ""},
		{"no mode to change to", modify, url.Values{"ExclusionId": {"vpcbpa-exclude-1"}}, "MissingParameter", ""},
		{"nothing to delete", remove, url.Values{"ExclusionId": {"vpcbpa-exclude-0"}}, "InvalidVpcBlockPublicAccessExclusionId.NotFound", ""},
	} {
		tt.form.Set("Action", tt.action)
		status, body := post(h, tt.form)
		if status != http.StatusBadRequest || !strings.Contains(body, "<Code>"+tt.code+"</Code><Message>"+tt.text) {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
	}
}

func TestDescribePublicAccessExclusions(t *testing.T) {
	c, inv, _ := newNetwork(t)
	at := time.Now()
	put(t, inv, &vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-1"), VPCID: "vpc-1"}, &vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-2"), SubnetID: "subnet-1", EgressOnly: true},
		&vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-3"), VPCID: "vpc-2", Updated: at}, &vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-4"), VPCID: "vpc-3", Ended: at},
		&vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-5"), VPCID: "vpc-4"}, &vpc.PublicAccessExclusion{Head: head("vpcbpa-exclude-6"), VPCID: "vpc-5"})
	must(c.CreateTags(t.Context(), &sdk.CreateTagsInput{Resources: []string{"vpcbpa-exclude-5"}, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("five")}}}))(t)
	ids := func(in sdk.DescribeVpcBlockPublicAccessExclusionsInput) (string, *string) {
		got := must(c.DescribeVpcBlockPublicAccessExclusions(t.Context(), &in))(t)
		var out []string
		for _, e := range got.VpcBlockPublicAccessExclusions {
			out = append(out, strings.TrimPrefix(*e.ExclusionId, "vpcbpa-exclude-"))
		}
		return strings.Join(out, " "), got.NextToken
	}
	for _, tt := range []struct {
		name, filter, value, want string
	}{
		{"mode", "internet-gateway-exclusion-mode", "allow-egress", "2"},
		{"subnet", "resource-arn", "arn:aws:ec2:" + region + ":" + account + ":subnet/subnet-1", "2"},
		{"VPC", "resource-arn", "arn:aws:ec2:" + region + ":" + account + ":vpc/vpc-1", "1"},
		{"updated", "state", "update-complete", "3"},
		{"deleted", "state", "delete-complete", "4"},
		{"tag", "tag:Name", "five", "5"},
		{"value of a tag", "tag-value", "five", "5"},
	} {
		if got, _ := ids(sdk.DescribeVpcBlockPublicAccessExclusionsInput{Filters: filtersBy(tt.filter, tt.value)}); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	first, next := ids(sdk.DescribeVpcBlockPublicAccessExclusionsInput{MaxResults: aws.Int32(5)})
	second, end := ids(sdk.DescribeVpcBlockPublicAccessExclusionsInput{MaxResults: aws.Int32(5), NextToken: next})
	if first != "1 2 3 4 5" || second != "6" || end != nil {
		t.Errorf("pages %s and %s", first, second)
	}
}
