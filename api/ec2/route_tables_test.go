package ec2_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func tablesBy(t *testing.T, c *sdk.Client, filters ...types.Filter) []types.RouteTable {
	t.Helper()
	return must(c.DescribeRouteTables(t.Context(), &sdk.DescribeRouteTablesInput{Filters: filters}))(t).RouteTables
}

func newTable(t *testing.T, c *sdk.Client, vpcID string) string {
	t.Helper()
	return *must(c.CreateRouteTable(t.Context(), &sdk.CreateRouteTableInput{VpcId: &vpcID}))(t).RouteTable.RouteTableId
}

// routeTexts puts routes in lines: destination, target, origin, state.
func routeTexts(table types.RouteTable) (out []string) {
	for _, r := range table.Routes {
		out = append(out, fmt.Sprintf("%s%s%s %s%s%s%s%s %s %s",
			aws.ToString(r.DestinationCidrBlock), aws.ToString(r.DestinationIpv6CidrBlock), aws.ToString(r.DestinationPrefixListId),
			aws.ToString(r.GatewayId), aws.ToString(r.EgressOnlyInternetGatewayId), aws.ToString(r.NetworkInterfaceId), aws.ToString(r.NatGatewayId),
			aws.ToString(r.VpcPeeringConnectionId), r.Origin, r.State))
	}
	return out
}

func routesOf(t *testing.T, c *sdk.Client, table string) []string {
	t.Helper()
	return routeTexts(tablesBy(t, c, filterBy("route-table-id", table))[0])
}

// TestMainRouteTable: "Default VPC", VPC user guide: the main table has a local route and one to the gateway.
func TestMainRouteTable(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, subnets := defaultVPC(t, c)
	main := tablesBy(t, c, filterBy("association.main", "true"), filterBy("vpc-id", vpcID))
	gateways := must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{Filters: []types.Filter{filterBy("attachment.vpc-id", vpcID)}}))(t)
	if len(main) != 1 || len(main[0].Associations) != 1 || !*main[0].Associations[0].Main || main[0].Associations[0].SubnetId != nil || *main[0].OwnerId != account {
		t.Fatalf("%+v", main)
	}
	equal(t, routeTexts(main[0]), []string{"172.31.0.0/16 local CreateRouteTable active", "0.0.0.0/0 " + *gateways.InternetGateways[0].InternetGatewayId + " CreateRoute active"})
	_, err := c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: main[0].RouteTableId})
	wants(t, err, "DependencyViolation", "The routeTable '"+*main[0].RouteTableId+"' has dependencies and cannot be deleted.")
	_, err = c.DisassociateRouteTable(t.Context(), &sdk.DisassociateRouteTableInput{AssociationId: main[0].Associations[0].RouteTableAssociationId})
	wants(t, err, "InvalidParameterValue", "cannot disassociate the main route table association "+*main[0].Associations[0].RouteTableAssociationId)

	// Another one becomes the main one, as aws_main_route_table_association does it.
	other := newTable(t, c, vpcID)
	moved := must(c.ReplaceRouteTableAssociation(t.Context(), &sdk.ReplaceRouteTableAssociationInput{
		AssociationId: main[0].Associations[0].RouteTableAssociationId, RouteTableId: &other,
	}))(t)
	now := tablesBy(t, c, filterBy("association.route-table-association-id", *moved.NewAssociationId))
	if len(now) != 1 || *now[0].RouteTableId != other || !*now[0].Associations[0].Main || now[0].Associations[0].AssociationState.State != types.RouteTableAssociationStateCodeAssociated {
		t.Errorf("%+v", now)
	}
	if got := tablesBy(t, c, filterBy("association.main", "true")); len(got) != 1 {
		t.Errorf("%d main tables", len(got))
	}
	must(c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: main[0].RouteTableId}))(t)
	if got := tablesBy(t, c, filterBy("association.subnet-id", subnets[0])); len(got) != 0 {
		t.Errorf("a subnet of the main table: %+v", got)
	}
}

