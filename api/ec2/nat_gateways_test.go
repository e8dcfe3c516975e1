package ec2_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func allocate(t *testing.T, c *sdk.Client, n int) (ids []string) {
	t.Helper()
	for range n {
		ids = append(ids, *must(c.AllocateAddress(t.Context(), &sdk.AllocateAddressInput{}))(t).AllocationId)
	}
	return ids
}

func elasticOf(t *testing.T, c *sdk.Client, id string) types.Address {
	t.Helper()
	return must(c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{AllocationIds: []string{id}}))(t).Addresses[0]
}

func natOf(t *testing.T, c *sdk.Client, id string) types.NatGateway {
	t.Helper()
	return must(c.DescribeNatGateways(t.Context(), &sdk.DescribeNatGatewaysInput{NatGatewayIds: []string{id}}))(t).NatGateways[0]
}

func natTexts(addresses []types.NatGatewayAddress) (out []string) {
	for _, a := range addresses {
		out = append(out, fmt.Sprintf("%s %s %t %s", aws.ToString(a.AllocationId), aws.ToString(a.PrivateIp), *a.IsPrimary, a.Status))
	}
	return out
}

// TestPublicNATGateway goes the way of Terraform's aws_nat_gateway.
func TestPublicNATGateway(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	c, _, _ := newNetworkAt(t, func() time.Time { return now })
	subnet, _ := firstSubnet(t, c)
	ip := allocate(t, c, 1)[0]
	in := &sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, ClientToken: aws.String("once"), TagSpecifications: []types.TagSpecification{
		{ResourceType: types.ResourceTypeNatgateway, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("nat")}}},
	}}
	made := must(c.CreateNatGateway(t.Context(), in))(t)
	id := *made.NatGateway.NatGatewayId
	if again := must(c.CreateNatGateway(t.Context(), in))(t); *again.NatGateway.NatGatewayId != id || *again.ClientToken != "once" {
		t.Errorf("the same token: %+v", again)
	}
	g := natOf(t, c, id)
	elastic := elasticOf(t, c, ip)
	if g.State != types.NatGatewayStateAvailable || g.ConnectivityType != types.ConnectivityTypePublic || *g.SubnetId != *subnet.SubnetId || *g.VpcId != *subnet.VpcId ||
		g.AvailabilityMode != types.AvailabilityModeZonal || !g.CreateTime.Equal(now) || g.DeleteTime != nil || len(g.Tags) != 1 || len(g.NatGatewayAddresses) != 1 {
		t.Fatalf("%+v", g)
	}
	a := g.NatGatewayAddresses[0]
	if *a.AllocationId != ip || *a.AssociationId != *elastic.AssociationId || *a.PublicIp != *elastic.PublicIp || *a.NetworkInterfaceId != *elastic.NetworkInterfaceId ||
		*a.PrivateIp != *elastic.PrivateIpAddress || !*a.IsPrimary || a.Status != types.NatGatewayAddressStatusSucceeded {
		t.Errorf("%+v, %+v", a, elastic)
	}
	eni := describeInterface(t, c, *a.NetworkInterfaceId)
	if *eni.Description != "Interface for NAT Gateway "+id || eni.InterfaceType != "nat_gateway" || !*eni.RequesterManaged || *eni.SourceDestCheck || *eni.Association.AllocationId != ip || eni.Status != "in-use" {
		t.Errorf("%+v", eni)
	}
	// The address is the gateway's: nobody takes it.
	_, err := c.DisassociateAddress(t.Context(), &sdk.DisassociateAddressInput{AssociationId: a.AssociationId})
	wants(t, err, "AuthFailure", "")
	_, err = c.ReleaseAddress(t.Context(), &sdk.ReleaseAddressInput{AllocationId: &ip})
	wants(t, err, "InvalidIPAddress.InUse", "")
	igw := must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{}))(t).InternetGateways[0].InternetGatewayId
	_, err = c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: igw, VpcId: subnet.VpcId})
	wants(t, err, "DependencyViolation", "Network "+*subnet.VpcId+" has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.")
	_, err = c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: subnet.SubnetId})
	wants(t, err, "DependencyViolation", "")

	table := newTable(t, c, *subnet.VpcId)
	must(c.CreateRoute(t.Context(), &sdk.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("0.0.0.0/0"), NatGatewayId: &id}))(t)
	if del := must(c.DeleteNatGateway(t.Context(), &sdk.DeleteNatGatewayInput{NatGatewayId: &id}))(t); *del.NatGatewayId != id {
		t.Errorf("%+v", del)
	}
	if got := routesOf(t, c, table)[1]; got != "0.0.0.0/0 "+id+" CreateRoute blackhole" {
		t.Errorf("the route after deletion: %s", got)
	}
	if e := elasticOf(t, c, ip); e.AssociationId != nil || e.NetworkInterfaceId != nil {
		t.Errorf("the address after deletion: %+v", e)
	}
	_, err = c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{*a.NetworkInterfaceId}})
	wants(t, err, "InvalidNetworkInterfaceID.NotFound", "")
	// "Delete a NAT gateway", VPC user guide: it is shown for about an hour.
	deleted := now
	now = deleted.Add(59 * time.Minute)
	if g := natOf(t, c, id); g.State != types.NatGatewayStateDeleted || !g.DeleteTime.Equal(deleted) {
		t.Errorf("%+v", g)
	}
	now = deleted.Add(time.Hour)
	if got := must(c.DescribeNatGateways(t.Context(), &sdk.DescribeNatGatewaysInput{}))(t); len(got.NatGateways) != 0 {
		t.Errorf("after an hour: %+v", got.NatGateways)
	}
	_, err = c.DescribeNatGateways(t.Context(), &sdk.DescribeNatGatewaysInput{NatGatewayIds: []string{id}})
	wants(t, err, "NatGatewayNotFound", "")
	_, err = c.DeleteNatGateway(t.Context(), &sdk.DeleteNatGatewayInput{NatGatewayId: &id})
	wants(t, err, "NatGatewayNotFound", "")
}

