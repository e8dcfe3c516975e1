package ec2_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/vpc"
)

func describeSubnet(t *testing.T, c *sdk.Client, id string) types.Subnet {
	t.Helper()
	got, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{SubnetIds: []string{id}})
	if err != nil || len(got.Subnets) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	return got.Subnets[0]
}

// makeDualVPC makes a VPC with an Amazon-provided IPv6 block and gives its id and
// a function that gives the n-th /64 of the block.
func makeDualVPC(t *testing.T, c *sdk.Client) (id string, ipv6 func(n byte) string) {
	t.Helper()
	made, err := c.CreateVpc(t.Context(), &sdk.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), AmazonProvidedIpv6CidrBlock: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	block := netip.MustParsePrefix(*made.Vpc.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock)
	return *made.Vpc.VpcId, func(n byte) string {
		a := block.Addr().As16()
		a[7] = n
		return netip.PrefixFrom(netip.AddrFrom16(a), 64).String()
	}
}

func TestSubnetLifeCycle(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcID, _ := makeDualVPC(t, c)
	made, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{
		VpcId: &vpcID, CidrBlock: aws.String("10.0.1.77/24"), AvailabilityZoneId: aws.String("euw1-az2"), TagSpecifications: tagsFor("subnet", "Name", "one"),
	})
	if err != nil {
		t.Fatal(err)
	}
	n := describeSubnet(t, c, *made.Subnet.SubnetId)
	if *n.CidrBlock != "10.0.1.0/24" || n.State != "available" || *n.VpcId != vpcID || *n.AvailabilityZone != region+"b" || *n.AvailabilityZoneId != "euw1-az2" ||
		*n.AvailableIpAddressCount != 251 || *n.DefaultForAz || *n.MapPublicIpOnLaunch || *n.AssignIpv6AddressOnCreation || *n.Ipv6Native || *n.EnableDns64 ||
		n.PrivateDnsNameOptionsOnLaunch.HostnameType != "ip-name" || *n.PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord || len(n.Ipv6CidrBlockAssociationSet) != 0 ||
		*n.SubnetArn != "arn:aws:ec2:"+region+":"+account+":subnet/"+*n.SubnetId || len(n.Tags) != 1 || n.BlockPublicAccessStates.InternetGatewayBlockMode != "off" {
		t.Errorf("%+v", n)
	}
	acl := inv.Snapshot().DefaultACL(vpcID)
	if len(acl.Associations) != 1 || acl.Associations[0].SubnetID != *n.SubnetId {
		t.Errorf("the default network ACL has %+v", acl.Associations)
	}
	eni := &vpc.ENI{Head: vpc.Head{ID: "eni-1", Account: account, Region: region}, VPCID: vpcID, SubnetID: *n.SubnetId, PrivateIP: netip.MustParseAddr("10.0.1.4")}
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(eni); return nil }); err != nil {
		t.Fatal(err)
	}
	if n := describeSubnet(t, c, *n.SubnetId); *n.AvailableIpAddressCount != 250 {
		t.Errorf("%d addresses", *n.AvailableIpAddressCount)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: n.SubnetId}); !failsWith(err, "DependencyViolation", "The subnet '"+*n.SubnetId+"' has dependencies and cannot be deleted.") {
		t.Errorf("with an interface: %v", err)
	}
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Remove(eni); return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: n.SubnetId}); err != nil {
		t.Error(err)
	}
	if acl := inv.Snapshot().DefaultACL(vpcID); len(acl.Associations) != 0 {
		t.Errorf("the default network ACL still has %+v", acl.Associations)
	}
	if _, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{SubnetIds: []string{*n.SubnetId}}); !failsWith(err, "InvalidSubnetID.NotFound", "The subnet ID '"+*n.SubnetId+"' does not exist") {
		t.Errorf("after deletion: %v", err)
	}
}

