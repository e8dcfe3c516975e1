package ec2_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/vpc"
)

func makeVPC(t *testing.T, c *sdk.Client, cidr string) *types.Vpc {
	t.Helper()
	out, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: &cidr})
	if err != nil {
		t.Fatal(err)
	}
	return out.Vpc
}

func makeSubnet(t *testing.T, c *sdk.Client, vpcID, cidr string) *types.Subnet {
	t.Helper()
	out, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{VpcId: &vpcID, CidrBlock: &cidr})
	if err != nil {
		t.Fatal(err)
	}
	return out.Subnet
}

func describeVPC(t *testing.T, c *sdk.Client, id string) types.Vpc {
	t.Helper()
	got, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{VpcIds: []string{id}})
	if err != nil || len(got.Vpcs) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	return got.Vpcs[0]
}

func tagsFor(kind types.ResourceType, key, value string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: []types.Tag{{Key: &key, Value: &value}}}}
}

func TestVPCLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.1.2.3/16"), TagSpecifications: tagsFor("vpc", "Name", "one")})
	if err != nil {
		t.Fatal(err)
	}
	v := describeVPC(t, c, *made.Vpc.VpcId)
	if *v.CidrBlock != "10.1.0.0/16" || v.State != "available" || v.InstanceTenancy != "default" || *v.IsDefault || *v.OwnerId != account || !strings.HasPrefix(*v.DhcpOptionsId, "dopt-") ||
		len(v.CidrBlockAssociationSet) != 1 || v.CidrBlockAssociationSet[0].CidrBlockState.State != "associated" || len(v.Ipv6CidrBlockAssociationSet) != 0 ||
		len(v.Tags) != 1 || *v.Tags[0].Value != "one" || v.BlockPublicAccessStates.InternetGatewayBlockMode != "off" {
		t.Errorf("%+v", v)
	}
	subnet := makeSubnet(t, c, *v.VpcId, "10.1.1.0/24")
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: v.VpcId}); !failsWith(err, "DependencyViolation", "The vpc '"+*v.VpcId+"' has dependencies and cannot be deleted.") {
		t.Errorf("with a subnet: %v", err)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: subnet.SubnetId}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: v.VpcId, DryRun: aws.Bool(true)}); !failsWith(err, "DryRunOperation", "") {
		t.Errorf("dry run: %v", err)
	}
	flow := s3Input(*v.VpcId)
	flow.ResourceType = types.FlowLogsResourceTypeVpc
	if _, err := c.CreateFlowLogs(t.Context(), flow); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: v.VpcId}); err != nil {
		t.Errorf("with a flow log: %v", err)
	}
	if _, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{VpcIds: []string{*v.VpcId}}); !failsWith(err, "InvalidVpcID.NotFound", "The vpc ID '"+*v.VpcId+"' does not exist") {
		t.Errorf("after deletion: %v", err)
	}
	if got, err := c.DescribeTags(t.Context(), &sdk.DescribeTagsInput{Filters: filtersBy("resource-id", *v.VpcId)}); err != nil || len(got.Tags) != 0 {
		t.Errorf("tags after deletion: %+v %v", got, err)
	}
}

func TestCreateVPCErrors(t *testing.T) {
	c, _, _ := newClient(t)
	for _, tt := range []struct {
		name       string
		in         sdk.CreateVpcInput
		code, text string
	}{
		{"nothing", sdk.CreateVpcInput{}, "MissingParameter", ""},
		{"larger than /16", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/8")}, "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."},
		{"smaller than /28", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/29")}, "InvalidVpc.Range", "The CIDR '10.0.0.0/29' is invalid."},
		{"no range", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0/24")}, "InvalidParameterValue", "Value (10.0.0/24) for parameter cidrBlock is invalid. This is not a valid CIDR block."},
		{"IPv6", sdk.CreateVpcInput{CidrBlock: aws.String("2001:db8::/56")}, "InvalidParameterValue", ""},
		{"tenancy", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), InstanceTenancy: "host"}, "UnsupportedTenancy", ""},
		{"IPAM", sdk.CreateVpcInput{Ipv4IpamPoolId: aws.String("ipam-pool-1"), Ipv4NetmaskLength: aws.Int32(20)}, "InvalidIpamPoolId.NotFound", ""},
		{"IPv6 without a pool", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), Ipv6CidrBlock: aws.String("2001:db8::/56")}, "MissingParameter", ""},
		{"IPv6 of a wrong size", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), Ipv6CidrBlock: aws.String("2001:db8::/57"), Ipv6Pool: aws.String("p")}, "InvalidVpc.Range", ""},
		{"border group", sdk.CreateVpcInput{
			CidrBlock: aws.String("10.0.0.0/16"), AmazonProvidedIpv6CidrBlock: aws.Bool(true), Ipv6CidrBlockNetworkBorderGroup: aws.String("us-west-2-lax-1"),
		}, "InvalidParameterValue", ""},
		{"tags of something else", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: tagsFor("subnet", "a", "b")}, "InvalidParameterValue", ""},
		{"dry run", sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/28"), DryRun: aws.Bool(true)}, "DryRunOperation", ""},
	} {
		if _, err := c.CreateVpc(t.Context(), &tt.in); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{}); err != nil || len(got.Vpcs) != 1 {
		t.Errorf("something was created: %+v %v", got, err)
	}
}

