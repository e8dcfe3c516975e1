package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createTransitGatewayVpcAttachmentInput struct {
	dryRun
	TransitGatewayID  string                          `query:"TransitGatewayId"`
	VpcID             string                          `query:"VpcId"`
	SubnetIDs         []string                        `query:"SubnetIds"`
	Options           transitAttachmentRequestOptions `query:"Options"`
	TagSpecifications []tagSpecification              `query:"TagSpecifications"`
}

// createTransitGatewayVpcAttachment attaches a VPC, which is associated with and
// propagates to the transit gateway's default route tables.
// Source of the defaults: EC2 API, CreateTransitGatewayVpcAttachmentRequestOptions.
func createTransitGatewayVpcAttachment(t *tx, in *createTransitGatewayVpcAttachmentInput) (*transitAttachmentOutput, error) {
	g, err := findTransitGateway(t, in.TransitGatewayID)
	if err != nil {
		return nil, err
	}
	v, err := findTransit[vpc.VPC](t, "VpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	if len(in.SubnetIDs) == 0 {
		return nil, missingTransit("SubnetIds")
	}
	for _, a := range vpc.Referring[vpc.TransitGatewayAttachment](t.Snapshot, g.ID) {
		if a.VPCID == v.ID {
			return nil, &api.Error{Code: "DuplicateTransitGatewayAttachment", Message: fmt.Sprintf("%s has non-deleted Transit Gateway Attachments with same VPC ID.", g.ID)}
		}
	}
	a := &vpc.TransitGatewayAttachment{
		Head: t.head("tgw-attach"), TransitGatewayID: g.ID, VPCID: v.ID, DNS: true, GroupReferencing: true, AssociatedTable: g.AssociationTableID, Created: t.now,
	}
	in.Options.setTo(a)
	if g.PropagationTableID != "" {
		a.PropagatesTo = []string{g.PropagationTableID}
	}
	if err := t.attachSubnets(a, in.SubnetIDs); err != nil {
		return nil, err
	}
	if err := t.create(a, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &transitAttachmentOutput{newTransitVpcAttachmentItem(t, a)}, nil
}