// TestRouteTableAssociations goes the way of Terraform's aws_route_table_association.
func TestRouteTableAssociations(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, subnets := defaultVPC(t, c)
	in := &sdk.CreateRouteTableInput{VpcId: &vpcID, ClientToken: aws.String("once")}
	made := must(c.CreateRouteTable(t.Context(), in))(t)
	a, b := *made.RouteTable.RouteTableId, newTable(t, c, vpcID)
	if again := must(c.CreateRouteTable(t.Context(), in))(t); *again.RouteTable.RouteTableId != a {
		t.Errorf("the same token: %+v", again)
	}
	associate := func(table string) (*sdk.AssociateRouteTableOutput, error) {
		return c.AssociateRouteTable(t.Context(), &sdk.AssociateRouteTableInput{RouteTableId: &table, SubnetId: &subnets[0]})
	}
	first := must(associate(a))(t)
	if again := must(associate(a))(t); *again.AssociationId != *first.AssociationId || again.AssociationState.State != "associated" {
		t.Errorf("the same again: %+v", again)
	}
	_, err := associate(b)
	wants(t, err, "Resource.AlreadyAssociated", "the specified association for route table "+b+" conflicts with an existing association")
	moved := must(c.ReplaceRouteTableAssociation(t.Context(), &sdk.ReplaceRouteTableAssociationInput{AssociationId: first.AssociationId, RouteTableId: &b}))(t)
	got := tablesBy(t, c, filterBy("association.subnet-id", subnets[0]))
	if len(got) != 1 || *got[0].RouteTableId != b || *got[0].Associations[0].RouteTableAssociationId != *moved.NewAssociationId || *got[0].Associations[0].Main {
		t.Errorf("%+v", got)
	}
	_, err = c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: &b})
	wants(t, err, "DependencyViolation", "")
	_, err = c.DisassociateRouteTable(t.Context(), &sdk.DisassociateRouteTableInput{AssociationId: first.AssociationId})
	wants(t, err, "InvalidAssociationID.NotFound", "The association ID '"+*first.AssociationId+"' does not exist")
	must(c.DisassociateRouteTable(t.Context(), &sdk.DisassociateRouteTableInput{AssociationId: moved.NewAssociationId}))(t)
	must(c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: &b}))(t)
	_, err = c.DescribeRouteTables(t.Context(), &sdk.DescribeRouteTablesInput{RouteTableIds: []string{b}})
	wants(t, err, "InvalidRouteTableID.NotFound", "The routeTable ID '"+b+"' does not exist")

	// A gateway route table: gone with the attachment of the gateway.
	gateway := must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{}))(t).InternetGateways[0].InternetGatewayId
	must(c.AssociateRouteTable(t.Context(), &sdk.AssociateRouteTableInput{RouteTableId: &a, GatewayId: gateway}))(t)
	if got := tablesBy(t, c, filterBy("association.gateway-id", *gateway)); len(got) != 1 || *got[0].RouteTableId != a {
		t.Errorf("%+v", got)
	}
	must(c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: gateway, VpcId: &vpcID}))(t)
	must(c.DeleteRouteTable(t.Context(), &sdk.DeleteRouteTableInput{RouteTableId: &a}))(t)
}

