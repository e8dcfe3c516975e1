package ec2_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// transit is a transit gateway with the default VPC attached in two zones.
type transit struct {
	*sdk.Client
	gateway, vpcID, table, attachment string
	subnets                           []string // of the VPC, one per zone
}

func newTransit(t *testing.T) *transit {
	t.Helper()
	c, _, _ := newClient(t)
	g := must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{}))(t).TransitGateway
	out := &transit{Client: c, gateway: *g.TransitGatewayId, table: *g.Options.AssociationDefaultRouteTableId}
	for _, n := range must(c.DescribeSubnets(t.Context(), &sdk.DescribeSubnetsInput{}))(t).Subnets {
		out.vpcID, out.subnets = *n.VpcId, append(out.subnets, *n.SubnetId)
	}
	out.attachment = out.attach(t, out.gateway, out.subnets[:2])
	return out
}

func (c *transit) attach(t *testing.T, gateway string, subnets []string) string {
	t.Helper()
	a := must(c.CreateTransitGatewayVpcAttachment(t.Context(), &sdk.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: &gateway, VpcId: &c.vpcID, SubnetIds: subnets}))(t)
	return *a.TransitGatewayVpcAttachment.TransitGatewayAttachmentId
}

func (c *transit) newTable(t *testing.T) string {
	t.Helper()
	made := must(c.CreateTransitGatewayRouteTable(t.Context(), &sdk.CreateTransitGatewayRouteTableInput{TransitGatewayId: &c.gateway}))(t)
	return *made.TransitGatewayRouteTable.TransitGatewayRouteTableId
}

// TestCreateTransitGateway: the defaults are those of EC2's API reference, TransitGatewayRequestOptions.
func TestCreateTransitGateway(t *testing.T) {
	c, _, _ := newClient(t)
	const on, off = "enable", "disable"
	type options struct{ accept, associate, propagate, ecmp, dns, groups, multicast string }
	tests := []struct {
		name    string
		in      types.TransitGatewayRequestOptions
		want    options
		wantASN int64
		tables  int
	}{
		{"nothing given", types.TransitGatewayRequestOptions{}, options{off, on, on, on, on, off, off}, 64512, 1},
		{"all the other way", types.TransitGatewayRequestOptions{
			AmazonSideAsn: aws.Int64(4200000000), AutoAcceptSharedAttachments: on, DefaultRouteTableAssociation: off, DefaultRouteTablePropagation: off,
			VpnEcmpSupport: off, DnsSupport: off, SecurityGroupReferencingSupport: on, MulticastSupport: on,
		}, options{on, off, off, off, off, on, on}, 4200000000, 0},
		{"only association", types.TransitGatewayRequestOptions{DefaultRouteTablePropagation: off}, options{off, on, off, on, on, off, off}, 64512, 1},
		{"only propagation", types.TransitGatewayRequestOptions{DefaultRouteTableAssociation: off}, options{off, off, on, on, on, off, off}, 64512, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tags := []types.TagSpecification{{ResourceType: types.ResourceTypeTransitGateway, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("hub")}}}}
			made := must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{Description: aws.String("d"), Options: &tt.in, TagSpecifications: tags}))(t).TransitGateway
			got := must(c.DescribeTransitGateways(t.Context(), &sdk.DescribeTransitGatewaysInput{TransitGatewayIds: []string{*made.TransitGatewayId}}))(t).TransitGateways[0]
			o := got.Options
			if have := (options{
				string(o.AutoAcceptSharedAttachments), string(o.DefaultRouteTableAssociation), string(o.DefaultRouteTablePropagation), string(o.VpnEcmpSupport),
				string(o.DnsSupport), string(o.SecurityGroupReferencingSupport), string(o.MulticastSupport),
			}); have != tt.want || *o.AmazonSideAsn != tt.wantASN {
				t.Errorf("options %+v, ASN %d, want %+v", have, *o.AmazonSideAsn, tt.want)
			}
			if got.State != types.TransitGatewayStateAvailable || *got.TransitGatewayArn != "arn:aws:ec2:eu-west-1:123456789012:transit-gateway/"+*made.TransitGatewayId ||
				*got.OwnerId != account || *got.Description != "d" || len(got.Tags) != 1 || got.CreationTime == nil {
				t.Errorf("%+v", got)
			}
			tables := must(c.DescribeTransitGatewayRouteTables(t.Context(), &sdk.DescribeTransitGatewayRouteTablesInput{Filters: filtersBy("transit-gateway-id", *made.TransitGatewayId)}))(t).TransitGatewayRouteTables
			if len(tables) != tt.tables {
				t.Fatalf("%d route tables", len(tables))
			}
			for _, table := range tables {
				associate, propagate := tt.want.associate == on, tt.want.propagate == on
				if *table.DefaultAssociationRouteTable != associate || *table.DefaultPropagationRouteTable != propagate ||
					associate && *o.AssociationDefaultRouteTableId != *table.TransitGatewayRouteTableId || propagate && *o.PropagationDefaultRouteTableId != *table.TransitGatewayRouteTableId {
					t.Errorf("table %+v of %+v", table, o)
				}
			}
		})
	}
}

