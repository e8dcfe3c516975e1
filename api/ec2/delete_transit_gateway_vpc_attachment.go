package ec2

import "github.com/flowemu/flowemu/vpc"

// deleteTransitGatewayVpcAttachment deletes an attachment, which is still shown
// for a while, with its interfaces. Static routes to it become blackholes, as floci-io/floci#2348 observed.
func deleteTransitGatewayVpcAttachment(t *tx, in *transitAttachmentInput) (*transitAttachmentOutput, error) {
	a, err := findTransitAttachment(t, in.TransitGatewayAttachmentID)
	if err != nil {
		return nil, err
	}
	for _, table := range vpc.Referring[vpc.TransitGatewayRouteTable](t.Snapshot, a.ID) {
		table = vpc.Clone(table)
		for i := range table.Routes {
			if r := &table.Routes[i]; r.AttachmentID == a.ID {
				r.AttachmentID = ""
			}
		}
		t.Put(table)
	}
	for _, n := range a.Subnets {
		t.removeTransitInterface(n)
	}
	a = vpc.Clone(a)
	a.AssociatedTable, a.PropagatesTo, a.Ended = "", nil, t.now
	t.Put(a)
	return &transitAttachmentOutput{newTransitVpcAttachmentItem(t, a)}, nil
}
