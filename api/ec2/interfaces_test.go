package ec2_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/vpc"
)

// firstSubnet gives a default subnet and an address prefix of its range, such as 172.31.0.
func firstSubnet(t *testing.T, c *sdk.Client) (types.Subnet, string) {
	t.Helper()
	got, err := c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{})
	if err != nil {
		t.Fatal(err)
	}
	n := got.Subnets[0]
	return n, (*n.CidrBlock)[:strings.LastIndexByte(*n.CidrBlock, '.')]
}

func mustInterface(t *testing.T, c *sdk.Client, in *sdk.CreateNetworkInterfaceInput) *types.NetworkInterface {
	t.Helper()
	out, err := c.CreateNetworkInterface(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.NetworkInterface
}

func describeInterface(t *testing.T, c *sdk.Client, id string) types.NetworkInterface {
	t.Helper()
	got, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	return got.NetworkInterfaces[0]
}

func texts(e *types.NetworkInterface) (out []string) {
	for _, a := range e.PrivateIpAddresses {
		out = append(out, *a.PrivateIpAddress)
	}
	return out
}

// TestInterfaceLifeCycle goes as Terraform's aws_network_interface does.
func TestInterfaceLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	n, prefix := firstSubnet(t, c)
	in := &sdk.CreateNetworkInterfaceInput{
		SubnetId: n.SubnetId, Description: aws.String("web"), ClientToken: aws.String("once"), PrivateIpAddress: aws.String(prefix + ".100"),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeNetworkInterface, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}}}},
	}
	e := mustInterface(t, c, in)
	if again := mustInterface(t, c, in); *again.NetworkInterfaceId != *e.NetworkInterfaceId {
		t.Errorf("the same token made %s and %s", *e.NetworkInterfaceId, *again.NetworkInterfaceId)
	}
	if e.Status != types.NetworkInterfaceStatusAvailable || *e.PrivateIpAddress != prefix+".100" || !*e.SourceDestCheck || *e.RequesterManaged || *e.VpcId != *n.VpcId ||
		e.InterfaceType != types.NetworkInterfaceTypeInterface || e.Attachment != nil || len(e.Groups) != 1 || *e.Groups[0].GroupName != "default" || len(e.TagSet) != 1 {
		t.Errorf("%+v", e)
	}
	// "DNS attributes for your VPC": ip-private-ipv4-address.region.compute.internal
	if want := "ip-" + strings.ReplaceAll(*e.PrivateIpAddress, ".", "-") + ".eu-west-1.compute.internal"; *e.PrivateDnsName != want {
		t.Errorf("name %s, want %s", *e.PrivateDnsName, want)
	}
	if mac := *e.MacAddress; len(mac) != 17 || mac[:2] != "02" {
		t.Errorf("MAC %s", mac)
	}
	id := e.NetworkInterfaceId
	_, err := c.AssignPrivateIpAddresses(t.Context(), &sdk.AssignPrivateIpAddressesInput{NetworkInterfaceId: id, SecondaryPrivateIpAddressCount: aws.Int32(2)})
	if err != nil {
		t.Fatal(err)
	}
	after := describeInterface(t, c, *id)
	if got := texts(&after); !slices.Equal(got, []string{prefix + ".100", prefix + ".4", prefix + ".5"}) { // the first four addresses are AWS's
		t.Errorf("addresses %v", got)
	}
	if _, err := c.UnassignPrivateIpAddresses(t.Context(), &sdk.UnassignPrivateIpAddressesInput{NetworkInterfaceId: id, PrivateIpAddresses: []string{prefix + ".4"}}); err != nil {
		t.Error(err)
	}
	changes := []*sdk.ModifyNetworkInterfaceAttributeInput{
		{Description: &types.AttributeValue{Value: aws.String("db")}},
		{SourceDestCheck: &types.AttributeBooleanValue{Value: aws.Bool(false)}},
		{Groups: []string{*e.Groups[0].GroupId}},
	}
	for _, change := range changes {
		change.NetworkInterfaceId = id
		if _, err := c.ModifyNetworkInterfaceAttribute(t.Context(), change); err != nil {
			t.Error(err)
		}
	}
	after = describeInterface(t, c, *id)
	if *after.Description != "db" || *after.SourceDestCheck || len(after.PrivateIpAddresses) != 2 {
		t.Errorf("after changes: %+v", after)
	}
	if _, err := c.ResetNetworkInterfaceAttribute(t.Context(), &sdk.ResetNetworkInterfaceAttributeInput{NetworkInterfaceId: id}); err != nil {
		t.Error(err)
	}
	attr, err := c.DescribeNetworkInterfaceAttribute(t.Context(), &sdk.DescribeNetworkInterfaceAttributeInput{NetworkInterfaceId: id, Attribute: types.NetworkInterfaceAttributeSourceDestCheck})
	if err != nil || !*attr.SourceDestCheck.Value {
		t.Errorf("attribute: %+v %v", attr, err)
	}
	if _, err := c.DeleteNetworkInterface(t.Context(), &sdk.DeleteNetworkInterfaceInput{NetworkInterfaceId: id}); err != nil {
		t.Error(err)
	}
	_, err = c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{*id}})
	if !failsWith(err, "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '"+*id+"' does not exist") {
		t.Errorf("after deletion: %v", err)
	}
}