func TestCreateTransitGatewayErrors(t *testing.T) {
	c, _, _ := newClient(t)
	tests := []struct {
		name string
		in   sdk.CreateTransitGatewayInput
		code string
	}{
		{"ASN of nobody's", sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{AmazonSideAsn: aws.Int64(64511)}}, "InvalidParameterValue"},
		{"public 32-bit ASN", sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{AmazonSideAsn: aws.Int64(4294967295)}}, "InvalidParameterValue"},
		{"option", sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{DnsSupport: "on"}}, "InvalidParameterValue"},
		{"small block", sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{TransitGatewayCidrBlocks: []string{"10.0.0.0/25"}}}, "InvalidParameterValue"},
		{"small IPv6 block", sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{TransitGatewayCidrBlocks: []string{"fd00::/65"}}}, "InvalidParameterValue"},
		{"tags of another kind", sdk.CreateTransitGatewayInput{TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeVpc}}}, "InvalidParameterValue"},
		{"dry run", sdk.CreateTransitGatewayInput{DryRun: aws.Bool(true)}, "DryRunOperation"},
	}
	for _, tt := range tests {
		_, err := c.CreateTransitGateway(t.Context(), &tt.in)
		if !failsWith(err, tt.code, "") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got := must(c.DescribeTransitGatewayRouteTables(t.Context(), &sdk.DescribeTransitGatewayRouteTablesInput{}))(t); len(got.TransitGatewayRouteTables) != 0 {
		t.Errorf("something was made: %+v", got)
	}
}

