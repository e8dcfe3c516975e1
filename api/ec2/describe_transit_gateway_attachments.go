package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeTransitGatewayAttachmentsInput struct {
	describing
	TransitGatewayAttachmentIDs []string `query:"TransitGatewayAttachmentIds"`
}

type describeTransitGatewayAttachmentsOutput struct {
	TransitGatewayAttachments api.Set[transitAttachmentItem] `xml:"transitGatewayAttachments"`
	NextToken                 string                         `xml:"nextToken,omitempty"`
}

// transitAttachmentItem is an attachment of whatever kind of resource.
type transitAttachmentItem struct {
	TransitGatewayAttachmentID string                        `xml:"transitGatewayAttachmentId"`
	TransitGatewayID           string                        `xml:"transitGatewayId"`
	TransitGatewayOwnerID      string                        `xml:"transitGatewayOwnerId"`
	ResourceOwnerID            string                        `xml:"resourceOwnerId"`
	ResourceType               string                        `xml:"resourceType"`
	ResourceID                 string                        `xml:"resourceId"`
	State                      string                        `xml:"state"`
	Association                *transitAttachmentAssociation `xml:"association"`
	CreationTime               api.Timestamp                 `xml:"creationTime"`
	Tags                       api.Set[tag]                  `xml:"tagSet"`
}

type transitAttachmentAssociation struct {
	TransitGatewayRouteTableID string `xml:"transitGatewayRouteTableId"`
	State                      string `xml:"state"`
}

// transitResourceType is the resource type of an attachment: there are only those of VPCs.
const transitResourceType = "vpc"

var transitAttachmentFilters = filters[vpc.TransitGatewayAttachment]{
	"association.state":                          func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(transitAssociationState(a)) },
	"association.transit-gateway-route-table-id": func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.AssociatedTable) },

	"resource-id":                   transitAttachmentVPC,
	"resource-owner-id":             func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.Account) },
	"resource-type":                 transitAttachmentType,
	"state":                         transitAttachmentState,
	"transit-gateway-attachment-id": transitAttachmentID,
	"transit-gateway-id":            func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.TransitGatewayID) },
	"transit-gateway-owner-id":      func(_ *view, a *vpc.TransitGatewayAttachment) []string { return one(a.Account) },
}

func transitAttachmentType(*view, *vpc.TransitGatewayAttachment) []string {
	return one(transitResourceType)
}

func transitAssociationState(a *vpc.TransitGatewayAttachment) string {
	if a.AssociatedTable == "" {
		return ""
	}
	return "associated"
}

func describeTransitGatewayAttachments(v *view, in *describeTransitGatewayAttachmentsInput) (*describeTransitGatewayAttachmentsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "transitGatewayAttachmentIds", in.TransitGatewayAttachmentIDs, transitAttachmentFilters)
	out := &describeTransitGatewayAttachmentsOutput{NextToken: next}
	for _, a := range found {
		out.TransitGatewayAttachments = append(out.TransitGatewayAttachments, newTransitAttachmentItem(v, a))
	}
	return out, err
}

func newTransitAttachmentItem(at place, a *vpc.TransitGatewayAttachment) transitAttachmentItem {
	item := transitAttachmentItem{
		TransitGatewayAttachmentID: a.ID, TransitGatewayID: a.TransitGatewayID, TransitGatewayOwnerID: a.Account, ResourceOwnerID: a.Account,
		ResourceType: transitResourceType, ResourceID: a.VPCID, State: transitState(a), CreationTime: api.Timestamp{Time: a.Created}, Tags: tagSet(at, a.ID),
	}
	if a.AssociatedTable != "" {
		item.Association = &transitAttachmentAssociation{a.AssociatedTable, transitAssociationState(a)}
	}
	return item
}
