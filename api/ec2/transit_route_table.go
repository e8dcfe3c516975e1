package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// transitTableOutput is the reply of the actions that make or delete a route table.
type transitTableOutput struct {
	TransitGatewayRouteTable transitTableItem `xml:"transitGatewayRouteTable"`
}

type transitTableItem struct {
	TransitGatewayRouteTableID   string        `xml:"transitGatewayRouteTableId"`
	TransitGatewayID             string        `xml:"transitGatewayId"`
	State                        string        `xml:"state"`
	DefaultAssociationRouteTable bool          `xml:"defaultAssociationRouteTable"`
	DefaultPropagationRouteTable bool          `xml:"defaultPropagationRouteTable"`
	CreationTime                 api.Timestamp `xml:"creationTime"`
	Tags                         api.Set[tag]  `xml:"tagSet"`
}

func newTransitTableItem(at place, table *vpc.TransitGatewayRouteTable, state string) transitTableItem {
	association, propagation := defaultsOf(at, table)
	return transitTableItem{
		TransitGatewayRouteTableID: table.ID, TransitGatewayID: table.TransitGatewayID, State: state,
		DefaultAssociationRouteTable: association, DefaultPropagationRouteTable: propagation,
		CreationTime: api.Timestamp{Time: table.Created}, Tags: tagSet(at, table.ID),
	}
}

// defaultsOf says whether a route table is its transit gateway's default for
// association and for propagation.
func defaultsOf(at place, table *vpc.TransitGatewayRouteTable) (association, propagation bool) {
	s, _ := at.in()
	g := vpc.Get[vpc.TransitGateway](s, table.TransitGatewayID)
	return g != nil && g.AssociationTableID == table.ID, g != nil && g.PropagationTableID == table.ID
}

// transitPairInput is the input of the actions that connect a route table and an attachment.
type transitPairInput struct {
	dryRun
	TransitGatewayRouteTableID string `query:"TransitGatewayRouteTableId"`
	TransitGatewayAttachmentID string `query:"TransitGatewayAttachmentId"`
}

// edit gives a copy of the attachment, to be changed, after making sure of the route table.
func (in *transitPairInput) edit(t *tx) (*vpc.TransitGatewayAttachment, error) {
	table, err := findTransitTable(t, in.TransitGatewayRouteTableID)
	if err != nil {
		return nil, err
	}
	a, err := attachmentBeside(t, table, in.TransitGatewayAttachmentID)
	if err != nil {
		return nil, err
	}
	return vpc.Clone(a), nil
}

// attachmentBeside gives an attachment of the route table's transit gateway. One
// of another counts as none, as floci-io/floci#2348 observed.
func attachmentBeside(t *tx, table *vpc.TransitGatewayRouteTable, id string) (*vpc.TransitGatewayAttachment, error) {
	a, err := findTransitAttachment(t, id)
	if err == nil && a.TransitGatewayID != table.TransitGatewayID {
		return nil, notFound[vpc.TransitGatewayAttachment](id)
	}
	return a, err
}

// transitAssociationOutput is the reply of the actions about an association.
type transitAssociationOutput struct {
	Association transitAssociationItem `xml:"association"`
}

type transitAssociationItem struct {
	TransitGatewayRouteTableID string `xml:"transitGatewayRouteTableId"`
	TransitGatewayAttachmentID string `xml:"transitGatewayAttachmentId"`
	ResourceID                 string `xml:"resourceId"`
	ResourceType               string `xml:"resourceType"`
	State                      string `xml:"state"`
}

func newTransitAssociationOutput(a *vpc.TransitGatewayAttachment, tableID, state string) *transitAssociationOutput {
	return &transitAssociationOutput{transitAssociationItem{tableID, a.ID, a.VPCID, transitResourceType, state}}
}

// transitPropagationOutput is the reply of the actions about a propagation.
type transitPropagationOutput struct {
	Propagation transitPropagationItem `xml:"propagation"`
}

type transitPropagationItem struct {
	TransitGatewayAttachmentID string `xml:"transitGatewayAttachmentId"`
	ResourceID                 string `xml:"resourceId"`
	ResourceType               string `xml:"resourceType"`
	TransitGatewayRouteTableID string `xml:"transitGatewayRouteTableId"`
	State                      string `xml:"state"`
}

func newTransitPropagationOutput(a *vpc.TransitGatewayAttachment, tableID, state string) *transitPropagationOutput {
	return &transitPropagationOutput{transitPropagationItem{a.ID, a.VPCID, transitResourceType, tableID, state}}
}

// stopPropagation takes a route table out of those that an attachment propagates to.
func stopPropagation(a *vpc.TransitGatewayAttachment, tableID string) {
	a.PropagatesTo = slices.DeleteFunc(a.PropagatesTo, func(id string) bool { return id == tableID })
}

// transitTableListInput is the input of the actions that list what a route table has.
type transitTableListInput struct {
	describing
	TransitGatewayRouteTableID string `query:"TransitGatewayRouteTableId"`
}

// transitTableListItem is an attachment in such a list.
type transitTableListItem struct {
	TransitGatewayAttachmentID string `xml:"transitGatewayAttachmentId"`
	ResourceID                 string `xml:"resourceId"`
	ResourceType               string `xml:"resourceType"`
	State                      string `xml:"state"`
}

func newTransitTableListItem(a *vpc.TransitGatewayAttachment, state string) transitTableListItem {
	return transitTableListItem{a.ID, a.VPCID, transitResourceType, state}
}

// transitTableListFilters are those of attachments in such a list.
var transitTableListFilters = filters[vpc.TransitGatewayAttachment]{
	"resource-id":                   transitAttachmentVPC,
	"resource-type":                 transitAttachmentType,
	"transit-gateway-attachment-id": transitAttachmentID,
}