// TestDefaultTables: the rules and texts are those that floci-io/floci#2329 observed on AWS.
func TestDefaultTables(t *testing.T) {
	c := newTransit(t)
	other := c.newTable(t)
	foreign := *must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{}))(t).TransitGateway.Options.AssociationDefaultRouteTableId
	const missing = "tgw-rtb-0123456789abcdef0"
	steps := []struct {
		name       string
		change     types.ModifyTransitGatewayOptions
		code, text string
		want       string // the default association route table after it
	}{
		{"a table alone", types.ModifyTransitGatewayOptions{AssociationDefaultRouteTableId: &other}, "", "", other},
		{"enable what is enabled", types.ModifyTransitGatewayOptions{DefaultRouteTableAssociation: "enable"}, "", "", other},
		{"an unknown table", types.ModifyTransitGatewayOptions{AssociationDefaultRouteTableId: aws.String(missing)}, "InvalidRouteTableID.NotFound", "Transit Gateway Route Table " + missing + " was deleted or does not exist.", other},
		{"another's table", types.ModifyTransitGatewayOptions{AssociationDefaultRouteTableId: &foreign}, "InvalidRouteTableID.NotFound", "Transit Gateway Route Table " + foreign + " was deleted or does not exist in Transit Gateway " + c.gateway + ".", other},
		{"disable with a table", types.ModifyTransitGatewayOptions{DefaultRouteTableAssociation: "disable", AssociationDefaultRouteTableId: &other}, "InvalidParameterCombination", "disable DefaultRouteTableAssociation conflicts with AssociationDefaultRouteTableId " + other, other},
		{"disable", types.ModifyTransitGatewayOptions{DefaultRouteTableAssociation: "disable"}, "", "", ""},
		{"a table while disabled", types.ModifyTransitGatewayOptions{AssociationDefaultRouteTableId: &other}, "InvalidParameterCombination", "disable DefaultRouteTableAssociation conflicts with AssociationDefaultRouteTableId " + other, ""},
		{"enable without a table", types.ModifyTransitGatewayOptions{DefaultRouteTableAssociation: "enable"}, "InvalidParameterCombination", "enable DefaultRouteTableAssociation conflicts with AssociationDefaultRouteTableId null", ""},
		{"enable with a table", types.ModifyTransitGatewayOptions{DefaultRouteTableAssociation: "enable", AssociationDefaultRouteTableId: &c.table}, "", "", c.table},
	}
	for _, s := range steps {
		_, err := c.ModifyTransitGateway(t.Context(), &sdk.ModifyTransitGatewayInput{TransitGatewayId: &c.gateway, Options: &s.change})
		if s.code != "" {
			if !failsWith(err, s.code, s.text) {
				t.Errorf("%s: %v", s.name, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		o := must(c.DescribeTransitGateways(t.Context(), &sdk.DescribeTransitGatewaysInput{TransitGatewayIds: []string{c.gateway}}))(t).TransitGateways[0].Options
		if got := aws.ToString(o.AssociationDefaultRouteTableId); got != s.want || *o.PropagationDefaultRouteTableId != c.table {
			t.Errorf("%s: tables %q and %q", s.name, got, *o.PropagationDefaultRouteTableId)
		}
	}
}

func TestModifyTransitGateway(t *testing.T) {
	c := newTransit(t)
	modify := func(in *sdk.ModifyTransitGatewayInput) *types.TransitGateway {
		in.TransitGatewayId = &c.gateway
		return must(c.ModifyTransitGateway(t.Context(), in))(t).TransitGateway
	}
	modify(&sdk.ModifyTransitGatewayInput{Description: aws.String("new"), Options: &types.ModifyTransitGatewayOptions{
		AmazonSideAsn: aws.Int64(65000), DnsSupport: "disable", AddTransitGatewayCidrBlocks: []string{"10.1.0.0/24", "10.2.0.0/24"},
	}})
	g := modify(&sdk.ModifyTransitGatewayInput{Options: &types.ModifyTransitGatewayOptions{
		RemoveTransitGatewayCidrBlocks: []string{"10.1.0.0/24"}, AddTransitGatewayCidrBlocks: []string{"10.2.0.0/24", "fd00::/64"},
	}})
	if *g.Description != "new" || *g.Options.AmazonSideAsn != 65000 || g.Options.DnsSupport != "disable" || g.Options.VpnEcmpSupport != "enable" ||
		!slices.Equal(g.Options.TransitGatewayCidrBlocks, []string{"10.2.0.0/24", "fd00::/64"}) {
		t.Errorf("%+v %+v", g, g.Options)
	}
}

func TestDescribeTransitGatewayFilters(t *testing.T) {
	c, _, _ := newClient(t)
	var first types.TransitGateway
	for i, asn := range []int64{65001, 65002, 65003} {
		g := must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{AmazonSideAsn: &asn}}))(t).TransitGateway
		if i == 0 {
			first = *g
		}
	}
	must(c.ModifyTransitGateway(t.Context(), &sdk.ModifyTransitGatewayInput{TransitGatewayId: first.TransitGatewayId, Options: &types.ModifyTransitGatewayOptions{
		DefaultRouteTableAssociation: "disable", VpnEcmpSupport: "disable", DnsSupport: "disable", AutoAcceptSharedAttachments: "enable",
	}}))(t)
	tests := []struct {
		name, value string
		want        int
	}{
		{"transit-gateway-id", *first.TransitGatewayId, 1},
		{"options.amazon-side-asn", "6500?", 3},
		{"options.amazon-side-asn", "65002", 1},
		{"options.association-default-route-table-id", *first.Options.AssociationDefaultRouteTableId, 0},
		{"options.propagation-default-route-table-id", *first.Options.PropagationDefaultRouteTableId, 1},
		{"options.auto-accept-shared-attachments", "enable", 1},
		{"options.default-route-table-association", "disable", 1},
		{"options.default-route-table-propagation", "enable", 3},
		{"options.dns-support", "enable", 2},
		{"options.vpn-ecmp-support", "disable", 1},
		{"owner-id", account, 3},
		{"state", "available", 3},
	}
	for _, tt := range tests {
		got := must(c.DescribeTransitGateways(t.Context(), &sdk.DescribeTransitGatewaysInput{Filters: filtersBy(tt.name, tt.value)}))(t)
		if len(got.TransitGateways) != tt.want {
			t.Errorf("%s=%s: %d, want %d", tt.name, tt.value, len(got.TransitGateways), tt.want)
		}
	}
	_, err := c.DescribeTransitGateways(t.Context(), &sdk.DescribeTransitGatewaysInput{Filters: filtersBy("vpc-id", "x")})
	wants(t, err, "InvalidParameterValue", "") // unknown filter
}

