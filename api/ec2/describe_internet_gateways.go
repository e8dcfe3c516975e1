package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeInternetGatewaysInput struct {
	describing
	InternetGatewayIDs []string `query:"InternetGatewayId"`
}

type describeInternetGatewaysOutput struct {
	InternetGateways api.Set[internetGatewayItem] `xml:"internetGatewaySet"`
	NextToken        string                       `xml:"nextToken,omitempty"`
}

type internetGatewayItem struct {
	InternetGatewayID string                         `xml:"internetGatewayId"`
	OwnerID           string                         `xml:"ownerId"`
	Attachments       api.Set[gatewayAttachmentItem] `xml:"attachmentSet"`
	Tags              api.Set[tag]                   `xml:"tagSet"`
}

type gatewayAttachmentItem struct {
	VpcID string `xml:"vpcId"`
	State string `xml:"state"`
}

// attachedState is how EC2 calls an internet gateway's attachment, other than its
// API model says. Source: EC2 API, DescribeInternetGateways, attachment.state.
const attachedState = "available"

var internetGatewayFilters = filters[vpc.InternetGateway]{
	"attachment.state": func(_ *view, g *vpc.InternetGateway) []string {
		if g.VPCID == "" {
			return nil
		}
		return one(attachedState)
	},
	"attachment.vpc-id":   func(_ *view, g *vpc.InternetGateway) []string { return one(g.VPCID) },
	"internet-gateway-id": func(_ *view, g *vpc.InternetGateway) []string { return one(g.ID) },
	"owner-id":            func(_ *view, g *vpc.InternetGateway) []string { return one(g.Account) },
}

func describeInternetGateways(v *view, in *describeInternetGatewaysInput) (*describeInternetGatewaysOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "internetGatewayIdSet", in.InternetGatewayIDs, internetGatewayFilters)
	out := &describeInternetGatewaysOutput{NextToken: next}
	for _, g := range found {
		out.InternetGateways = append(out.InternetGateways, newInternetGatewayItem(v, g))
	}
	return out, err
}

func newInternetGatewayItem(at place, g *vpc.InternetGateway) internetGatewayItem {
	item := internetGatewayItem{InternetGatewayID: g.ID, OwnerID: g.Account, Tags: tagSet(at, g.ID)}
	if g.VPCID != "" {
		item.Attachments = append(item.Attachments, gatewayAttachmentItem{g.VPCID, attachedState})
	}
	return item
}