func TestCreateNetworkInterfaceErrors(t *testing.T) {
	c, _, _ := newClient(t)
	n, prefix := firstSubnet(t, c)
	mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId, PrivateIpAddress: aws.String(prefix + ".50")})
	tests := []struct {
		name       string
		change     func(*sdk.CreateNetworkInterfaceInput)
		code, text string
	}{
		{"no such subnet", func(in *sdk.CreateNetworkInterfaceInput) { in.SubnetId = aws.String("subnet-0") }, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-0' does not exist"},
		{"no such group", func(in *sdk.CreateNetworkInterfaceInput) { in.Groups = []string{"sg-0"} }, "InvalidGroup.NotFound", "The security group 'sg-0' does not exist"},
		{"address in use", func(in *sdk.CreateNetworkInterfaceInput) { in.PrivateIpAddress = aws.String(prefix + ".50") }, "InvalidIPAddress.InUse", ""},
		{"reserved address", func(in *sdk.CreateNetworkInterfaceInput) { in.PrivateIpAddress = aws.String(prefix + ".3") }, "InvalidParameterValue", "Address " + prefix + ".3 is in subnet's reserved address range"},
		{"address of another network", func(in *sdk.CreateNetworkInterfaceInput) { in.PrivateIpAddress = aws.String("10.9.9.9") }, "InvalidParameterValue", "Address 10.9.9.9 does not fall within the subnet's address range"},
		{"no address", func(in *sdk.CreateNetworkInterfaceInput) { in.PrivateIpAddress = aws.String("x") }, "InvalidParameterValue", ""},
		{"IPv6 without a range", func(in *sdk.CreateNetworkInterfaceInput) { in.Ipv6AddressCount = aws.Int32(1) }, "InvalidParameterValue", ""},
		{"too many addresses", func(in *sdk.CreateNetworkInterfaceInput) { in.SecondaryPrivateIpAddressCount = aws.Int32(1000000) }, "PrivateIpAddressLimitExceeded", ""},
		{"unknown service", func(in *sdk.CreateNetworkInterfaceInput) {
			in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeNetworkInterface, Tags: []types.Tag{{Key: aws.String(vpc.InterfaceTypeTag), Value: aws.String("x")}}}}
		}, "InvalidParameterValue", ""},
		{"dry run", func(in *sdk.CreateNetworkInterfaceInput) { in.DryRun = aws.Bool(true) }, "DryRunOperation", ""},
	}
	for _, tt := range tests {
		in := &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId}
		tt.change(in)
		if _, err := c.CreateNetworkInterface(t.Context(), in); !failsWith(err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	got, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{})
	if err != nil || len(got.NetworkInterfaces) != 2 { // newClient's and the one made above
		t.Errorf("%d interfaces, %v", len(got.NetworkInterfaces), err)
	}
}