func TestNATGatewayAddresses(t *testing.T) {
	c, _, _ := newClient(t)
	subnet, prefix := firstSubnet(t, c)
	ips := allocate(t, c, 4)
	made := must(c.CreateNatGateway(t.Context(), &sdk.CreateNatGatewayInput{
		SubnetId: subnet.SubnetId, AllocationId: &ips[0], PrivateIpAddress: aws.String(prefix + ".10"),
		SecondaryAllocationIds: ips[1:2], SecondaryPrivateIpAddresses: []string{prefix + ".20"},
	}))(t).NatGateway
	equal(t, natTexts(made.NatGatewayAddresses), []string{ips[0] + " " + prefix + ".10 true succeeded", ips[1] + " " + prefix + ".20 false succeeded"})
	in := &sdk.AssociateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, AllocationIds: ips[2:], PrivateIpAddresses: []string{prefix + ".30", prefix + ".31"}}
	added := must(c.AssociateNatGatewayAddress(t.Context(), in))(t)
	equal(t, natTexts(added.NatGatewayAddresses), []string{ips[2] + " " + prefix + ".30 false succeeded", ips[3] + " " + prefix + ".31 false succeeded"})
	_, err := c.AssociateNatGatewayAddress(t.Context(), in)
	wants(t, err, "Resource.AlreadyAssociated", "")
	eni := describeInterface(t, c, *added.NatGatewayAddresses[0].NetworkInterfaceId)
	equal(t, texts(&eni), []string{prefix + ".10", prefix + ".20", prefix + ".30", prefix + ".31"})
	if got := elasticOf(t, c, ips[3]); *got.PrivateIpAddress != prefix+".31" || *got.NetworkInterfaceId != *eni.NetworkInterfaceId {
		t.Errorf("%+v", got)
	}
	_, err = c.DisassociateNatGatewayAddress(t.Context(), &sdk.DisassociateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, AssociationIds: []string{*made.NatGatewayAddresses[0].AssociationId}})
	wants(t, err, "InvalidParameterValue", "")
	drop := &sdk.DisassociateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, AssociationIds: []string{*added.NatGatewayAddresses[0].AssociationId}}
	must(c.DisassociateNatGatewayAddress(t.Context(), drop))(t)
	_, err = c.DisassociateNatGatewayAddress(t.Context(), drop)
	wants(t, err, "InvalidAssociationID.NotFound", "")
	equal(t, natTexts(natOf(t, c, *made.NatGatewayId).NatGatewayAddresses), []string{
		ips[0] + " " + prefix + ".10 true succeeded", ips[1] + " " + prefix + ".20 false succeeded", ips[3] + " " + prefix + ".31 false succeeded",
	})
	if got := elasticOf(t, c, ips[2]); got.AssociationId != nil {
		t.Errorf("%+v", got)
	}
	_, err = c.AssignPrivateNatGatewayAddress(t.Context(), &sdk.AssignPrivateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, PrivateIpAddressCount: aws.Int32(1)})
	wants(t, err, "InvalidParameterValue", "")
}