func TestRoutes(t *testing.T) {
	c, eni, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	table := newTable(t, c, vpcID)
	gateway := must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{}))(t).InternetGateways[0].InternetGatewayId
	egress := must(c.CreateEgressOnlyInternetGateway(t.Context(), &sdk.CreateEgressOnlyInternetGatewayInput{VpcId: &vpcID}))(t).EgressOnlyInternetGateway.EgressOnlyInternetGatewayId
	for _, in := range []*sdk.CreateRouteInput{
		{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: gateway},
		{DestinationIpv6CidrBlock: aws.String("::/0"), EgressOnlyInternetGatewayId: egress},
		{DestinationCidrBlock: aws.String("100.68.0.18/18"), NetworkInterfaceId: &eni}, // it becomes 100.68.0.0/18: CreateRoute's documentation
		{DestinationCidrBlock: aws.String("10.0.0.0/8"), VpcPeeringConnectionId: aws.String("pcx-11111111")},
	} {
		in.RouteTableId = &table
		must(c.CreateRoute(t.Context(), in))(t)
	}
	equal(t, routesOf(t, c, table), []string{
		"172.31.0.0/16 local CreateRouteTable active", "0.0.0.0/0 " + *gateway + " CreateRoute active", "::/0 " + *egress + " CreateRoute active",
		"100.68.0.0/18 " + eni + " CreateRoute blackhole", "10.0.0.0/8 pcx-11111111 CreateRoute active", // the interface is not attached
	})
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"route.destination-cidr-block", "10.0.0.0/8", 1},
		{"route.destination-cidr-block", "172.31.0.0/16", 2},
		{"route.destination-ipv6-cidr-block", "::/0", 1},
		{"route.gateway-id", "local", 2},
		{"route.gateway-id", *gateway, 2},
		{"route.egress-only-internet-gateway-id", *egress, 1},
		{"route.state", "blackhole", 1},
		{"route.origin", "CreateRoute", 2},
		{"route.origin", "EnableVgwRoutePropagation", 0},
		{"route.vpc-peering-connection-id", "pcx-*", 1},
		{"route.nat-gateway-id", "*", 0},
		{"route.instance-id", "*", 0},
		{"association.main", "false", 0},
		{"route-table-id", table, 1},
	} {
		if got := tablesBy(t, c, filterBy(tt.name, tt.value)); len(got) != tt.want {
			t.Errorf("%s=%s: %d, want %d", tt.name, tt.value, len(got), tt.want)
		}
	}
	must(c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: egress}))(t)
	must(c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: gateway, VpcId: &vpcID}))(t)
	got := routesOf(t, c, table)
	equal(t, got[1:3], []string{"0.0.0.0/0 " + *gateway + " CreateRoute blackhole", "::/0 " + *egress + " CreateRoute blackhole"})
	must(c.ReplaceRoute(t.Context(), &sdk.ReplaceRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("0.0.0.0/0"), VpcPeeringConnectionId: aws.String("pcx-22222222")}))(t)
	must(c.DeleteRoute(t.Context(), &sdk.DeleteRouteInput{RouteTableId: &table, DestinationIpv6CidrBlock: aws.String("::/0")}))(t)
	equal(t, routesOf(t, c, table)[:3], []string{
		"172.31.0.0/16 local CreateRouteTable active", "0.0.0.0/0 pcx-22222222 CreateRoute active", "100.68.0.0/18 " + eni + " CreateRoute blackhole",
	})
	_, err := c.DeleteRoute(t.Context(), &sdk.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("9.0.0.0/8")})
	wants(t, err, "InvalidRoute.NotFound", "no route with destination-cidr-block 9.0.0.0/8 in route table "+table)
	_, err = c.ReplaceRoute(t.Context(), &sdk.ReplaceRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("9.0.0.0/8"), NetworkInterfaceId: &eni})
	wants(t, err, "InvalidParameterValue", "There is no route defined for '9.0.0.0/8' in the route table. Use CreateRoute instead.")
}

// TestLocalRoute: its target can be replaced and reset; it cannot be removed.
func TestLocalRoute(t *testing.T) {
	c, eni, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	table, local := newTable(t, c, vpcID), aws.String("172.31.0.0/16")
	must(c.ReplaceRoute(t.Context(), &sdk.ReplaceRouteInput{RouteTableId: &table, DestinationCidrBlock: local, NetworkInterfaceId: &eni}))(t)
	equal(t, routesOf(t, c, table), []string{"172.31.0.0/16 " + eni + " CreateRouteTable blackhole"})
	_, err := c.DeleteRoute(t.Context(), &sdk.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: local})
	wants(t, err, "InvalidParameterValue", "cannot remove local route 172.31.0.0/16 in route table "+table)
	must(c.ReplaceRoute(t.Context(), &sdk.ReplaceRouteInput{RouteTableId: &table, DestinationCidrBlock: local, LocalTarget: aws.Bool(true)}))(t)
	equal(t, routesOf(t, c, table), []string{"172.31.0.0/16 local CreateRouteTable active"})
}

