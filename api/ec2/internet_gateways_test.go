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
	made := must(c.CreateInternetGateway(t.Context(), &sdk.CreateInternetGatewayInput{TagSpecifications: []types.TagSpecification{
		{ResourceType: types.ResourceTypeInternetGateway, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("door")}}},
	}}))(t).InternetGateway
	if len(made.Attachments) != 0 || *made.OwnerId != account || len(made.Tags) != 1 {
		t.Errorf("%+v", made)
	}
	by := func(filters ...types.Filter) []types.InternetGateway {
		return must(c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{Filters: filters}))(t).InternetGateways
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
	must(c.DetachInternetGateway(t.Context(), &sdk.DetachInternetGatewayInput{InternetGatewayId: old[0].InternetGatewayId, VpcId: &vpcID}))(t)
	must(c.AttachInternetGateway(t.Context(), attach))(t)
	_, err = c.AttachInternetGateway(t.Context(), attach)
	wants(t, err, "Resource.AlreadyAssociated", "resource "+*made.InternetGatewayId+" is already attached to network "+vpcID)
	must(c.DeleteInternetGateway(t.Context(), &sdk.DeleteInternetGatewayInput{InternetGatewayId: old[0].InternetGatewayId}))(t)
	_, err = c.DescribeInternetGateways(t.Context(), &sdk.DescribeInternetGatewaysInput{InternetGatewayIds: []string{*old[0].InternetGatewayId}})
	wants(t, err, "InvalidInternetGatewayID.NotFound", "The internetGateway ID '"+*old[0].InternetGatewayId+"' does not exist")
}

func TestEgressOnlyInternetGateways(t *testing.T) {
	c, _, _ := newClient(t)
	vpcID, _ := defaultVPC(t, c)
	in := &sdk.CreateEgressOnlyInternetGatewayInput{VpcId: &vpcID, ClientToken: aws.String("once")}
	made := must(c.CreateEgressOnlyInternetGateway(t.Context(), in))(t)
	again := must(c.CreateEgressOnlyInternetGateway(t.Context(), in))(t)
	id := made.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId
	if *again.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId != *id || *again.ClientToken != "once" {
		t.Errorf("the same token: %+v", again)
	}
	_, err := c.CreateEgressOnlyInternetGateway(t.Context(), &sdk.CreateEgressOnlyInternetGatewayInput{VpcId: &vpcID})
	wants(t, err, "InvalidParameterValue", "")
	got := must(c.DescribeEgressOnlyInternetGateways(t.Context(), &sdk.DescribeEgressOnlyInternetGatewaysInput{EgressOnlyInternetGatewayIds: []string{*id}}))(t)
	if len(got.EgressOnlyInternetGateways) != 1 || got.EgressOnlyInternetGateways[0].Attachments[0].State != types.AttachmentStatusAttached || *got.EgressOnlyInternetGateways[0].Attachments[0].VpcId != vpcID {
		t.Errorf("%+v", got)
	}
	_, err = c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id, DryRun: aws.Bool(true)})
	wants(t, err, "DryRunOperation", "")
	if out := must(c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id}))(t); !*out.ReturnCode {
		t.Error("return code")
	}
	_, err = c.DeleteEgressOnlyInternetGateway(t.Context(), &sdk.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id})
	wants(t, err, "InvalidEgressOnlyInternetGatewayId.NotFound", "")
}