func TestPrivateNATGateway(t *testing.T) {
	c, _, _ := newClient(t)
	subnet, prefix := firstSubnet(t, c)
	made := must(c.CreateNatGateway(t.Context(), &sdk.CreateNatGatewayInput{
		SubnetId: subnet.SubnetId, ConnectivityType: types.ConnectivityTypePrivate, PrivateIpAddress: aws.String(prefix + ".10"), SecondaryPrivateIpAddressCount: aws.Int32(2),
	}))(t).NatGateway
	if len(made.NatGatewayAddresses) != 3 || made.ConnectivityType != types.ConnectivityTypePrivate || made.NatGatewayAddresses[0].PublicIp != nil {
		t.Fatalf("%+v", made)
	}
	added := must(c.AssignPrivateNatGatewayAddress(t.Context(), &sdk.AssignPrivateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, PrivateIpAddresses: []string{prefix + ".77"}}))(t)
	equal(t, natTexts(added.NatGatewayAddresses), []string{" " + prefix + ".77 false succeeded"})
	must(c.AssignPrivateNatGatewayAddress(t.Context(), &sdk.AssignPrivateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, PrivateIpAddressCount: aws.Int32(4)}))(t)
	_, err := c.AssignPrivateNatGatewayAddress(t.Context(), &sdk.AssignPrivateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, PrivateIpAddressCount: aws.Int32(1)})
	wants(t, err, "PrivateIpAddressLimitExceeded", "") // "Amazon VPC quotas": 8
	drop := &sdk.UnassignPrivateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, PrivateIpAddresses: []string{prefix + ".77"}}
	must(c.UnassignPrivateNatGatewayAddress(t.Context(), drop))(t)
	_, err = c.UnassignPrivateNatGatewayAddress(t.Context(), drop)
	wants(t, err, "InvalidParameterValue", "")
	drop.PrivateIpAddresses = []string{prefix + ".10"}
	_, err = c.UnassignPrivateNatGatewayAddress(t.Context(), drop)
	wants(t, err, "InvalidParameterValue", "")
	if got := natOf(t, c, *made.NatGatewayId); len(got.NatGatewayAddresses) != 7 {
		t.Errorf("%v", natTexts(got.NatGatewayAddresses))
	}
	_, err = c.AssociateNatGatewayAddress(t.Context(), &sdk.AssociateNatGatewayAddressInput{NatGatewayId: made.NatGatewayId, AllocationIds: allocate(t, c, 1)})
	wants(t, err, "InvalidParameterValue", "")
}

