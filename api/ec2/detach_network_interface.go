package ec2

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type detachNetworkInterfaceInput struct {
	dryRun
	AttachmentID string   `query:"AttachmentId"`
	_            struct{} `ignored:"Force"`
}

func detachNetworkInterface(t *tx, in *detachNetworkInterfaceInput) (*returnOutput, error) {
	found := vpc.Referring[vpc.ENI](t.Snapshot, in.AttachmentID)
	if len(found) == 0 || !owns(t.Caller, found[0]) {
		return nil, noAttachment(in.AttachmentID)
	}
	e := vpc.Clone(found[0])
	switch {
	case e.ByTag: // its maker may do what a service may
	case strings.HasPrefix(in.AttachmentID, "ela-attach-"):
		return nil, &api.Error{Code: "OperationNotPermitted", Message: "You are not allowed to manage 'ela-attach' attachments."}
	case e.RequesterManaged:
		return nil, notYours()
	case e.Attachment.DeviceIndex == 0:
		return nil, &api.Error{
			Code: "OperationNotPermitted", Message: fmt.Sprintf("The network interface at device index 0 and networkCard index 0 cannot be detached: %s", in.AttachmentID),
		}
	}
	detach(e)
	t.Put(e)
	return done()
}

// detach detaches e, which is put afterwards, from what it is attached to.
func detach(e *vpc.ENI) {
	e.InstanceID, e.Attachment, e.Detached = "", nil, e.Attachment
	e.PublicIP, e.PublicOwner = netip.Addr{}, ""
}
