package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeTransitGatewayVpcAttachmentsInput struct {
	describing
	TransitGatewayAttachmentIDs []string `query:"TransitGatewayAttachmentIds"`
}

type describeTransitGatewayVpcAttachmentsOutput struct {
	TransitGatewayVpcAttachments api.Set[transitVpcAttachmentItem] `xml:"transitGatewayVpcAttachments"`
	NextToken                    string                            `xml:"nextToken,omitempty"`
}

var transitVpcAttachmentFilters = filters[vpc.TransitGatewayAttachment]{
	"state":                         transitAttachmentState,
	"transit-gateway-attachment-id": transitAttachmentID,
	"transit-gateway-id":            func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.TransitGatewayID) },
	"vpc-id":                        transitAttachmentVPC,
}

func transitAttachmentID(_ *view, a *vpc.TransitGatewayAttachment) []string  { return one(a.ID) }
func transitAttachmentVPC(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.VPCID) }

func transitAttachmentState(_ *view, a *vpc.TransitGatewayAttachment) []string {
	return one(transitState(a))
}

func describeTransitGatewayVpcAttachments(v *view, in *describeTransitGatewayVpcAttachmentsInput) (*describeTransitGatewayVpcAttachmentsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "transitGatewayAttachmentIds", in.TransitGatewayAttachmentIDs, transitVpcAttachmentFilters)
	out := &describeTransitGatewayVpcAttachmentsOutput{NextToken: next}
	for _, a := range found {
		out.TransitGatewayVpcAttachments = append(out.TransitGatewayVpcAttachments, newTransitVpcAttachmentItem(v, a))
	}
	return out, err
}
