package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type modifyTransitGatewayVpcAttachmentInput struct {
	transitAttachmentInput
	AddSubnetIDs    []string                        `query:"AddSubnetIds"`
	RemoveSubnetIDs []string                        `query:"RemoveSubnetIds"`
	Options         transitAttachmentRequestOptions `query:"Options"`
}

// modifyTransitGatewayVpcAttachment removes subnets before it adds others, so
// that one may take another's place in its zone. Codes and texts are as
// floci-io/floci#2347 observed them.
func modifyTransitGatewayVpcAttachment(t *tx, in *modifyTransitGatewayVpcAttachmentInput) (*transitAttachmentOutput, error) {
	a, err := findTransitAttachment(t, in.TransitGatewayAttachmentID)
	if err != nil {
		return nil, err
	}
	a = vpc.Clone(a)
	for _, id := range in.RemoveSubnetIDs {
		if !t.detachSubnet(a, id) {
			return nil, missingTransitSubnet("%s is not attached but supplied in RemoveSubnets", id)
		}
	}
	if err := t.attachSubnets(a, in.AddSubnetIDs); err != nil {
		return nil, err
	}
	if len(a.Subnets) == 0 {
		return nil, &api.Error{Code: "InsufficientSubnetsException", Message: "Insufficient Subnets"}
	}
	in.Options.setTo(a)
	t.Put(a)
	return &transitAttachmentOutput{newTransitVpcAttachmentItem(t, a)}, nil
}