// TestAmazonIPv6: Amazon gives a /56 of its own to each VPC that asks for one.
func TestAmazonIPv6(t *testing.T) {
	c, _, _ := newClient(t)
	seen := map[string]bool{}
	for range 3 {
		made, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), AmazonProvidedIpv6CidrBlock: aws.Bool(true)})
		if err != nil || len(made.Vpc.Ipv6CidrBlockAssociationSet) != 1 {
			t.Fatalf("%+v %v", made, err)
		}
		a := made.Vpc.Ipv6CidrBlockAssociationSet[0]
		p := netip.MustParsePrefix(*a.Ipv6CidrBlock)
		if p.Bits() != 56 || p.Masked() != p || !p.Addr().IsGlobalUnicast() || seen[p.String()] {
			t.Errorf("%s", p)
		}
		if *a.Ipv6Pool != "Amazon" || *a.NetworkBorderGroup != region || a.Ipv6AddressAttribute != "public" || a.IpSource != "amazon" {
			t.Errorf("%+v", a)
		}
		seen[p.String()] = true
	}
}

// TestVPCBlocks goes through the address blocks of a VPC.
func TestVPCBlocks(t *testing.T) {
	c, _, _ := newClient(t)
	v := makeVPC(t, c, "10.0.0.0/24")
	add := func(in sdk.AssociateVpcCidrBlockInput) (*sdk.AssociateVpcCidrBlockOutput, error) {
		in.VpcId = v.VpcId
		return c.AssociateVpcCidrBlock(t.Context(), &in)
	}
	second, err := add(sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("10.0.1.0/24")})
	if err != nil || second.CidrBlockAssociation.CidrBlockState.State != "associating" || second.Ipv6CidrBlockAssociation != nil {
		t.Fatalf("%+v %v", second, err)
	}
	sixth, err := add(sdk.AssociateVpcCidrBlockInput{AmazonProvidedIpv6CidrBlock: aws.Bool(true)})
	if err != nil || *sixth.Ipv6CidrBlockAssociation.Ipv6Pool != "Amazon" || sixth.CidrBlockAssociation != nil {
		t.Fatalf("%+v %v", sixth, err)
	}
	own, err := add(sdk.AssociateVpcCidrBlockInput{Ipv6CidrBlock: aws.String("2001:db8:0:100::/56"), Ipv6Pool: aws.String("ipv6pool-ec2-012")})
	if err != nil || *own.Ipv6CidrBlockAssociation.Ipv6Pool != "ipv6pool-ec2-012" || own.Ipv6CidrBlockAssociation.IpSource != "byoip" {
		t.Fatalf("%+v %v", own, err)
	}
	for _, tt := range []struct {
		name       string
		in         sdk.AssociateVpcCidrBlockInput
		code, text string
	}{
		{"nothing", sdk.AssociateVpcCidrBlockInput{}, "MissingParameter", ""},
		{"both", sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("10.0.9.0/24"), AmazonProvidedIpv6CidrBlock: aws.Bool(true)}, "InvalidParameterCombination", ""},
		{"size", sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("10.0.0.0/15")}, "InvalidVpc.Range", "The CIDR '10.0.0.0/15' is invalid."},
		{"overlap", sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("10.0.0.0/20")}, "CidrConflict", ""},
		{"other private range", sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("192.168.0.0/16")}, "InvalidVpc.Range", "The CIDR '192.168.0.0/16' is restricted. " +
			"Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. " +
			"For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"},
		{"IPv6 overlap", sdk.AssociateVpcCidrBlockInput{Ipv6CidrBlock: aws.String("2001:db8::/48"), Ipv6Pool: aws.String("p")}, "CidrConflict", ""},
	} {
		if _, err := add(tt.in); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for _, block := range []string{"100.64.0.0/16", "10.0.2.0/24", "10.0.3.0/24"} { // five in all: the quota
		if _, err := add(sdk.AssociateVpcCidrBlockInput{CidrBlock: &block}); err != nil {
			t.Errorf("%s: %v", block, err)
		}
	}
	if _, err := add(sdk.AssociateVpcCidrBlockInput{CidrBlock: aws.String("10.0.4.0/24")}); !failsWith(err, "CidrLimitExceeded", "This network '"+*v.VpcId+"' has met its maximum number of allowed CIDRs: 5") {
		t.Errorf("the sixth: %v", err)
	}
	now := describeVPC(t, c, *v.VpcId)
	if len(now.CidrBlockAssociationSet) != 5 || len(now.Ipv6CidrBlockAssociationSet) != 2 || *now.CidrBlock != "10.0.0.0/24" {
		t.Errorf("%+v", now)
	}
	subnet := makeSubnet(t, c, *v.VpcId, "10.0.1.128/28")
	testRemoveBlocks(t, c, now, *second.CidrBlockAssociation.AssociationId, *subnet.SubnetId)
}