// TestManagedInterface: an SDK makes the interface of a service by a tag.
func TestManagedInterface(t *testing.T) {
	c, _, _ := newClient(t)
	n, _ := firstSubnet(t, c)
	tests := []struct {
		kind        string
		kindInReply types.NetworkInterfaceType
		requester   string
		owner       string
		description string // its beginning
	}{
		{"load_balancer", "interface", "amazon-elb", "amazon-elb", "ELB app/"},
		{"network_load_balancer", "network_load_balancer", "amazon-elb", "amazon-aws", "ELB net/"},
		{"nat_gateway", "nat_gateway", "amazon-aws", "amazon-aws", "Interface for NAT Gateway nat-"},
		{"transit_gateway", "transit_gateway", "amazon-aws", "amazon-aws", "Network Interface for Transit Gateway Attachment tgw-attach-"},
		{"vpc_endpoint", "vpc_endpoint", "amazon-aws", "amazon-aws", "VPC Endpoint Interface vpce-"},
		{"rds", "interface", "amazon-rds", "amazon-rds", "RDSNetworkInterface"},
		{"elasticache", "interface", "amazon-elasticache", "amazon-elasticache", "ElastiCache "},
		{"redshift", "interface", "amazon-redshift", "amazon-redshift", "RedshiftNetworkInterface"},
		{"workspaces", "interface", "amazon-workspaces", "amazon-workspaces", "Created By Amazon Workspaces for AWS Account ID " + account},
	}
	for _, tt := range tests {
		e := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId, TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeNetworkInterface, Tags: []types.Tag{{Key: aws.String("flowemu:interface-type"), Value: &tt.kind}},
		}}})
		if !*e.RequesterManaged || e.InterfaceType != tt.kindInReply || *e.RequesterId != tt.requester || *e.Attachment.InstanceOwnerId != tt.owner ||
			!strings.HasPrefix(*e.Description, tt.description) || e.Attachment.InstanceId != nil {
			t.Errorf("%s: %+v", tt.kind, e)
		}
		id := e.NetworkInterfaceId
		_, err := c.ModifyNetworkInterfaceAttribute(t.Context(), &sdk.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: id, Description: &types.AttributeValue{Value: aws.String("x")}})
		if !failsWith(err, "AuthFailure", "You do not have permission to access the specified resource.") {
			t.Errorf("%s: modify: %v", tt.kind, err)
		}
		if _, err := c.DeleteNetworkInterface(t.Context(), &sdk.DeleteNetworkInterfaceInput{NetworkInterfaceId: id}); err != nil {
			t.Errorf("%s: delete: %v", tt.kind, err)
		}
	}
}

func TestElasticIP(t *testing.T) {
	c, _, _ := newClient(t)
	n, _ := firstSubnet(t, c)
	e := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId, SecondaryPrivateIpAddressCount: aws.Int32(1)})
	allocate := func(address string) *sdk.AllocateAddressOutput {
		in := &sdk.AllocateAddressInput{Domain: types.DomainTypeVpc}
		if address != "" {
			in.Address = &address
		}
		out, err := c.AllocateAddress(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first, second := allocate(""), allocate("8.8.4.4")
	if *first.PublicIp != "203.0.113.1" || *second.PublicIp != "8.8.4.4" || first.Domain != types.DomainTypeVpc || *first.NetworkBorderGroup != region {
		t.Errorf("%+v %+v", first, second)
	}
	if _, err := c.AllocateAddress(t.Context(), &sdk.AllocateAddressInput{Address: aws.String("8.8.4.4")}); code(err) != "InvalidAddress.NotFound" {
		t.Errorf("the same address again: %v", err)
	}
	associate := func(allocation, private *string) string {
		out, err := c.AssociateAddress(t.Context(), &sdk.AssociateAddressInput{AllocationId: allocation, NetworkInterfaceId: e.NetworkInterfaceId, PrivateIpAddress: private, AllowReassociation: aws.Bool(true)})
		if err != nil {
			t.Fatal(err)
		}
		return *out.AssociationId
	}
	association := associate(first.AllocationId, nil)
	associate(second.AllocationId, e.PrivateIpAddresses[1].PrivateIpAddress)
	got := describeInterface(t, c, *e.NetworkInterfaceId)
	if a := got.Association; a == nil || *a.PublicIp != "203.0.113.1" || *a.AssociationId != association || *a.AllocationId != *first.AllocationId || *a.IpOwnerId != account ||
		*a.PublicDnsName != "ec2-203-0-113-1.eu-west-1.compute.amazonaws.com" {
		t.Errorf("%+v", a)
	}
	if a := got.PrivateIpAddresses[1].Association; a == nil || *a.PublicIp != "8.8.4.4" {
		t.Errorf("%+v", a)
	}
	tests := []struct{ filter, value string }{
		{"association.public-ip", "203.0.113.1"}, {"association.allocation-id", *first.AllocationId}, {"addresses.association.public-ip", "8.8.4.4"},
	}
	for _, tt := range tests {
		got, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{Filters: []types.Filter{{Name: &tt.filter, Values: []string{tt.value}}}})
		if err != nil || len(got.NetworkInterfaces) != 1 {
			t.Errorf("%s=%s: %d, %v", tt.filter, tt.value, len(got.NetworkInterfaces), err)
		}
	}
	addresses, err := c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{Filters: []types.Filter{{Name: aws.String("network-interface-id"), Values: []string{*e.NetworkInterfaceId}}}})
	if err != nil || len(addresses.Addresses) != 2 || *addresses.Addresses[0].NetworkInterfaceOwnerId != account {
		t.Errorf("%+v %v", addresses, err)
	}
	attributes, err := c.DescribeAddressesAttribute(t.Context(), &sdk.DescribeAddressesAttributeInput{AllocationIds: []string{*first.AllocationId}, Attribute: types.AddressAttributeNameDomainName})
	if err != nil || len(attributes.Addresses) != 1 || attributes.Addresses[0].PtrRecord != nil {
		t.Errorf("%+v %v", attributes, err)
	}
	if _, err := c.ReleaseAddress(t.Context(), &sdk.ReleaseAddressInput{AllocationId: first.AllocationId}); code(err) != "InvalidIPAddress.InUse" {
		t.Errorf("release in use: %v", err)
	}
	_, err = c.AssociateAddress(t.Context(), &sdk.AssociateAddressInput{
		AllocationId: second.AllocationId, NetworkInterfaceId: e.NetworkInterfaceId, AllowReassociation: aws.Bool(false),
	})
	if code(err) != "Resource.AlreadyAssociated" {
		t.Errorf("associate again: %v", err)
	}
	if _, err := c.DisassociateAddress(t.Context(), &sdk.DisassociateAddressInput{AssociationId: &association}); err != nil {
		t.Error(err)
	}
	if _, err := c.DisassociateAddress(t.Context(), &sdk.DisassociateAddressInput{AssociationId: &association}); !failsWith(err, "InvalidAssociationID.NotFound", "The association ID '"+association+"' does not exist") {
		t.Errorf("disassociate again: %v", err)
	}
	if _, err := c.ReleaseAddress(t.Context(), &sdk.ReleaseAddressInput{AllocationId: first.AllocationId}); err != nil {
		t.Error(err)
	}
	if _, err := c.DeleteNetworkInterface(t.Context(), &sdk.DeleteNetworkInterfaceInput{NetworkInterfaceId: e.NetworkInterfaceId}); err != nil {
		t.Error(err)
	}
	left, err := c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{PublicIps: []string{"8.8.4.4"}})
	if err != nil || len(left.Addresses) != 1 || left.Addresses[0].AssociationId != nil {
		t.Errorf("after its interface was deleted: %+v %v", left, err)
	}
	if _, err := c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{PublicIps: []string{"203.0.113.1"}}); code(err) != "InvalidAddress.NotFound" {
		t.Errorf("released: %v", err)
	}
}