func TestDeleteTransitGateway(t *testing.T) {
	c := newTransit(t)
	remove := func(ctx context.Context) error {
		_, err := c.DeleteTransitGateway(ctx, &sdk.DeleteTransitGatewayInput{TransitGatewayId: &c.gateway})
		return err
	}
	wants(t, remove(t.Context()), "IncorrectState", c.gateway+" has non-deleted VPC Attachments: "+c.attachment+".") // with an attachment
	must(c.DeleteTransitGatewayVpcAttachment(t.Context(), &sdk.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment}))(t)
	c.newTable(t)
	if err := remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := must(c.DescribeTransitGatewayRouteTables(t.Context(), &sdk.DescribeTransitGatewayRouteTablesInput{}))(t); len(got.TransitGatewayRouteTables) != 0 {
		t.Errorf("route tables stay: %+v", got.TransitGatewayRouteTables)
	}
	wants(t, remove(t.Context()), "InvalidTransitGatewayID.NotFound", "Transit Gateway "+c.gateway+" was deleted or does not exist.") // again
}

// TestTransitAttachment: the defaults are those of EC2's API reference,
// CreateTransitGatewayVpcAttachmentRequestOptions; the interfaces look as users show AWS's.
func TestTransitAttachment(t *testing.T) {
	c := newTransit(t)
	describe := func() types.TransitGatewayVpcAttachment {
		return must(c.DescribeTransitGatewayVpcAttachments(t.Context(), &sdk.DescribeTransitGatewayVpcAttachmentsInput{TransitGatewayAttachmentIds: []string{c.attachment}}))(t).TransitGatewayVpcAttachments[0]
	}
	a := describe()
	if o := a.Options; o.DnsSupport != "enable" || o.SecurityGroupReferencingSupport != "enable" || o.Ipv6Support != "disable" || o.ApplianceModeSupport != "disable" {
		t.Errorf("options %+v", o)
	}
	if *a.VpcId != c.vpcID || *a.VpcOwnerId != account || *a.TransitGatewayId != c.gateway || a.State != "available" || !slices.Equal(a.SubnetIds, c.subnets[:2]) {
		t.Errorf("%+v", a)
	}
	c.checkInterfaces(t, c.subnets[:2])
	modified := must(c.ModifyTransitGatewayVpcAttachment(t.Context(), &sdk.ModifyTransitGatewayVpcAttachmentInput{
		TransitGatewayAttachmentId: &c.attachment, AddSubnetIds: c.subnets[2:], RemoveSubnetIds: c.subnets[:1],
		Options: &types.ModifyTransitGatewayVpcAttachmentRequestOptions{ApplianceModeSupport: "enable"},
	}))(t).TransitGatewayVpcAttachment
	if !slices.Equal(modified.SubnetIds, c.subnets[1:]) || modified.Options.ApplianceModeSupport != "enable" || modified.Options.DnsSupport != "enable" {
		t.Errorf("modified: %+v", modified)
	}
	c.checkInterfaces(t, c.subnets[1:])
	_, err := c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: &c.subnets[1]})
	wants(t, err, "DependencyViolation", "") // delete its subnet
	must(c.DeleteTransitGatewayVpcAttachment(t.Context(), &sdk.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment}))(t)
	c.checkInterfaces(t, nil)
	if a := describe(); a.State != "deleted" { // Terraform waits for that
		t.Errorf("after deletion: %s", a.State)
	}
	_, err = c.DeleteTransitGatewayVpcAttachment(t.Context(), &sdk.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment})
	wants(t, err, "InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment "+c.attachment+" was deleted or does not exist.") // delete again
	if c.attach(t, c.gateway, c.subnets[:1]) == c.attachment {
		t.Error("the same attachment again")
	}
	must(c.DeleteSubnet(t.Context(), &sdk.DeleteSubnetInput{SubnetId: &c.subnets[1]}))(t)
}

