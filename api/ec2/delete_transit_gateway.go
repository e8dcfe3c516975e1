package ec2

import (
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

type deleteTransitGatewayInput struct {
	dryRun
	TransitGatewayID string `query:"TransitGatewayId"`
}

// deleteTransitGateway deletes a transit gateway without attachments, and its route tables with it.
func deleteTransitGateway(t *tx, in *deleteTransitGatewayInput) (*transitGatewayOutput, error) {
	g, err := findTransitGateway(t, in.TransitGatewayID)
	if err != nil {
		return nil, err
	}
	var attached []string
	for _, a := range vpc.Referring[vpc.TransitGatewayAttachment](t.Snapshot, g.ID) {
		attached = append(attached, a.ID)
	}
	if len(attached) > 0 {
		return nil, incorrectState("%s has non-deleted VPC Attachments: %s.", g.ID, strings.Join(attached, ", "))
	}
	out := &transitGatewayOutput{newTransitGatewayItem(t, g, "deleted")}
	for _, table := range vpc.Referring[vpc.TransitGatewayRouteTable](t.Snapshot, g.ID) {
		t.Remove(table)
	}
	t.Remove(g)
	return out, nil
}