// TestInterfaceIPv6: addresses by count, by name and by the subnet's assign flag.
func TestInterfaceIPv6(t *testing.T) {
	c, inv, _ := newNetwork(t)
	err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
		for _, n := range vpc.List[vpc.Subnet](tx.Snapshot, account, region) {
			n = vpc.Clone(n)
			n.IPv6, n.AssignIPv6 = []netip.Prefix{netip.MustParsePrefix("2001:db8::/64")}, true
			tx.Put(n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := firstSubnet(t, c)
	e := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId})
	if len(e.Ipv6Addresses) != 1 || *e.Ipv6Address != "2001:db8::4" {
		t.Errorf("%+v", e.Ipv6Addresses)
	}
	assigned, err := c.AssignIpv6Addresses(t.Context(), &sdk.AssignIpv6AddressesInput{NetworkInterfaceId: e.NetworkInterfaceId, Ipv6AddressCount: aws.Int32(2)})
	if err != nil || !slices.Equal(assigned.AssignedIpv6Addresses, []string{"2001:db8::5", "2001:db8::6"}) {
		t.Errorf("%+v %v", assigned, err)
	}
	named := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{
		SubnetId: n.SubnetId, EnablePrimaryIpv6: aws.Bool(true), Ipv6Addresses: []types.InstanceIpv6Address{{Ipv6Address: aws.String("2001:db8::77")}},
	})
	if len(named.Ipv6Addresses) != 1 || *named.Ipv6Address != "2001:db8::77" || !*named.Ipv6Addresses[0].IsPrimaryIpv6 {
		t.Errorf("%+v", named.Ipv6Addresses)
	}
	for _, in := range []*sdk.AssignIpv6AddressesInput{{Ipv6Addresses: []string{"2001:db8:1::5"}}, {Ipv6Addresses: []string{"2001:db8::1"}}, {}} {
		in.NetworkInterfaceId = e.NetworkInterfaceId
		if _, err := c.AssignIpv6Addresses(t.Context(), in); code(err) != "InvalidParameterValue" && code(err) != "MissingParameter" {
			t.Errorf("%v: %v", in.Ipv6Addresses, err)
		}
	}
	gone, err := c.UnassignIpv6Addresses(t.Context(), &sdk.UnassignIpv6AddressesInput{NetworkInterfaceId: e.NetworkInterfaceId, Ipv6Addresses: []string{"2001:db8::5"}})
	if err != nil || !slices.Equal(gone.UnassignedIpv6Addresses, []string{"2001:db8::5"}) {
		t.Errorf("%+v %v", gone, err)
	}
	if got := mustRun(t, c, func(in *sdk.RunInstancesInput) { in.SubnetId, in.Ipv6AddressCount = n.SubnetId, aws.Int32(1) }); *got[0].Ipv6Address != "2001:db8::5" {
		t.Errorf("instance: %s", *got[0].Ipv6Address)
	}
}

