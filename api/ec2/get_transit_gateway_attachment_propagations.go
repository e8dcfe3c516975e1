package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getTransitGatewayAttachmentPropagationsInput struct {
	describing
	TransitGatewayAttachmentID string `query:"TransitGatewayAttachmentId"`
}

type getTransitGatewayAttachmentPropagationsOutput struct {
	Propagations api.Set[attachmentPropagationItem] `xml:"transitGatewayAttachmentPropagations"`
	NextToken    string                             `xml:"nextToken,omitempty"`
}

type attachmentPropagationItem struct {
	TransitGatewayRouteTableID string `xml:"transitGatewayRouteTableId"`
	State                      string `xml:"state"`
}

var attachmentPropagationFilters = filters[vpc.TransitGatewayRouteTable]{"transit-gateway-route-table-id": transitTableID}

func getTransitGatewayAttachmentPropagations(v *view, in *getTransitGatewayAttachmentPropagationsInput) (*getTransitGatewayAttachmentPropagationsOutput, error) {
	a, err := findTransitAttachment(v, in.TransitGatewayAttachmentID)
	if err != nil {
		return nil, err
	}
	found, next, err := describeAmong(v, &in.describing, pageSize{5, 1000}, "", nil, attachmentPropagationFilters, func(table *vpc.TransitGatewayRouteTable) bool { return slices.Contains(a.PropagatesTo, table.ID) })
	out := &getTransitGatewayAttachmentPropagationsOutput{NextToken: next}
	for _, table := range found {
		out.Propagations = append(out.Propagations, attachmentPropagationItem{table.ID, "enabled"})
	}
	return out, err
}