func TestCreateSubnetErrors(t *testing.T) {
	c, _, _ := newNetwork(t)
	vpcID, ipv6 := makeDualVPC(t, c)
	if _, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{VpcId: &vpcID, CidrBlock: aws.String("10.0.1.0/24"), Ipv6CidrBlock: aws.String(ipv6(1))}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		in         sdk.CreateSubnetInput
		code, text string
	}{
		{"no range", sdk.CreateSubnetInput{}, "MissingParameter", ""},
		{"unknown VPC", sdk.CreateSubnetInput{VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.0.2.0/24")}, "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"},
		{"outside the VPC", sdk.CreateSubnetInput{CidrBlock: aws.String("10.1.0.0/24")}, "InvalidSubnet.Range", "The CIDR '10.1.0.0/24' is invalid."},
		{"larger than the VPC", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.0.0/15")}, "InvalidSubnet.Range", "The CIDR '10.0.0.0/15' is invalid."},
		{"smaller than /28", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/29")}, "InvalidSubnet.Range", "The CIDR '10.0.2.0/29' is invalid."},
		{"within another", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.1.128/25")}, "InvalidSubnet.Conflict", "The CIDR '10.0.1.128/25' conflicts with another subnet"},
		{"around another", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.0.0/23")}, "InvalidSubnet.Conflict", "The CIDR '10.0.0.0/23' conflicts with another subnet"},
		{"IPv6 outside the VPC", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: aws.String("2001:db8::/64")}, "InvalidSubnet.Range", ""},
		{"IPv6 of a wrong size", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: aws.String(strings.Replace(ipv6(2), "/64", "/65", 1))}, "InvalidSubnet.Range", ""},
		{"IPv6 of another", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: aws.String(ipv6(1))}, "InvalidSubnet.Conflict", ""},
		{"IPv6 only with IPv4", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: aws.String(ipv6(2)), Ipv6Native: aws.Bool(true)}, "InvalidParameterCombination", ""},
		{"IPv6 only without IPv6", sdk.CreateSubnetInput{Ipv6Native: aws.Bool(true)}, "MissingParameter", ""},
		{
			"zone of elsewhere",
			sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), AvailabilityZone: aws.String("us-east-1a")},
			"InvalidParameterValue",
			"Value (us-east-1a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.",
		},
		{"zone twice", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), AvailabilityZone: aws.String("eu-west-1a"), AvailabilityZoneId: aws.String("euw1-az1")}, "InvalidParameterCombination", ""},
		{"dry run", sdk.CreateSubnetInput{CidrBlock: aws.String("10.0.2.0/24"), DryRun: aws.Bool(true)}, "DryRunOperation", ""},
	} {
		if tt.in.VpcId == nil {
			tt.in.VpcId = &vpcID
		}
		if _, err := c.CreateSubnet(t.Context(), &tt.in); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: filtersBy("vpc-id", vpcID)}); err != nil || len(got.Subnets) != 1 {
		t.Errorf("something was created: %+v %v", got, err)
	}
}

