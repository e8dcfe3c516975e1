package ec2_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/vpc"
)

const (
	exclude = types.VpcEncryptionControlExclusionStateInputEnable
	include = types.VpcEncryptionControlExclusionStateInputDisable
)

// TestEncryptionControl is the life of a control, as Terraform leads it: it is
// made to watch, then enforces, and is gone when it was deleted.
func TestEncryptionControl(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcID := *makeVPC(t, c, "10.0.0.0/16").VpcId
	in := &sdk.CreateVpcEncryptionControlInput{VpcId: &vpcID, TagSpecifications: tagsFor("vpc-encryption-control", "Name", "watch"), DryRun: aws.Bool(true)}
	_, err := c.CreateVpcEncryptionControl(t.Context(), in)
	wants(t, err, "DryRunOperation", "")
	in.DryRun = nil
	made := must(c.CreateVpcEncryptionControl(t.Context(), in))(t).VpcEncryptionControl
	id := *made.VpcEncryptionControlId
	if !strings.HasPrefix(id, "vpcec-") || made.State != "creating" || made.Mode != "monitor" || *made.VpcId != vpcID || len(made.Tags) != 1 {
		t.Errorf("made %+v", made)
	}
	_, err = c.CreateVpcEncryptionControl(t.Context(), in)
	wants(t, err, "Resource.AlreadyAssociated", "The vpc '"+vpcID+"' already has the VPC encryption control "+id)
	got := describeControl(t, c, id)
	if got.State != "available" || *got.StateMessage != "succeeded" || got.ResourceExclusions.InternetGateway.State != "disabled" || *got.Tags[0].Value != "watch" {
		t.Errorf("available %+v", got)
	}
	if of := describeVPC(t, c, vpcID).EncryptionControl; !reflect.DeepEqual(of, &got) {
		t.Errorf("of the VPC %+v", of)
	}
	changed := must(c.ModifyVpcEncryptionControl(t.Context(), &sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: &id, Mode: "enforce", LambdaExclusion: exclude}))(t).VpcEncryptionControl
	if changed.State != "enforce-in-progress" || changed.Mode != "enforce" || changed.ResourceExclusions.Lambda.State != "enabled" {
		t.Errorf("enforced %+v", changed)
	}
	if control := inv.Snapshot().EncryptionControl(vpcID); control == nil || !control.Enforce || control.Exclusions != (vpc.EncryptionExclusions{Lambda: true}) {
		t.Errorf("kept %+v", control)
	}
	must(c.ModifyVpcEncryptionControl(t.Context(), &sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: &id, Mode: "monitor"}))(t)
	if got := describeControl(t, c, id); got.Mode != "monitor" || got.ResourceExclusions.Lambda.State != "disabled" {
		t.Errorf("watches again %+v", got)
	}
	if gone := must(c.DeleteVpcEncryptionControl(t.Context(), &sdk.DeleteVpcEncryptionControlInput{VpcEncryptionControlId: &id}))(t).VpcEncryptionControl; gone.State != "deleting" || *gone.VpcEncryptionControlId != id || len(gone.Tags) != 1 {
		t.Errorf("deleted %+v", gone)
	}
	_, err = c.DescribeVpcEncryptionControls(t.Context(), &sdk.DescribeVpcEncryptionControlsInput{VpcEncryptionControlIds: []string{id}})
	wants(t, err, "InvalidVpcEncryptionControlId.NotFound", "The vpcEncryptionControl ID '"+id+"' does not exist")
	if control := inv.Snapshot().EncryptionControl(vpcID); control != nil || describeVPC(t, c, vpcID).EncryptionControl != nil {
		t.Errorf("left over: %+v", control)
	}
}

func describeControl(t *testing.T, c *sdk.Client, id string) types.VpcEncryptionControl {
	t.Helper()
	got := must(c.DescribeVpcEncryptionControls(t.Context(), &sdk.DescribeVpcEncryptionControlsInput{VpcEncryptionControlIds: []string{id}}))(t)
	if len(got.VpcEncryptionControls) != 1 {
		t.Fatalf("%+v", got)
	}
	return got.VpcEncryptionControls[0]
}