// TestInterfaceGroups: security groups of another VPC are refused, and a service's own interface cannot be changed.
func TestInterfaceGroups(t *testing.T) {
	c, inv, _ := newNetwork(t)
	eni := putENI(t, inv)
	head := func(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }
	err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
		tx.Put(&vpc.SecurityGroup{Head: head("sg-0000000000000000a"), VPCID: "vpc-0000000000000000a", Name: "other"})
		n := tx.Subnet(tx.ENI(eni).SubnetID)
		a, _ := tx.FreeAddress(n)
		tx.Put(vpc.NewManagedENI(head("eni-0000000000000000a"), n, "nat_gateway", "nat-1", a, time.Now()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := firstSubnet(t, c)
	_, err = c.CreateNetworkInterface(t.Context(), &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId, Groups: []string{"sg-0000000000000000a"}})
	if !failsWith(err, "InvalidParameter", "Security group sg-0000000000000000a and subnet "+*n.SubnetId+" belong to different networks.") {
		t.Errorf("create: %v", err)
	}
	_, err = c.ModifyNetworkInterfaceAttribute(t.Context(), &sdk.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: &eni, Groups: []string{"sg-0000000000000000a"}})
	if !failsWith(err, "InvalidGroup.NotFound", "You have specified two resources that belong to different networks.") {
		t.Errorf("modify: %v", err)
	}
	nat := describeInterface(t, c, "eni-0000000000000000a")
	_, err = c.DetachNetworkInterface(t.Context(), &sdk.DetachNetworkInterfaceInput{AttachmentId: nat.Attachment.AttachmentId})
	if !failsWith(err, "OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.") {
		t.Errorf("detach: %v", err)
	}
	_, err = c.DeleteNetworkInterface(t.Context(), &sdk.DeleteNetworkInterfaceInput{NetworkInterfaceId: nat.NetworkInterfaceId})
	if !failsWith(err, "InvalidParameterValue", "Network interface 'eni-0000000000000000a' is currently in use.") {
		t.Errorf("delete: %v", err)
	}
	_, err = c.AssignPrivateIpAddresses(t.Context(), &sdk.AssignPrivateIpAddressesInput{NetworkInterfaceId: nat.NetworkInterfaceId, SecondaryPrivateIpAddressCount: aws.Int32(1)})
	if code(err) != "AuthFailure" {
		t.Errorf("assign: %v", err)
	}
}

// TestReassign: an address moves to another interface only if that is allowed.
func TestReassign(t *testing.T) {
	c, _, _ := newClient(t)
	n, _ := firstSubnet(t, c)
	from := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId, SecondaryPrivateIpAddressCount: aws.Int32(1)})
	to := mustInterface(t, c, &sdk.CreateNetworkInterfaceInput{SubnetId: n.SubnetId})
	moved := texts(from)[1]
	in := &sdk.AssignPrivateIpAddressesInput{NetworkInterfaceId: to.NetworkInterfaceId, PrivateIpAddresses: []string{moved}}
	if _, err := c.AssignPrivateIpAddresses(t.Context(), in); code(err) != "InvalidIPAddress.InUse" {
		t.Errorf("not allowed: %v", err)
	}
	in.AllowReassignment = aws.Bool(true)
	if _, err := c.AssignPrivateIpAddresses(t.Context(), in); err != nil {
		t.Error(err)
	}
	a, b := describeInterface(t, c, *from.NetworkInterfaceId), describeInterface(t, c, *to.NetworkInterfaceId)
	if slices.Contains(texts(&a), moved) || !slices.Contains(texts(&b), moved) {
		t.Errorf("%v %v", texts(&a), texts(&b))
	}
	if _, err := c.UnassignPrivateIpAddresses(t.Context(), &sdk.UnassignPrivateIpAddressesInput{NetworkInterfaceId: from.NetworkInterfaceId, PrivateIpAddresses: []string{moved}}); code(err) != "InvalidParameterValue" {
		t.Errorf("unassign what it has not: %v", err)
	}
}