func testRemoveBlocks(t *testing.T, c *sdk.Client, v types.Vpc, used, subnetID string) {
	t.Helper()
	remove := func(id string) (*sdk.DisassociateVpcCidrBlockOutput, error) {
		return c.DisassociateVpcCidrBlock(t.Context(), &sdk.DisassociateVpcCidrBlockInput{AssociationId: &id})
	}
	primary := *v.CidrBlockAssociationSet[0].AssociationId
	if _, err := remove(primary); !failsWith(err, "OperationNotPermitted", "The vpc CIDR block with association ID "+primary+" may not be disassociated. It is the primary IPv4 CIDR block of the VPC") {
		t.Errorf("the primary one: %v", err)
	}
	if _, err := remove(used); !failsWith(err, "InvalidCidrBlock.InUse", "The vpc "+*v.VpcId+" currently has a subnet within CIDR block 10.0.1.0/24") {
		t.Errorf("with a subnet: %v", err)
	}
	if _, err := remove("vpc-cidr-assoc-0"); !failsWith(err, "InvalidVpcCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID 'vpc-cidr-assoc-0' does not exist") {
		t.Errorf("unknown: %v", err)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: &subnetID}); err != nil {
		t.Fatal(err)
	}
	gone, err := remove(used)
	if err != nil || *gone.VpcId != *v.VpcId || *gone.CidrBlockAssociation.CidrBlock != "10.0.1.0/24" || gone.CidrBlockAssociation.CidrBlockState.State != "disassociating" {
		t.Errorf("%+v %v", gone, err)
	}
	for _, a := range v.Ipv6CidrBlockAssociationSet {
		if _, err := remove(*a.AssociationId); err != nil {
			t.Error(err)
		}
	}
	if now := describeVPC(t, c, *v.VpcId); len(now.CidrBlockAssociationSet) != 4 || len(now.Ipv6CidrBlockAssociationSet) != 0 {
		t.Errorf("%+v", now)
	}
}