// TestEncryptionExclusions: every member of the requests comes back in its own of the answers.
func TestEncryptionExclusions(t *testing.T) {
	c, _, _ := newNetwork(t)
	vpcID := makeVPC(t, c, "10.0.0.0/16").VpcId
	id := must(c.CreateVpcEncryptionControl(t.Context(), &sdk.CreateVpcEncryptionControlInput{VpcId: vpcID}))(t).VpcEncryptionControl.VpcEncryptionControlId
	must(c.ModifyVpcEncryptionControl(t.Context(), &sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id, Mode: "enforce"}))(t)
	names := []string{"InternetGateway", "EgressOnlyInternetGateway", "NatGateway", "VirtualPrivateGateway", "VpcPeering", "Lambda", "VpcLattice", "ElasticFileSystem"}
	for _, name := range names {
		set := func(to types.VpcEncryptionControlExclusionStateInput) (enabled []string) {
			in := &sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id}
			reflect.ValueOf(in).Elem().FieldByName(name + "Exclusion").Set(reflect.ValueOf(to))
			must(c.ModifyVpcEncryptionControl(t.Context(), in))(t)
			got := reflect.ValueOf(*describeControl(t, c, *id).ResourceExclusions)
			for _, name := range names {
				if e := got.FieldByName(name).Interface().(*types.VpcEncryptionControlExclusion); e.State == "enabled" {
					enabled = append(enabled, name)
				}
			}
			return enabled
		}
		if enabled := set(exclude); !reflect.DeepEqual(enabled, []string{name}) {
			t.Errorf("%s: %v is excluded", name, enabled)
		}
		if enabled := set(include); enabled != nil {
			t.Errorf("%s again: %v is excluded", name, enabled)
		}
	}
}

// TestEncryptedFromTheBeginning: a new VPC may enforce at once, and its control goes with it.
func TestEncryptedFromTheBeginning(t *testing.T) {
	c, inv, _ := newNetwork(t)
	made := must(c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), VpcEncryptionControl: &types.VpcEncryptionControlConfiguration{
		Mode: "enforce", InternetGatewayExclusion: exclude,
	}}))(t).Vpc
	if made.EncryptionControl == nil || made.EncryptionControl.Mode != "enforce" || made.EncryptionControl.ResourceExclusions.InternetGateway.State != "enabled" {
		t.Errorf("%+v", made.EncryptionControl)
	}
	must(c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: made.VpcId}))(t)
	if left := vpc.All[vpc.EncryptionControl](inv.Snapshot()); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

// TestEncryptionBlocked: what lets traffic leave unencrypted must be excluded or gone.
func TestEncryptionBlocked(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcID := *makeVPC(t, c, "10.0.0.0/16").VpcId
	id := must(c.CreateVpcEncryptionControl(t.Context(), &sdk.CreateVpcEncryptionControlInput{VpcId: &vpcID}))(t).VpcEncryptionControl.VpcEncryptionControlId
	put(t, inv, &vpc.InternetGateway{Head: head("igw-1"), VPCID: vpcID}, &vpc.EgressOnlyGateway{Head: head("eigw-1"), VPCID: vpcID},
		&vpc.NATGateway{Head: head("nat-1"), VPCID: vpcID}, &vpc.NATGateway{Head: head("nat-2"), VPCID: vpcID, Ended: time.Now()})
	in := &sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id, Mode: "enforce"}
	for _, tt := range []struct {
		exclude *types.VpcEncryptionControlExclusionStateInput
		text    string
	}{
		{&in.EgressOnlyInternetGatewayExclusion, "eigw-1, igw-1, nat-1"},
		{&in.InternetGatewayExclusion, "igw-1, nat-1"},
		{&in.NatGatewayExclusion, "nat-1"},
	} {
		_, err := c.ModifyVpcEncryptionControl(t.Context(), in)
		wants(t, err, "IncorrectState", "Encryption cannot be enforced in "+vpcID+": exclude or remove "+tt.text)
		*tt.exclude = exclude
	}
	must(c.ModifyVpcEncryptionControl(t.Context(), in))(t)
}

func TestEncryptionControlErrors(t *testing.T) {
	c, _, _ := newNetwork(t)
	vpcID := makeVPC(t, c, "10.0.0.0/16").VpcId
	id := must(c.CreateVpcEncryptionControl(t.Context(), &sdk.CreateVpcEncryptionControlInput{VpcId: vpcID}))(t).VpcEncryptionControl.VpcEncryptionControlId
	modify := func(in sdk.ModifyVpcEncryptionControlInput) error {
		_, err := c.ModifyVpcEncryptionControl(t.Context(), &in)
		return err
	}
	create := func(in types.VpcEncryptionControlConfiguration) error {
		_, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), VpcEncryptionControl: &in})
		return err
	}
	describe := func(in sdk.DescribeVpcEncryptionControlsInput) error {
		_, err := c.DescribeVpcEncryptionControls(t.Context(), &in)
		return err
	}
	_, noVPC := c.CreateVpcEncryptionControl(t.Context(), &sdk.CreateVpcEncryptionControlInput{VpcId: aws.String("vpc-0")})
	_, otherTags := c.CreateVpcEncryptionControl(t.Context(), &sdk.CreateVpcEncryptionControlInput{
		VpcId: makeVPC(t, c, "10.1.0.0/16").VpcId, TagSpecifications: tagsFor("vpc", "a", "b"),
	})
	_, noControl := c.DeleteVpcEncryptionControl(t.Context(), &sdk.DeleteVpcEncryptionControlInput{VpcEncryptionControlId: aws.String("vpcec-0")})
	for _, tt := range []struct {
		name       string
		err        error
		code, text string
	}{
		{"no such VPC", noVPC, "InvalidVpcID.NotFound", "The vpc ID 'vpc-0' does not exist"},
		{"tags of something else", otherTags, "InvalidParameterValue", ""},
		{"no such control", noControl, "InvalidVpcEncryptionControlId.NotFound", "The vpcEncryptionControl ID 'vpcec-0' does not exist"},
		{"no control to modify", modify(sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: aws.String("vpcec-0"), Mode: "enforce"}), "InvalidVpcEncryptionControlId.NotFound", ""},
		{"mode", modify(sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id, Mode: "off"}), "InvalidParameterValue", "Value (off) for parameter Mode is invalid. Valid values: monitor, enforce"},
		{"exclusion while watching", modify(sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id, LambdaExclusion: exclude}), "InvalidParameterCombination", ""},
		{"exclusion", modify(sdk.ModifyVpcEncryptionControlInput{VpcEncryptionControlId: id, LambdaExclusion: "on"}), "InvalidParameterValue", ""},
		{"a new VPC that watches and excludes", create(types.VpcEncryptionControlConfiguration{Mode: "monitor", LambdaExclusion: exclude}), "InvalidParameterCombination", ""},
		{"controls of no VPC", describe(sdk.DescribeVpcEncryptionControlsInput{VpcIds: []string{"vpc-0"}}), "InvalidVpcID.NotFound", ""},
		{"filter", describe(sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("nonsense", "a")}), "InvalidParameterValue", "The filter 'nonsense' is invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) { wants(t, tt.err, tt.code, tt.text) })
	}
	if got := describeControl(t, c, *id); got.Mode != "monitor" {
		t.Errorf("changed: %+v", got)
	}
}

