package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNetworkInterfaceAttributeInput struct {
	networkInterfaceInput
	Attribute string `query:"Attribute"`
}

type describeNetworkInterfaceAttributeOutput struct {
	NetworkInterfaceID string                    `xml:"networkInterfaceId"`
	Attachment         *attachment               `xml:"attachment,omitempty"`
	Description        *stringValue              `xml:"description,omitempty"`
	Groups             *api.Set[groupIdentifier] `xml:"groupSet,omitempty"`
	SourceDestCheck    *boolValue                `xml:"sourceDestCheck,omitempty"`
	AssociatePublicIP  *bool                     `xml:"associatePublicIpAddress,omitempty"`
}

func describeNetworkInterfaceAttribute(v *view, in *describeNetworkInterfaceAttributeInput) (*describeNetworkInterfaceAttributeOutput, error) {
	e, err := find[vpc.ENI](v, in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	out := &describeNetworkInterfaceAttributeOutput{NetworkInterfaceID: e.ID}
	item := newInterfaceItem(v, e)
	switch in.Attribute {
	case "attachment":
		out.Attachment = item.Attachment
	case "description":
		out.Description = &stringValue{item.Description}
	case "groupSet":
		out.Groups = &item.Groups
	case "sourceDestCheck":
		out.SourceDestCheck = &boolValue{item.SourceDestCheck}
	case "associatePublicIpAddress":
		out.AssociatePublicIP = &e.AutoPublic
	case "":
		return nil, missingParameter("attribute")
	default:
		return nil, invalidValue("Value (%s) for parameter attribute is invalid. Unknown network interface attribute.", in.Attribute)
	}
	return out, nil
}