// TestSubnetIPv6 goes through the IPv6 blocks of subnets, of which each has one at most.
func TestSubnetIPv6(t *testing.T) {
	c, inv, _ := newNetwork(t)
	vpcID, ipv6 := makeDualVPC(t, c)
	id := *makeSubnet(t, c, vpcID, "10.0.1.0/24").SubnetId
	add := func(block string) (*sdk.AssociateSubnetCidrBlockOutput, error) {
		return c.AssociateSubnetCidrBlock(t.Context(), &sdk.AssociateSubnetCidrBlockInput{SubnetId: &id, Ipv6CidrBlock: &block})
	}
	added, err := add(ipv6(1))
	if err != nil || *added.SubnetId != id || added.Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State != "associating" {
		t.Fatalf("%+v %v", added, err)
	}
	n := describeSubnet(t, c, id)
	if len(n.Ipv6CidrBlockAssociationSet) != 1 {
		t.Fatalf("%+v", n)
	}
	if a := n.Ipv6CidrBlockAssociationSet[0]; *a.Ipv6CidrBlock != ipv6(1) || a.Ipv6CidrBlockState.State != "associated" || a.IpSource != "amazon" || a.Ipv6AddressAttribute != "public" ||
		*a.AssociationId != *added.Ipv6CidrBlockAssociation.AssociationId {
		t.Errorf("%+v", a)
	}
	if _, err := add(ipv6(2)); !failsWith(err, "CidrLimitExceeded", "") {
		t.Errorf("a second one: %v", err)
	}
	if _, err := add("10.0.2.0/24"); !failsWith(err, "InvalidParameterValue", "") {
		t.Errorf("IPv4: %v", err)
	}
	testRemoveIPv6(t, c, inv, n)
	only, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{VpcId: &vpcID, Ipv6CidrBlock: aws.String(ipv6(3)), Ipv6Native: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	if n := describeSubnet(t, c, *only.Subnet.SubnetId); !*n.Ipv6Native || n.CidrBlock != nil || *n.AvailableIpAddressCount != 0 || n.PrivateDnsNameOptionsOnLaunch.HostnameType != "resource-name" {
		t.Errorf("%+v", n)
	}
}

func testRemoveIPv6(t *testing.T, c *sdk.Client, inv *vpc.Inventory, n types.Subnet) {
	t.Helper()
	id := *n.Ipv6CidrBlockAssociationSet[0].AssociationId
	remove := func() error {
		_, err := c.DisassociateSubnetCidrBlock(t.Context(), &sdk.DisassociateSubnetCidrBlockInput{AssociationId: &id})
		return err
	}
	assign := func(on bool) {
		_, err := c.ModifySubnetAttribute(t.Context(), &sdk.ModifySubnetAttributeInput{SubnetId: n.SubnetId, AssignIpv6AddressOnCreation: &types.AttributeBooleanValue{Value: &on}})
		if err != nil {
			t.Error(err)
		}
	}
	assign(true)
	if err := remove(); !failsWith(err, "InvalidCidrBlock.InUse", "The subnet IPv6 CIDR block with association ID "+id+
		" may not be disassociated, because its subnet has assign-ipv6-address-on-creation set to true.") {
		t.Errorf("while interfaces get addresses: %v", err)
	}
	assign(false)
	block := netip.MustParsePrefix(*n.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock)
	eni := &vpc.ENI{Head: vpc.Head{ID: "eni-1", Account: account, Region: region}, VPCID: *n.VpcId, SubnetID: *n.SubnetId, IPv6: []netip.Addr{block.Addr().Next()}}
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(eni); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := remove(); !failsWith(err, "InvalidCidrBlock.InUse", "") {
		t.Errorf("while an interface has an address: %v", err)
	}
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Remove(eni); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if n := describeSubnet(t, c, *n.SubnetId); len(n.Ipv6CidrBlockAssociationSet) != 0 {
		t.Errorf("%+v", n)
	}
	if err := remove(); !failsWith(err, "InvalidSubnetCidrBlockAssociationID.NotFound", "The subnet CIDR block with association ID '"+id+"' does not exist") {
		t.Errorf("again: %v", err)
	}
}

func TestModifySubnetAttribute(t *testing.T) {
	c, _, _ := newNetwork(t)
	vpcID, ipv6 := makeDualVPC(t, c)
	four, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{VpcId: &vpcID, CidrBlock: aws.String("10.0.1.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	dual, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{VpcId: &vpcID, CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: aws.String(ipv6(2))})
	if err != nil {
		t.Fatal(err)
	}
	on := &types.AttributeBooleanValue{Value: aws.Bool(true)}
	for _, tt := range []struct {
		name  string
		in    sdk.ModifySubnetAttributeInput
		is    func(n *types.Subnet) bool
		needs string // what AWS calls it when a subnet without IPv6 cannot have it
	}{
		{"mapPublicIpOnLaunch", sdk.ModifySubnetAttributeInput{MapPublicIpOnLaunch: on}, func(n *types.Subnet) bool { return *n.MapPublicIpOnLaunch }, ""},
		{
			"assignIpv6AddressOnCreation",
			sdk.ModifySubnetAttributeInput{AssignIpv6AddressOnCreation: on},
			func(n *types.Subnet) bool { return *n.AssignIpv6AddressOnCreation }, "assign-ipv6-address-on-creation",
		},
		{"enableDns64", sdk.ModifySubnetAttributeInput{EnableDns64: on}, func(n *types.Subnet) bool { return *n.EnableDns64 }, "enable-dns64"},
		{
			"hostname type",
			sdk.ModifySubnetAttributeInput{PrivateDnsHostnameTypeOnLaunch: "resource-name"},
			func(n *types.Subnet) bool { return n.PrivateDnsNameOptionsOnLaunch.HostnameType == "resource-name" }, "",
		},
		{
			"A records",
			sdk.ModifySubnetAttributeInput{EnableResourceNameDnsARecordOnLaunch: on},
			func(n *types.Subnet) bool { return *n.PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord }, "",
		},
		{
			"AAAA records",
			sdk.ModifySubnetAttributeInput{EnableResourceNameDnsAAAARecordOnLaunch: on},
			func(n *types.Subnet) bool { return *n.PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord }, "enable-resource-name-dns-aaaa-record-on-launch",
		},
		{
			"customer-owned",
			sdk.ModifySubnetAttributeInput{MapCustomerOwnedIpOnLaunch: on, CustomerOwnedIpv4Pool: aws.String("ipv4pool-coip-1")},
			func(n *types.Subnet) bool {
				return *n.MapCustomerOwnedIpOnLaunch && *n.CustomerOwnedIpv4Pool == "ipv4pool-coip-1"
			}, "",
		},
		{"LNI", sdk.ModifySubnetAttributeInput{EnableLniAtDeviceIndex: aws.Int32(1)}, func(n *types.Subnet) bool { return aws.ToInt32(n.EnableLniAtDeviceIndex) == 1 }, ""},
		{"no LNI", sdk.ModifySubnetAttributeInput{DisableLniAtDeviceIndex: on}, func(n *types.Subnet) bool { return n.EnableLniAtDeviceIndex == nil }, ""},
	} {
		if tt.needs != "" {
			tt.in.SubnetId = four.Subnet.SubnetId
			text := "Invalid value 'true' for " + tt.needs + ". Cannot set " + tt.needs + " to true unless the subnet (" + *four.Subnet.SubnetId + ") has an IPv6 CIDR block associated with it."
			if _, err := c.ModifySubnetAttribute(t.Context(), &tt.in); !failsWith(err, "InvalidParameterValue", text) {
				t.Errorf("%s without IPv6: %v", tt.name, err)
			}
		}
		tt.in.SubnetId = dual.Subnet.SubnetId
		if _, err := c.ModifySubnetAttribute(t.Context(), &tt.in); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if n := describeSubnet(t, c, *dual.Subnet.SubnetId); !tt.is(&n) {
			t.Errorf("%s: %+v", tt.name, n)
		}
	}
	for _, in := range []sdk.ModifySubnetAttributeInput{{SubnetId: dual.Subnet.SubnetId}, {SubnetId: dual.Subnet.SubnetId, MapPublicIpOnLaunch: on, EnableDns64: on}} {
		if _, err := c.ModifySubnetAttribute(t.Context(), &in); !failsWith(err, "InvalidParameterCombination", "") {
			t.Errorf("not one attribute: %v", err)
		}
	}
}

func TestSubnetFilters(t *testing.T) {
	c, _, _ := newNetwork(t)
	vpcID, ipv6 := makeDualVPC(t, c)
	made, err := c.CreateSubnet(t.Context(), &sdk.CreateSubnetInput{
		VpcId: &vpcID, CidrBlock: aws.String("10.0.1.0/24"), Ipv6CidrBlock: aws.String(ipv6(1)), AvailabilityZone: aws.String(region + "c"),
		OutpostArn: aws.String("arn:aws:outposts:eu-west-1:123456789012:outpost/op-1"), TagSpecifications: tagsFor("subnet", "team", "net"),
	})
	if err != nil {
		t.Fatal(err)
	}
	id := *made.Subnet.SubnetId
	makeSubnet(t, c, vpcID, "10.0.2.0/23")
	if _, err := c.ModifySubnetAttribute(t.Context(), &sdk.ModifySubnetAttributeInput{SubnetId: &id, PrivateDnsHostnameTypeOnLaunch: "resource-name"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, value string }{
		{"availability-zone", region + "c"},
		{"availabilityZoneId", "euw1-az3"},
		{"available-ip-address-count", "251"},
		{"cidr", "10.0.1.0/24"},
		{"ipv6-cidr-block-association.ipv6-cidr-block", ipv6(1)},
		{"ipv6-cidr-block-association.association-id", *made.Subnet.Ipv6CidrBlockAssociationSet[0].AssociationId},
		{"ipv6-cidr-block-association.state", "associated"},
		{"outpost-arn", "*op-1"},
		{"private-dns-name-options-on-launch.hostname-type", "resource-name"},
		{"subnet-id", id},
		{"tag-key", "team"},
	} {
		got, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: append(filtersBy(tt.name, tt.value), filtersBy("vpc-id", vpcID)...)})
		if err != nil || len(got.Subnets) != 1 || *got.Subnets[0].SubnetId != id {
			t.Errorf("%s=%s: %+v %v", tt.name, tt.value, got, err)
		}
	}
	for name, want := range map[string]int{
		"default-for-az": 2, "enable-dns64": 2, "ipv6-native": 2, "map-customer-owned-ip-on-launch": 2, "map-public-ip-on-launch": 2,
		"private-dns-name-options-on-launch.enable-resource-name-dns-a-record":    2,
		"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record": 2,
	} {
		got, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: append(filtersBy(name, "false"), filtersBy("vpc-id", vpcID)...)})
		if err != nil || len(got.Subnets) != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestCreateDefaultSubnet(t *testing.T) {
	c, _, _ := newNetwork(t)
	zone := region + "b"
	subnets, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{Filters: append(filtersBy("default-for-az", "true"), filtersBy("availability-zone", zone)...)})
	if err != nil || len(subnets.Subnets) != 1 {
		t.Fatalf("%+v %v", subnets, err)
	}
	old := subnets.Subnets[0]
	in := &sdk.CreateDefaultSubnetInput{AvailabilityZone: &zone}
	if _, err := c.CreateDefaultSubnet(t.Context(), in); !failsWith(err, "DefaultSubnetAlreadyExistsInAvailabilityZone", "") {
		t.Errorf("a second one: %v", err)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: old.SubnetId}); err != nil {
		t.Fatal(err)
	}
	made, err := c.CreateDefaultSubnet(t.Context(), in)
	if err != nil || !*made.Subnet.DefaultForAz || !*made.Subnet.MapPublicIpOnLaunch || *made.Subnet.CidrBlock != *old.CidrBlock || *made.Subnet.AvailabilityZone != zone {
		t.Errorf("%+v %v", made, err)
	}
	if _, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: made.Subnet.SubnetId}); err != nil {
		t.Fatal(err)
	}
	in.Ipv6Native = aws.Bool(true)
	if _, err := c.CreateDefaultSubnet(t.Context(), in); !failsWith(err, "InvalidSubnet.Range", "") {
		t.Errorf("IPv6 only in a VPC without IPv6: %v", err)
	}
	if _, err := c.AssociateVpcCidrBlock(t.Context(), &sdk.AssociateVpcCidrBlockInput{VpcId: old.VpcId, AmazonProvidedIpv6CidrBlock: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if made, err := c.CreateDefaultSubnet(t.Context(), in); err != nil || !*made.Subnet.Ipv6Native || len(made.Subnet.Ipv6CidrBlockAssociationSet) != 1 {
		t.Errorf("%+v %v", made, err)
	}
}