// TestFailedNATGateways: codes and texts are those of NatGateway's failureCode and failureMessage.
func TestFailedNATGateways(t *testing.T) {
	c, eni, _ := newClient(t)
	subnet, _ := firstSubnet(t, c)
	ips := allocate(t, c, 2)
	must(c.AssociateAddress(t.Context(), &sdk.AssociateAddressInput{AllocationId: &ips[0], NetworkInterfaceId: &eni}))(t)
	create := func(ip string) types.NatGateway {
		t.Helper()
		made := must(c.CreateNatGateway(t.Context(), &sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip}))(t)
		return natOf(t, c, *made.NatGateway.NatGatewayId)
	}
	g := create(ips[0])
	if g.State != types.NatGatewayStateFailed || *g.FailureCode != "Resource.AlreadyAssociated" || *g.FailureMessage != "Elastic IP address "+ips[0]+" is already associated" || *g.NatGatewayAddresses[0].AllocationId != ips[0] {
		t.Errorf("%+v", g)
	}
	must(c.DeleteNatGateway(t.Context(), &sdk.DeleteNatGatewayInput{NatGatewayId: g.NatGatewayId}))(t)
	if elasticOf(t, c, ips[0]).AssociationId == nil {
		t.Error("the address of another was freed")
	}
	must(c.DisassociateAddress(t.Context(), &sdk.DisassociateAddressInput{AssociationId: elasticOf(t, c, ips[0]).AssociationId}))(t)
	igw := must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{}))(t).InternetGateways[0].InternetGatewayId
	must(c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: igw, VpcId: subnet.VpcId}))(t)
	if g := create(ips[1]); g.State != types.NatGatewayStateFailed || *g.FailureCode != "Gateway.NotAttached" || *g.FailureMessage != "Network "+*subnet.VpcId+" has no Internet gateway attached" {
		t.Errorf("%+v", g)
	}
	for _, tt := range []struct {
		state string
		want  int
	}{{"failed", 1}, {"deleted", 1}, {"available", 0}} {
		if got := must(c.DescribeNatGateways(t.Context(), &sdk.DescribeNatGatewaysInput{Filter: []types.Filter{filterBy("state", tt.state)}}))(t); len(got.NatGateways) != tt.want {
			t.Errorf("%s: %d, want %d", tt.state, len(got.NatGateways), tt.want)
		}
	}
}

func TestCreateNATGatewayErrors(t *testing.T) {
	c, _, _ := newClient(t)
	subnet, prefix := firstSubnet(t, c)
	ip := allocate(t, c, 1)[0]
	for _, tt := range []struct {
		name, code string
		in         sdk.CreateNatGatewayInput
	}{
		{"no subnet", "MissingParameter", sdk.CreateNatGatewayInput{AllocationId: &ip}},
		{"unknown subnet", "InvalidSubnetID.NotFound", sdk.CreateNatGatewayInput{AllocationId: &ip, SubnetId: aws.String("subnet-0")}},
		{"public without an address", "MissingParameter", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId}},
		{"unknown address", "InvalidAllocationID.NotFound", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: aws.String("eipalloc-0")}},
		{"private with an address", "InvalidParameterCombination", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, ConnectivityType: "private"}},
		{"the same address twice", "InvalidParameterValue", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, SecondaryAllocationIds: []string{ip}}},
		{"a reserved address", "InvalidParameterValue", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, PrivateIpAddress: aws.String(prefix + ".1")}},
		{"connectivity", "InvalidParameterValue", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, ConnectivityType: "none"}},
		{"regional without a VPC", "MissingParameter", sdk.CreateNatGatewayInput{AvailabilityMode: "regional"}},
		{"regional with a subnet", "InvalidParameterCombination", sdk.CreateNatGatewayInput{AvailabilityMode: "regional", VpcId: subnet.VpcId, SubnetId: subnet.SubnetId}},
		{"regional and private", "InvalidParameterCombination", sdk.CreateNatGatewayInput{AvailabilityMode: "regional", VpcId: subnet.VpcId, ConnectivityType: "private"}},
		{"zonal with a VPC", "InvalidParameterCombination", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, VpcId: subnet.VpcId}},
		{"dry run", "DryRunOperation", sdk.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: &ip, DryRun: aws.Bool(true)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.CreateNatGateway(t.Context(), &tt.in)
			wants(t, err, tt.code, "")
		})
	}
	if got := must(c.DescribeNatGateways(t.Context(), &sdk.DescribeNatGatewaysInput{}))(t); len(got.NatGateways) != 0 || elasticOf(t, c, ip).AssociationId != nil {
		t.Errorf("%+v", got.NatGateways)
	}
}