// TestEncryptionWithoutMode: the mode of a new VPC's control is required, which the SDK sees to itself.
func TestEncryptionWithoutMode(t *testing.T) {
	h, _ := newRouter(t, false, func(*ec2.Options) {})
	status, body := post(h, url.Values{"Action": {"CreateVpc"}, "CidrBlock": {"10.0.0.0/16"}, "VpcEncryptionControl.LambdaExclusion": {"disable"}})
	if status != http.StatusBadRequest || !strings.Contains(body, "<Message>The request must contain the parameter VpcEncryptionControl.Mode</Message>") {
		t.Errorf("%d %s", status, body)
	}
}

func TestDescribeEncryptionControls(t *testing.T) {
	c, inv, _ := newNetwork(t)
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		put(t, inv, &vpc.VPC{Head: head("vpc-" + n)}, &vpc.EncryptionControl{Head: head("vpcec-" + n), VPCID: "vpc-" + n, Enforce: n == "2"})
	}
	must(c.CreateTags(t.Context(), &sdk.CreateTagsInput{Resources: []string{"vpcec-3"}, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("three")}}}))(t)
	for _, tt := range []struct {
		name string
		in   sdk.DescribeVpcEncryptionControlsInput
		want string
	}{
		{"all", sdk.DescribeVpcEncryptionControlsInput{}, "1 2 3 4 5 6"},
		{"ids", sdk.DescribeVpcEncryptionControlsInput{VpcEncryptionControlIds: []string{"vpcec-5", "vpcec-1"}}, "1 5"},
		{"VPCs", sdk.DescribeVpcEncryptionControlsInput{VpcIds: []string{"vpc-2", "vpc-6"}}, "2 6"},
		{"an id of another VPC", sdk.DescribeVpcEncryptionControlsInput{VpcEncryptionControlIds: []string{"vpcec-5"}, VpcIds: []string{"vpc-2"}}, ""},
		{"mode", sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("mode", "enforce")}, "2"},
		{"state", sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("state", "creating")}, ""},
		{"VPC", sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("vpc-id", "vpc-4")}, "4"},
		{"id", sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("vpc-encryption-control-id", "vpcec-1")}, "1"},
		{"tag", sdk.DescribeVpcEncryptionControlsInput{Filters: filtersBy("tag:Name", "three")}, "3"},
	} {
		got := must(c.DescribeVpcEncryptionControls(t.Context(), &tt.in))(t)
		if ids := controlNumbers(got.VpcEncryptionControls); ids != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, ids, tt.want)
		}
	}
	first := must(c.DescribeVpcEncryptionControls(t.Context(), &sdk.DescribeVpcEncryptionControlsInput{MaxResults: aws.Int32(5)}))(t)
	second := must(c.DescribeVpcEncryptionControls(t.Context(), &sdk.DescribeVpcEncryptionControlsInput{MaxResults: aws.Int32(5), NextToken: first.NextToken}))(t)
	if a, b := controlNumbers(first.VpcEncryptionControls), controlNumbers(second.VpcEncryptionControls); a != "1 2 3 4 5" || b != "6" || second.NextToken != nil {
		t.Errorf("pages %s and %s", a, b)
	}
}

func controlNumbers(controls []types.VpcEncryptionControl) string {
	var out []string
	for _, c := range controls {
		out = append(out, strings.TrimPrefix(*c.VpcEncryptionControlId, "vpcec-"))
	}
	return strings.Join(out, " ")
}