// checkInterfaces checks that the attachment has an interface in each of the
// subnets and no other.
func (c *transit) checkInterfaces(t *testing.T, subnets []string) {
	t.Helper()
	var in []string
	found := must(c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{Filters: filtersBy("interface-type", "transit_gateway")}))(t)
	for _, e := range found.NetworkInterfaces {
		if !strings.Contains(*e.PrivateIpAddress, "172.31.") || *e.Description != "Network Interface for Transit Gateway Attachment "+c.attachment {
			t.Errorf("interface %s: %s %q", *e.NetworkInterfaceId, *e.PrivateIpAddress, *e.Description)
		}
		in = append(in, *e.SubnetId)
	}
	slices.Sort(in)
	if !slices.Equal(in, slices.Sorted(slices.Values(subnets))) {
		t.Errorf("interfaces in %v, want %v", in, subnets)
	}
}

func TestTransitAttachmentErrors(t *testing.T) {
	c := newTransit(t)
	const noSubnet = "subnet-0123456789abcdef0"
	other := *must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{}))(t).TransitGateway.TransitGatewayId
	create := func(gateway, vpcID string, subnets ...string) error {
		_, err := c.CreateTransitGatewayVpcAttachment(t.Context(), &sdk.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: &gateway, VpcId: &vpcID, SubnetIds: append([]string{}, subnets...)})
		return err
	}
	modify := func(add, remove []string) error {
		_, err := c.ModifyTransitGatewayVpcAttachment(t.Context(), &sdk.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment, AddSubnetIds: add, RemoveSubnetIds: remove})
		return err
	}
	accept := func() error {
		_, err := c.AcceptTransitGatewayVpcAttachment(t.Context(), &sdk.AcceptTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment})
		return err
	}
	tests := []struct {
		name       string
		err        error
		code, text string
	}{
		{"a second attachment", create(c.gateway, c.vpcID, c.subnets[2]), "DuplicateTransitGatewayAttachment", c.gateway + " has non-deleted Transit Gateway Attachments with same VPC ID."},
		{"a zone twice", create(other, c.vpcID, c.subnets[0], c.subnets[0]), "DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ"},
		{"no subnets", create(other, c.vpcID), "MissingParameter", "Missing required parameter in request: SubnetIds."},
		{"unknown subnet", create(other, c.vpcID, noSubnet), "InvalidSubnetID.NotFound", "Subnet " + noSubnet + " was deleted or does not exist."},
		{"unknown VPC", create(other, "vpc-0123456789abcdef0", c.subnets[0]), "InvalidVpcID.NotFound", ""},
		{"unknown gateway", create("tgw-0123456789abcdef0", c.vpcID, c.subnets[0]), "InvalidTransitGatewayID.NotFound", ""},
		{"no gateway", create("", c.vpcID, c.subnets[0]), "MissingParameter", "Missing required parameter in request: TransitGatewayId."},
		{"remove what is not there", modify(nil, c.subnets[2:]), "InvalidSubnetID.NotFound", c.subnets[2] + " is not attached but supplied in RemoveSubnets"},
		{"remove all", modify(nil, c.subnets[:2]), "InsufficientSubnetsException", "Insufficient Subnets"},
		{"add what is there", modify(c.subnets[:1], nil), "DuplicateSubnetsInSameZone", ""},
		{"accept what needs it not", accept(), "IncorrectState", ""},
	}
	for _, tt := range tests {
		if !failsWith(tt.err, tt.code, tt.text) {
			t.Errorf("%s: %v", tt.name, tt.err)
		}
	}
	c.checkInterfaces(t, c.subnets[:2])
}