func TestRegionalNATGateway(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, subnets := defaultVPC(t, c)
	g := must(c.CreateNatGateway(t.Context(), &sdk.CreateNatGatewayInput{AvailabilityMode: types.AvailabilityModeRegional, VpcId: &vpcID}))(t).NatGateway
	if g.State != "available" || g.SubnetId != nil || *g.VpcId != vpcID || g.AutoProvisionZones != "enabled" || g.AutoScalingIps != "enabled" || len(g.NatGatewayAddresses) != len(subnets) {
		t.Fatalf("%+v", g)
	}
	zones := map[string]bool{}
	for _, a := range g.NatGatewayAddresses {
		zones[*a.AvailabilityZone] = true
		if e := elasticOf(t, c, *a.AllocationId); e.ServiceManaged != types.ServiceManagedRnat || e.NetworkInterfaceId != nil || *e.AssociationId != *a.AssociationId {
			t.Errorf("%+v", e)
		}
	}
	if len(zones) != len(subnets) {
		t.Errorf("%v", zones)
	}
	// "Regional NAT gateways", VPC user guide: it comes with a route table that has a route to the internet gateway.
	if routes := routesOf(t, c, *g.RouteTableId); len(routes) != 2 || routes[1][:13] != "0.0.0.0/0 igw" {
		t.Errorf("%v", routes)
	}
	_, err := c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: g.RouteTableId})
	wants(t, err, "DependencyViolation", "")
	must(c.DeleteNatGateway(t.Context(), &sdk.DeleteNatGatewayInput{NatGatewayId: g.NatGatewayId}))(t)
	left := must(c.DescribeAddresses(t.Context(), &sdk.DescribeAddressesInput{}))(t)
	if tables := tablesBy(t, c, filterBy("route-table-id", *g.RouteTableId)); len(tables) != 0 || len(left.Addresses) != 0 {
		t.Errorf("left: %+v %+v", tables, left.Addresses)
	}

	ips := allocate(t, c, 2)
	g = must(c.CreateNatGateway(t.Context(), &sdk.CreateNatGatewayInput{
		AvailabilityMode: types.AvailabilityModeRegional, VpcId: &vpcID,
		AvailabilityZoneAddresses: []types.AvailabilityZoneAddress{{AvailabilityZone: aws.String("eu-west-1b"), AllocationIds: ips[:1]}},
	}))(t).NatGateway
	if len(g.NatGatewayAddresses) != 1 || *g.NatGatewayAddresses[0].AvailabilityZone != "eu-west-1b" || g.AutoProvisionZones != "disabled" {
		t.Fatalf("%+v", g)
	}
	in := &sdk.AssociateNatGatewayAddressInput{NatGatewayId: g.NatGatewayId, AllocationIds: ips[1:]}
	_, err = c.AssociateNatGatewayAddress(t.Context(), in)
	wants(t, err, "MissingParameter", "")
	in.AvailabilityZoneId = aws.String("euw1-az1")
	added := must(c.AssociateNatGatewayAddress(t.Context(), in))(t)
	if *added.NatGatewayAddresses[0].AvailabilityZone != "eu-west-1a" {
		t.Errorf("%+v", added.NatGatewayAddresses)
	}
	must(c.DisassociateNatGatewayAddress(t.Context(), &sdk.DisassociateNatGatewayAddressInput{NatGatewayId: g.NatGatewayId, AssociationIds: []string{*g.NatGatewayAddresses[0].AssociationId}}))(t)
	if got := natOf(t, c, *g.NatGatewayId); len(got.NatGatewayAddresses) != 1 || *got.NatGatewayAddresses[0].AllocationId != ips[1] {
		t.Errorf("%+v", got.NatGatewayAddresses)
	}
	must(c.ReleaseAddress(t.Context(), &sdk.ReleaseAddressInput{AllocationId: &ips[0]}))(t)
}