func TestVPCAttributes(t *testing.T) {
	c, _, _ := newClient(t)
	v := makeVPC(t, c, "10.0.0.0/16")
	on, off := &types.AttributeBooleanValue{Value: aws.Bool(true)}, &types.AttributeBooleanValue{Value: aws.Bool(false)}
	attributes := func() (out [3]bool) {
		for i, name := range []types.VpcAttributeName{"enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"} {
			got, err := c.DescribeVpcAttribute(t.Context(), &sdk.DescribeVpcAttributeInput{VpcId: v.VpcId, Attribute: name})
			if err != nil || *got.VpcId != *v.VpcId {
				t.Fatal(got, err)
			}
			all := []*types.AttributeBooleanValue{got.EnableDnsSupport, got.EnableDnsHostnames, got.EnableNetworkAddressUsageMetrics}
			for j, a := range all {
				if (a != nil) != (i == j) {
					t.Errorf("%s: %+v", name, got)
				}
			}
			out[i] = *all[i].Value
		}
		return out
	}
	if got := attributes(); got != [3]bool{true, false, false} { // AWS: for every VPC but the default one
		t.Errorf("at first %v", got)
	}
	for _, in := range []sdk.ModifyVpcAttributeInput{{EnableDnsHostnames: on}, {EnableNetworkAddressUsageMetrics: on}, {EnableDnsHostnames: off}, {EnableDnsSupport: off}} {
		in.VpcId = v.VpcId
		if _, err := c.ModifyVpcAttribute(t.Context(), &in); err != nil {
			t.Error(err)
		}
	}
	if got := attributes(); got != [3]bool{false, false, true} {
		t.Errorf("then %v", got)
	}
	for _, tt := range []struct {
		name       string
		in         sdk.ModifyVpcAttributeInput
		code, text string
	}{
		{"none", sdk.ModifyVpcAttributeInput{VpcId: v.VpcId}, "InvalidParameterCombination", "No attributes specified."},
		{"two", sdk.ModifyVpcAttributeInput{VpcId: v.VpcId, EnableDnsSupport: on, EnableDnsHostnames: on}, "InvalidParameterCombination", "Fields for multiple attribute types specified: enableDnsSupport, enableDnsHostnames"},
		{"names without DNS", sdk.ModifyVpcAttributeInput{VpcId: v.VpcId, EnableDnsHostnames: on}, "InvalidParameterValue", ""},
		{"unknown VPC", sdk.ModifyVpcAttributeInput{VpcId: aws.String("vpc-1"), EnableDnsSupport: on}, "InvalidVpcID.NotFound", ""},
	} {
		if _, err := c.ModifyVpcAttribute(t.Context(), &tt.in); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := c.DescribeVpcAttribute(t.Context(), &sdk.DescribeVpcAttributeInput{VpcId: v.VpcId, Attribute: "isDefault"}); !failsWith(err, "InvalidParameterValue", "") {
		t.Errorf("unknown attribute: %v", err)
	}
}

func TestVPCTenancy(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), InstanceTenancy: "dedicated"})
	if err != nil || made.Vpc.InstanceTenancy != "dedicated" {
		t.Fatalf("%+v %v", made, err)
	}
	in := &sdk.ModifyVpcTenancyInput{VpcId: made.Vpc.VpcId, InstanceTenancy: "dedicated"}
	if _, err := c.ModifyVpcTenancy(t.Context(), in); !failsWith(err, "InvalidParameterValue", "") {
		t.Errorf("to dedicated: %v", err)
	}
	in.InstanceTenancy = "default"
	if out, err := c.ModifyVpcTenancy(t.Context(), in); err != nil || !*out.ReturnValue {
		t.Errorf("%+v %v", out, err)
	}
	if v := describeVPC(t, c, *made.Vpc.VpcId); v.InstanceTenancy != "default" {
		t.Errorf("%s", v.InstanceTenancy)
	}
	if _, err := c.ModifyVpcTenancy(t.Context(), in); !failsWith(err, "InvalidTenancy", "") {
		t.Errorf("again: %v", err)
	}
}