func TestCreateRouteErrors(t *testing.T) {
	c, eni, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	table := newTable(t, c, vpcID)
	loose := must(c.CreateInternetGateway(t.Context(), &sdk.CreateInternetGatewayInput{}))(t).InternetGateway.InternetGatewayId
	must(c.CreateRoute(t.Context(), &sdk.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("8.0.0.0/8"), NetworkInterfaceId: &eni}))(t)
	must(c.CreateRoute(t.Context(), &sdk.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("172.31.16.0/20"), NetworkInterfaceId: &eni}))(t)
	for _, tt := range []struct {
		name       string
		in         sdk.CreateRouteInput
		code, text string
	}{
		{"no destination", sdk.CreateRouteInput{GatewayId: loose}, "MissingParameter", "The request must contain the parameter destinationCidrBlock or destinationIpv6CidrBlock"},
		{"two destinations", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), DestinationIpv6CidrBlock: aws.String("::/0"), GatewayId: loose}, "InvalidParameterCombination", ""},
		{"IPv6 as IPv4", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("::/0"), GatewayId: loose}, "InvalidParameterValue", "Value (::/0) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."},
		{"no target", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0")}, "MissingParameter", "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId, coreNetworkArn or instanceId"},
		{"two targets", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: loose, NetworkInterfaceId: &eni}, "InvalidParameterCombination", ""},
		{"a gateway of nobody", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: loose}, "InvalidParameterValue", "route table " + table + " and network gateway " + *loose + " belong to different networks"},
		{"no gateway", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: aws.String("eni-00a00a0a")}, "InvalidGatewayID.NotFound", "The gateway ID 'eni-00a00a0a' does not exist"},
		{"no interface", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), NetworkInterfaceId: aws.String("eni-0")}, "InvalidNetworkInterfaceID.NotFound", ""},
		{"no NAT gateway", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), NatGatewayId: aws.String("nat-0")}, "InvalidNatGatewayID.NotFound", ""},
		{"no transit gateway", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), TransitGatewayId: aws.String("tgw-0")}, "InvalidTransitGatewayID.NotFound", ""},
		{"no instance", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), InstanceId: aws.String("i-0")}, "InvalidInstanceID.NotFound", ""},
		{"no prefix list", sdk.CreateRouteInput{DestinationPrefixListId: aws.String("pl-0"), NetworkInterfaceId: &eni}, "InvalidPrefixListID.NotFound", ""},
		{"the same", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("8.0.0.0/8"), NetworkInterfaceId: &eni}, "RouteAlreadyExists", "The route identified by 8.0.0.0/8 already exists."},
		{"local", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("172.31.0.0/16"), NetworkInterfaceId: &eni}, "RouteAlreadyExists", "The route identified by 172.31.0.0/16 already exists."},
		{"a peering for the VPC", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("172.31.0.0/16"), VpcPeeringConnectionId: aws.String("pcx-1")}, "InvalidParameterValue", "Route target is not supported. This route only supports interface and instance targets."},
		{"no subnet", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("172.31.0.0/24"), NetworkInterfaceId: &eni}, "InvalidParameterValue", ""},
		{"dry run", sdk.CreateRouteInput{DestinationCidrBlock: aws.String("0.0.0.0/0"), NetworkInterfaceId: &eni, DryRun: aws.Bool(true)}, "DryRunOperation", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.RouteTableId = &table
			_, err := c.CreateRoute(t.Context(), &tt.in)
			wants(t, err, tt.code, tt.text)
		})
	}
	if got := routesOf(t, c, table); len(got) != 3 {
		t.Errorf("%v", got)
	}
}
