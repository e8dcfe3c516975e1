package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type attachNetworkInterfaceInput struct {
	networkInterfaceInput
	InstanceID       string   `query:"InstanceId"`
	DeviceIndex      *int     `query:"DeviceIndex"`
	NetworkCardIndex int      `query:"NetworkCardIndex"`
	_                struct{} `ignored:"EnaSrdSpecification EnaQueueCount"`
}

type attachNetworkInterfaceOutput struct {
	AttachmentID     string `xml:"attachmentId"`
	NetworkCardIndex int    `xml:"networkCardIndex"`
}

func attachNetworkInterface(t *tx, in *attachNetworkInterfaceInput) (*attachNetworkInterfaceOutput, error) {
	e, err := t.editInterface(in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	if in.DeviceIndex == nil {
		return nil, missingParameter("deviceIndex")
	}
	i, err := find[vpc.Instance](t, in.InstanceID)
	if err != nil {
		return nil, err
	}
	if i.State == vpc.Terminated {
		return nil, incorrectInstanceState("The instance '%s' is not in a valid state for this operation.", i.ID)
	}
	if err := t.attach(e, i, *in.DeviceIndex, in.NetworkCardIndex, false); err != nil {
		return nil, err
	}
	t.Put(e)
	return &attachNetworkInterfaceOutput{e.Attachment.ID, in.NetworkCardIndex}, nil
}

// attach attaches e, which is put afterwards, to an instance.
func (t *tx) attach(e *vpc.ENI, i *vpc.Instance, index, card int, deleteOnTermination bool) error {
	if e.Attachment != nil {
		return &api.Error{Code: "InvalidNetworkInterface.InUse", Message: fmt.Sprintf("Interface: [%s] in use.", e.ID)}
	}
	if e.Zone.Name != i.Zone.Name {
		return invalidValue("You may not attach a network interface to an instance if they are not in the same availability zone: %s, %s", e.ID, i.ID)
	}
	for _, other := range t.Interfaces(i) {
		if a := other.Attachment; a.DeviceIndex == index && a.NetworkCard == card {
			return invalidValue("Instance '%s' already has an interface attached at device index '%d'.", i.ID, index)
		}
	}
	e.InstanceID, e.Detached = i.ID, nil
	e.Attachment = &vpc.Attachment{
		ID: t.newID("eni-attach"), InstanceOwner: i.Account, DeviceIndex: index, NetworkCard: card, DeleteOnTermination: deleteOnTermination, Time: t.now,
	}
	return nil
}
