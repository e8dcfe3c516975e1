package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeEgressOnlyInternetGatewaysInput struct {
	describing
	GatewayIDs []string `query:"EgressOnlyInternetGatewayId"`
}

type describeEgressOnlyInternetGatewaysOutput struct {
	Gateways  api.Set[egressOnlyGatewayItem] `xml:"egressOnlyInternetGatewaySet"`
	NextToken string                         `xml:"nextToken,omitempty"`
}

type egressOnlyGatewayItem struct {
	GatewayID   string                         `xml:"egressOnlyInternetGatewayId"`
	Attachments api.Set[gatewayAttachmentItem] `xml:"attachmentSet"`
	Tags        api.Set[tag]                   `xml:"tagSet"`
}

// egressOnlyGatewayFilters has no more than the filters for tags.
// Source: EC2 API, DescribeEgressOnlyInternetGateways.
var egressOnlyGatewayFilters = filters[vpc.EgressOnlyGateway]{}

func describeEgressOnlyInternetGateways(v *view, in *describeEgressOnlyInternetGatewaysInput) (*describeEgressOnlyInternetGatewaysOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 255}, "egressOnlyInternetGatewayIdSet", in.GatewayIDs, egressOnlyGatewayFilters)
	out := &describeEgressOnlyInternetGatewaysOutput{NextToken: next}
	for _, g := range found {
		out.Gateways = append(out.Gateways, newEgressOnlyGatewayItem(v, g))
	}
	return out, err
}

func newEgressOnlyGatewayItem(at place, g *vpc.EgressOnlyGateway) egressOnlyGatewayItem {
	return egressOnlyGatewayItem{
		GatewayID: g.ID, Attachments: api.Set[gatewayAttachmentItem]{{g.VPCID, "attached"}}, Tags: tagSet(at, g.ID),
	}
}
