package ec2_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func TestInternetGateways(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	made := must[sdk.CreateInternetGatewayOutput](t)(c.CreateInternetGateway(t.Context(), &sdk.CreateInternetGatewayInput{TagSpecifications: []types.TagSpecification{
		{ResourceType: types.ResourceTypeInternetGateway, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("door")}}},
	}})).InternetGateway
	if len(made.Attachments) != 0 || *made.OwnerId != account || len(made.Tags) != 1 {
		t.Errorf("%+v", made)
	}
	by := func(filters ...types.Filter) []types.InternetGateway {
		return must[sdk.DescribeInternetGatewaysOutput](t)(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{Filters: filters})).InternetGateways
	}
	old := by(filterBy("attachment.state", "available"))
	if len(old) != 1 || *old[0].Attachments[0].VpcId != vpcID || len(by()) != 2 || len(by(filterBy("tag:Name", "door"))) != 1 || len(by(filterBy("internet-gateway-id", "igw-0"))) != 0 {
		t.Errorf("%+v", old)
	}
	attach := &sdk.AttachInternetGatewayInput{InternetGatewayId: made.InternetGatewayId, VpcId: &vpcID}
	_, err := c.AttachInternetGateway(t.Context(), attach)
	wants(t, err, "InvalidParameterValue", "Network "+vpcID+" already has an internet gateway attached")
	detach := &sdk.DetachInternetGatewayInput{InternetGatewayId: made.InternetGatewayId, VpcId: &vpcID}
	_, err = c.DetachInternetGateway(t.Context(), detach)
	wants(t, err, "Gateway.NotAttached", "resource "+*made.InternetGatewayId+" is not attached to network "+vpcID)
	detach.VpcId = aws.String("vpc-0") // a VPC that is gone
	_, err = c.DetachInternetGateway(t.Context(), detach)
	wants(t, err, "Gateway.NotAttached", "")
	_, err = c.DeleteInternetGateway(t.Context(), &sdk.DeleteInternetGatewayInput{InternetGatewayId: old[0].InternetGatewayId})
	wants(t, err, "DependencyViolation", "The internetGateway '"+*old[0].InternetGatewayId+"' has dependencies and cannot be deleted.")
	must[sdk.DetachInternetGatewayOutput](t)(c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: old[0].InternetGatewayId, VpcId: &vpcID}))
	must[sdk.AttachInternetGatewayOutput](t)(c.AttachInternetGateway(t.Context(), attach))
	_, err = c.AttachInternetGateway(t.Context(), attach)
	wants(t, err, "Resource.AlreadyAssociated", "resource "+*made.InternetGatewayId+" is already attached to network "+vpcID)
	must[sdk.DeleteInternetGatewayOutput](t)(c.DeleteInternetGateway(t.Context(), &sdk.DeleteInternetGatewayInput{InternetGatewayId: old[0].InternetGatewayId}))
	_, err = c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{InternetGatewayIds: []string{*old[0].InternetGatewayId}})
	wants(t, err, "InvalidInternetGatewayID.NotFound", "The internetGateway ID '"+*old[0].InternetGatewayId+"' does not exist")
}

func TestEgressOnlyInternetGateways(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	in := &sdk.CreateEgressOnlyInternetGatewayInput{VpcId: &vpcID, ClientToken: aws.String("once")}
	made := must[sdk.CreateEgressOnlyInternetGatewayOutput](t)(c.CreateEgressOnlyInternetGateway(t.Context(), in))
	again := must[sdk.CreateEgressOnlyInternetGatewayOutput](t)(c.CreateEgressOnlyInternetGateway(t.Context(), in))
	id := made.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId
	if *again.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId != *id || *again.ClientToken != "once" {
		t.Errorf("the same token: %+v", again)
	}
	_, err := c.CreateEgressOnlyInternetGateway(t.Context(), &sdk.CreateEgressOnlyInternetGatewayInput{VpcId: &vpcID})
	wants(t, err, "InvalidParameterValue", "")
	got := must[sdk.DescribeEgressOnlyInternetGatewaysOutput](t)(c.DescribeEgressOnlyInternetGateways(t.Context(), &sdk.DescribeEgressOnlyInternetGatewaysInput{EgressOnlyInternetGatewayIds: []string{*id}}))
	if len(got.EgressOnlyInternetGateways) != 1 || got.EgressOnlyInternetGateways[0].Attachments[0].State != types.AttachmentStatusAttached || *got.EgressOnlyInternetGateways[0].Attachments[0].VpcId != vpcID {
		t.Errorf("%+v", got)
	}
	_, err = c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id, DryRun: aws.Bool(true)})
	wants(t, err, "DryRunOperation", "")
	if out := must[sdk.DeleteEgressOnlyInternetGatewayOutput](t)(c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id})); !*out.ReturnCode {
		t.Error("return code")
	}
	_, err = c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id})
	wants(t, err, "InvalidEgressOnlyInternetGatewayId.NotFound", "")
}
