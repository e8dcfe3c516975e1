package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type createNetworkInterfaceInput struct {
	dryRun
	clientToken
	addressing
	SubnetID          string             `query:"SubnetId"`
	Description       string             `query:"Description"`
	SecurityGroupIDs  []string           `query:"SecurityGroupId"`
	InterfaceType     string             `query:"InterfaceType"`
	EnablePrimaryIPv6 bool               `query:"EnablePrimaryIpv6"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
	_                 struct{}           `ignored:"Operator"`
}

type createNetworkInterfaceOutput struct {
	NetworkInterface interfaceItem `xml:"networkInterface"`
	ClientToken      string        `xml:"clientToken,omitempty"`
}

func createNetworkInterface(t *tx, in *createNetworkInterfaceInput) (*createNetworkInterfaceOutput, error) {
	n, err := findRequired[vpc.Subnet](t, "subnetId", in.SubnetID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "interface", "efa", "efa-only", "branch", "trunk"}, in.InterfaceType) {
		return nil, invalidValue("Value (%s) for parameter interfaceType is invalid.", in.InterfaceType)
	}
	e := t.newInterface(n, in.Description)
	e.Type, e.RequesterID, e.PrimaryIPv6 = in.InterfaceType, t.Account, in.EnablePrimaryIPv6
	if e.Groups, err = t.groupsOf(n, in.SecurityGroupIDs); err != nil {
		return nil, err
	}
	if err := in.give(t, e, n); err != nil {
		return nil, err
	}
	if err := asRequester(e, in.TagSpecifications); err != nil {
		return nil, err
	}
	if err := t.create(e, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createNetworkInterfaceOutput{newInterfaceItem(t, e), in.ClientToken}, nil
}

// newInterface makes an interface without addresses.
func (t *tx) newInterface(n *vpc.Subnet, description string) *vpc.ENI {
	e := &vpc.ENI{Head: t.head("eni"), VPCID: n.VPCID, SubnetID: n.ID, Zone: n.Zone, Description: description, Created: t.now}
	e.MAC = vpc.MACOf(e.ID)
	return e
}

// asRequester makes e the interface of a service, if a tag says so.
func asRequester(e *vpc.ENI, specs []tagSpecification) error {
	for _, spec := range specs {
		for _, tag := range spec.Tags {
			if tag.Key != vpc.InterfaceTypeTag {
				continue
			}
			r := vpc.RequesterOf(tag.Value)
			if r == nil {
				return invalidValue("Value (%s) for the tag %s is invalid.", tag.Value, tag.Key)
			}
			r.Own(e, "")
			e.ByTag = true
		}
	}
	return nil
}
