package ec2

import (
	"cmp"
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// launchInterface is an interface of an instance that is to be launched.
type launchInterface struct {
	addressing
	NetworkInterfaceID  string   `query:"NetworkInterfaceId"` // one that is there
	SubnetID            string   `query:"SubnetId"`
	SecurityGroupIDs    []string `query:"SecurityGroupId"`
	Description         string   `query:"Description"`
	DeviceIndex         *int     `query:"DeviceIndex"`
	NetworkCardIndex    int      `query:"NetworkCardIndex"`
	InterfaceType       string   `query:"InterfaceType"`
	AssociatePublicIP   *bool    `query:"AssociatePublicIpAddress"`
	DeleteOnTermination *bool    `query:"DeleteOnTermination"`
	PrimaryIPv6         bool     `query:"PrimaryIpv6"`
	_                   struct{} `ignored:"AssociateCarrierIpAddress EnaSrdSpecification EnaQueueCount"`
}

// interfaces gives the interfaces that each instance gets, the primary one first.
func (in *runInstancesInput) interfaces(t *tx) ([]launchInterface, error) {
	if len(in.NetworkInterfaces) == 0 {
		n, err := in.subnet(t)
		if err != nil {
			return nil, err
		}
		groups, err := in.groups(t, n)
		if err != nil {
			return nil, err
		}
		addresses := addressing{PrivateIPAddress: in.PrivateIPAddress, IPv6Addresses: in.IPv6Addresses, IPv6Count: in.IPv6Count}
		return []launchInterface{{addressing: addresses, SubnetID: n.ID, SecurityGroupIDs: groups, PrimaryIPv6: in.PrimaryIPv6}}, nil
	}
	if err := in.onlyInterfaces(); err != nil {
		return nil, err
	}
	out := make([]launchInterface, 0, len(in.NetworkInterfaces))
	for _, l := range in.NetworkInterfaces {
		if l.DeviceIndex == nil {
			return nil, invalidValue("Each network interface requires a device index.")
		}
		if l.SubnetID == "" && l.NetworkInterfaceID == "" {
			n, err := in.subnet(t)
			if err != nil {
				return nil, err
			}
			l.SubnetID = n.ID
		}
		if *l.DeviceIndex == 0 && l.NetworkCardIndex == 0 {
			out = append([]launchInterface{l}, out...)
		} else {
			out = append(out, l)
		}
	}
	if *out[0].DeviceIndex != 0 {
		return nil, invalidCombination("A network interface with device index 0 must be specified.")
	}
	return out, nil
}

// onlyInterfaces refuses what cannot be said of the instance when it is said of its interfaces.
func (in *runInstancesInput) onlyInterfaces() error {
	text := ""
	switch {
	case in.SubnetID != "":
		text = "Network interfaces and an instance-level subnet ID may not be specified on the same request"
	case len(in.SecurityGroupIDs)+len(in.SecurityGroups) > 0:
		text = "Network interfaces and an instance-level security groups may not be specified on the same request"
	case in.PrivateIPAddress != "":
		text = "Network interfaces and an instance-level private IP address may not be specified on the same request"
	}
	for _, l := range in.NetworkInterfaces {
		if value(l.AssociatePublicIP) && len(in.NetworkInterfaces) > 1 {
			text = "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces."
		}
		if l.NetworkInterfaceID != "" && *in.MaxCount > 1 {
			text = "An existing network interface may not be specified when launching more than one instance."
		}
	}
	if text == "" {
		return nil
	}
	return invalidCombination("%s", text)
}

// subnet gives the subnet that was asked for or a default one.
func (in *runInstancesInput) subnet(t *tx) (*vpc.Subnet, error) {
	if in.SubnetID != "" {
		return find[vpc.Subnet](t, in.SubnetID)
	}
	v := t.DefaultVPC(t.Account, t.Region)
	if v == nil {
		return nil, noDefaultVPC(groupNameHint)
	}
	p := in.Placement
	for _, n := range vpc.Referring[vpc.Subnet](t.Snapshot, v.ID) {
		if n.DefaultFor && p.fits(n.Zone) {
			return n, nil
		}
	}
	if zone := cmp.Or(p.AvailabilityZone, p.AvailabilityZoneID); zone != "" {
		return nil, &api.Error{Code: "MissingInput", Message: fmt.Sprintf("No default subnet for availability zone: '%s'.", zone)}
	}
	return nil, &api.Error{Code: "MissingInput", Message: fmt.Sprintf("No subnets found for the default VPC '%s'. Please specify a subnet.", v.ID)}
}

// groups gives the instance's security groups, of which the request may name some.
func (in *runInstancesInput) groups(t *tx, n *vpc.Subnet) ([]string, error) {
	ids := in.SecurityGroupIDs
	for _, name := range in.SecurityGroups {
		g := groupIn(t.Snapshot, n.VPCID, name)
		if g == nil {
			return nil, noGroup("The security group '%s' does not exist in VPC '%s'", name, n.VPCID)
		}
		ids = append(ids, g.ID)
	}
	return ids, nil
}

// subnetOf gives the subnet that an interface of a launch lies or will lie in.
func (l *launchInterface) subnetOf(t *tx) (*vpc.Subnet, error) {
	if l.NetworkInterfaceID == "" {
		return find[vpc.Subnet](t, l.SubnetID)
	}
	e, err := find[vpc.ENI](t, l.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	return find[vpc.Subnet](t, e.SubnetID)
}

// launch makes an interface of a launch, or takes one that is there, and attaches it.
func (l *launchInterface) launch(t *tx, i *vpc.Instance, specs []tagSpecification) error {
	if l.NetworkInterfaceID != "" {
		e, err := t.editInterface(l.NetworkInterfaceID)
		if err != nil {
			return err
		}
		if err := t.attach(e, i, value(l.DeviceIndex), l.NetworkCardIndex, value(l.DeleteOnTermination)); err != nil {
			return err
		}
		t.Put(e)
		return nil
	}
	n, err := find[vpc.Subnet](t, l.SubnetID)
	if err != nil {
		return err
	}
	e := t.newInterface(n, l.Description)
	e.Type, e.PrimaryIPv6 = l.InterfaceType, l.PrimaryIPv6
	if e.Groups, err = t.groupsOf(n, l.SecurityGroupIDs); err != nil {
		return err
	}
	if err := l.give(t, e, n); err != nil {
		return err
	}
	if err := t.attach(e, i, value(l.DeviceIndex), l.NetworkCardIndex, l.DeleteOnTermination == nil || *l.DeleteOnTermination); err != nil {
		return err
	}
	e.AutoPublic = value(l.DeviceIndex) == 0 && n.MapPublicIP
	set(&e.AutoPublic, l.AssociatePublicIP)
	if err := t.updatePublic(e); err != nil {
		return err
	}
	t.Put(e)
	return t.tagNew(e, specs, launched...)
}

// launched is the kinds of what RunInstances makes and can tag.
var launched = []vpc.Kind{vpc.KindInstance, vpc.KindENI, vpc.KindVolume, "spot-instances-request", "elastic-gpu"}