func TestVPCFilters(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.7.0.0/16"), AmazonProvidedIpv6CidrBlock: aws.Bool(true), TagSpecifications: tagsFor("vpc", "team", "net")})
	if err != nil {
		t.Fatal(err)
	}
	more, err := c.AssociateVpcCidrBlock(t.Context(), &sdk.AssociateVpcCidrBlockInput{VpcId: made.Vpc.VpcId, CidrBlock: aws.String("10.8.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	six := made.Vpc.Ipv6CidrBlockAssociationSet[0]
	for _, tt := range []struct{ name, value string }{
		{"cidr", "10.7.0.0/16"},
		{"cidr-block-association.cidr-block", "10.8.0.0/16"},
		{"cidr-block-association.association-id", *more.CidrBlockAssociation.AssociationId},
		{"ipv6-cidr-block-association.ipv6-cidr-block", *six.Ipv6CidrBlock},
		{"ipv6-cidr-block-association.ipv6-pool", "Amazon"},
		{"ipv6-cidr-block-association.association-id", *six.AssociationId},
		{"ipv6-cidr-block-association.state", "associated"},
		{"is-default", "false"},
		{"vpc-id", *made.Vpc.VpcId},
		{"tag:team", "n*"},
	} {
		got, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{Filters: filtersBy(tt.name, tt.value)})
		if err != nil || len(got.Vpcs) != 1 || *got.Vpcs[0].VpcId != *made.Vpc.VpcId {
			t.Errorf("%s=%s: %+v %v", tt.name, tt.value, got, err)
		}
	}
	for name, want := range map[string]int{"cidr-block-association.state": 2, "ipv6-cidr-block-association.state": 1} {
		if got, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{Filters: filtersBy(name, "associated")}); err != nil || len(got.Vpcs) != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if got, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{Filters: filtersBy("cidr", "10.8.0.0/16")}); err != nil || len(got.Vpcs) != 0 {
		t.Errorf("cidr is the primary block only: %+v %v", got, err)
	}
}

// TestDefaultVPC deletes the default VPC as people do, part by part, and makes it anew.
func TestDefaultVPC(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcs, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{Filters: filtersBy("is-default", "true")})
	if err != nil || len(vpcs.Vpcs) != 1 {
		t.Fatalf("%+v %v", vpcs, err)
	}
	if _, err := c.CreateDefaultVpc(t.Context(), &sdk.CreateDefaultVpcInput{}); !failsWith(err, "DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.") {
		t.Errorf("a second one: %v", err)
	}
	old := *vpcs.Vpcs[0].VpcId
	deleteDefault(t, c, inv, old)
	if got := accountAttribute(t, c, "default-vpc"); !slices.Equal(got, []string{"none"}) {
		t.Errorf("%v", got)
	}
	if _, err := c.CreateDefaultSubnet(t.Context(), &sdk.CreateDefaultSubnetInput{AvailabilityZone: aws.String(region + "a")}); !failsWith(err, "DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.") {
		t.Errorf("a subnet without it: %v", err)
	}
	made, err := c.CreateDefaultVpc(t.Context(), &sdk.CreateDefaultVpcInput{})
	if err != nil || !*made.Vpc.IsDefault || *made.Vpc.CidrBlock != "172.31.0.0/16" || *made.Vpc.VpcId == old {
		t.Fatalf("%+v %v", made, err)
	}
	subnets, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: filtersBy("vpc-id", *made.Vpc.VpcId)})
	if err != nil || len(subnets.Subnets) != 3 {
		t.Errorf("%+v %v", subnets, err)
	}
	if got := accountAttribute(t, c, "default-vpc"); !slices.Equal(got, []string{*made.Vpc.VpcId}) {
		t.Errorf("%v", got)
	}
}

func deleteDefault(t *testing.T, c *sdk.Client, inv *vpc.Inventory, id string) {
	t.Helper()
	subnets, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: filtersBy("vpc-id", id)})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range subnets.Subnets {
		if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: n.SubnetId}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: &id}); !failsWith(err, "DependencyViolation", "") {
		t.Errorf("with its internet gateway: %v", err)
	}
	err = inv.Update(t.Context(), func(tx *vpc.Tx) error {
		for _, g := range vpc.Referring[vpc.InternetGateway](tx.Snapshot, id) {
			tx.Remove(g)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: &id}); err != nil {
		t.Error(err)
	}
	if left := inv.Snapshot().Referrers(id); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if rules := vpc.All[vpc.SecurityGroupRule](inv.Snapshot()); len(rules) != 0 {
		t.Errorf("rules left over: %v", rules)
	}
}

// TestVPCDependencies: a VPC with anything in it that did not come with it stays.
func TestVPCDependencies(t *testing.T) {
	c, inv, _ := newNetwork(t)
	id := *makeVPC(t, c, "10.0.0.0/16").VpcId
	head := func(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }
	for _, r := range []vpc.Resource{
		&vpc.SecurityGroup{Head: head("sg-1"), VPCID: id, Name: "web"},
		&vpc.NetworkACL{Head: head("acl-1"), VPCID: id},
		&vpc.RouteTable{Head: head("rtb-1"), VPCID: id},
		&vpc.InternetGateway{Head: head("igw-1"), VPCID: id},
		&vpc.EgressOnlyGateway{Head: head("eigw-1"), VPCID: id},
		&vpc.NATGateway{Head: head("nat-1"), VPCID: id},
		&vpc.ENI{Head: head("eni-1"), VPCID: id},
		&vpc.TransitGatewayAttachment{Head: head("tgw-attach-1"), VPCID: id},
	} {
		if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(r); return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: &id}); !failsWith(err, "DependencyViolation", "") {
			t.Errorf("with a %s: %v", r.Kind(), err)
		}
		if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Remove(r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: &id}); err != nil {
		t.Error(err)
	}
}
