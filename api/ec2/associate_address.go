package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type associateAddressInput struct {
	dryRun
	AllocationID       string `query:"AllocationId"`
	PublicIP           string `query:"PublicIp"`
	InstanceID         string `query:"InstanceId"`
	NetworkInterfaceID string `query:"NetworkInterfaceId"`
	PrivateIPAddress   string `query:"PrivateIpAddress"`
	AllowReassociation *bool  `query:"AllowReassociation"`
}

type associateAddressOutput struct {
	AssociationID string `xml:"associationId"`
}

// associateAddress takes the address from where it is and replaces the one that
// is there, unless the caller says that it must not. Source: EC2 API, AssociateAddress.
func associateAddress(t *tx, in *associateAddressInput) (*associateAddressOutput, error) {
	a, err := findAddress(t, in.AllocationID, in.PublicIP)
	if err != nil {
		return nil, err
	}
	e, private, err := in.target(t)
	if err != nil {
		return nil, err
	}
	if a.InterfaceID == e.ID && a.PrivateIP == private {
		return &associateAddressOutput{a.AssociationID}, nil
	}
	switch {
	case t.Refers(a.ID, vpc.KindNATGateway):
		return nil, notYours()
	case a.AssociationID != "" && in.AllowReassociation != nil && !*in.AllowReassociation:
		return nil, alreadyAssociated("resource %s is already associated with associate-id %s", a.ID, a.AssociationID)
	case !t.Refers(e.VPCID, vpc.KindInternetGateway):
		return nil, &api.Error{Code: "Gateway.NotAttached", Message: fmt.Sprintf("Network %s is not attached to any internet gateway", e.VPCID)}
	}
	if public := t.PublicOf(e, private); public != nil && public.Elastic != nil {
		t.disassociate(public.Elastic)
	}
	t.disassociate(a)
	a = vpc.Clone(a)
	a.AssociationID, a.InterfaceID, a.PrivateIP = t.newID("eipassoc"), e.ID, private
	t.Put(a)
	if err := t.updatePublicOf(e.ID); err != nil {
		return nil, err
	}
	return &associateAddressOutput{a.AssociationID}, nil
}

// target gives the interface and its private address that get the public one.
func (in *associateAddressInput) target(t *tx) (*vpc.ENI, netip.Addr, error) {
	e, err := in.networkInterface(t)
	if err != nil {
		return nil, netip.Addr{}, err
	}
	if e.RequesterManaged && !e.ByTag {
		return nil, netip.Addr{}, notYours()
	}
	private := e.PrivateIP
	if in.PrivateIPAddress != "" {
		private, err = netip.ParseAddr(in.PrivateIPAddress)
		if err != nil || !slices.Contains(e.PrivateIPs(), private) {
			return nil, private, invalidValue("Invalid value '%s' for PrivateIpAddress. It is not assigned to interface %s.", in.PrivateIPAddress, e.ID)
		}
	}
	if !private.IsValid() {
		return nil, private, invalidValue("The network interface '%s' has no private IPv4 address.", e.ID)
	}
	return e, private, nil
}

func (in *associateAddressInput) networkInterface(t *tx) (*vpc.ENI, error) {
	switch {
	case in.NetworkInterfaceID != "":
		return find[vpc.ENI](t, in.NetworkInterfaceID)
	case in.InstanceID == "":
		return nil, missingParameter("InstanceId or NetworkInterfaceId")
	}
	i, err := find[vpc.Instance](t, in.InstanceID)
	if err != nil {
		return nil, err
	}
	interfaces := t.Interfaces(i)
	switch {
	case len(interfaces) == 0:
		return nil, &api.Error{Code: "InvalidInstanceID", Message: fmt.Sprintf("The pending instance '%s' is not in a valid state for this operation.", i.ID)}
	case len(interfaces) > 1:
		return nil, severalInterfaces(i)
	}
	return interfaces[0], nil
}

func severalInterfaces(i *vpc.Instance) error {
	return &api.Error{
		Code: "InvalidInstanceID", Message: fmt.Sprintf("There are multiple interfaces attached to instance '%s'. Please specify an interface ID for the operation instead.", i.ID),
	}
}
