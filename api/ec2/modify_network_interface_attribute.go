package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type modifyNetworkInterfaceAttributeInput struct {
	networkInterfaceInput
	Description       *stringValue      `query:"Description"`
	SourceDestCheck   *boolValue        `query:"SourceDestCheck"`
	SecurityGroupIDs  []string          `query:"SecurityGroupId"`
	Attachment        *attachmentChange `query:"Attachment"`
	EnablePrimaryIPv6 *bool             `query:"EnablePrimaryIpv6"`
	AssociatePublicIP *bool             `query:"AssociatePublicIpAddress"`
	_                 struct{}          `ignored:"EnaSrdSpecification ConnectionTrackingSpecification AssociatedSubnetId"`
}

type attachmentChange struct {
	AttachmentID        string   `query:"AttachmentId"`
	DeleteOnTermination *bool    `query:"DeleteOnTermination"`
	_                   struct{} `ignored:"DefaultEnaQueueCount EnaQueueCount"`
}

func modifyNetworkInterfaceAttribute(t *tx, in *modifyNetworkInterfaceAttributeInput) (*returnOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	setText(&e.Description, in.Description)
	if in.SourceDestCheck != nil {
		e.NoSourceCheck = !in.SourceDestCheck.Value
	}
	set(&e.PrimaryIPv6, in.EnablePrimaryIPv6)
	if len(in.SecurityGroupIDs) > 0 {
		if err := t.regroup(e, in.SecurityGroupIDs); err != nil {
			return nil, err
		}
	}
	if err := in.Attachment.apply(e); err != nil {
		return nil, err
	}
	if in.AssociatePublicIP != nil {
		e.AutoPublic = *in.AssociatePublicIP
		if err := t.updatePublic(e); err != nil {
			return nil, err
		}
	}
	t.Put(e)
	return done()
}

func (c *attachmentChange) apply(e *vpc.ENI) error {
	switch {
	case c == nil:
		return nil
	case c.AttachmentID == "":
		return missingParameter("attachmentId")
	case e.Attachment == nil || e.Attachment.ID != c.AttachmentID:
		return noAttachment(c.AttachmentID)
	case c.DeleteOnTermination != nil:
		e.Attachment.DeleteOnTermination = *c.DeleteOnTermination
	}
	return nil
}

func noAttachment(id string) error {
	return &api.Error{Code: "InvalidAttachmentID.NotFound", Message: fmt.Sprintf("The attachment ID '%s' does not exist", id)}
}

// editInterface is edit for an interface that is the caller's to change.
func (t *tx) editInterface(id string) (*vpc.ENI, error) {
	e, err := edit[vpc.ENI](t, id)
	if err == nil && e.RequesterManaged {
		return nil, notYours()
	}
	return e, err
}

// notYours is the error that a service manages a resource.
// Source: "Requester-managed network interfaces", EC2 user guide.
func notYours() error {
	return &api.Error{Code: "AuthFailure", Message: "You do not have permission to access the specified resource."}
}
