package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeAddressesInput struct {
	dryRun
	AllocationIDs []string `query:"AllocationId"`
	PublicIPs     []string `query:"PublicIp"`
	Filters       []filter `query:"Filter"`
}

type describeAddressesOutput struct {
	Addresses api.Set[addressItem] `xml:"addressesSet"`
}

type addressItem struct {
	AllocationID            string       `xml:"allocationId"`
	AssociationID           string       `xml:"associationId,omitempty"`
	Domain                  string       `xml:"domain"`
	InstanceID              string       `xml:"instanceId,omitempty"`
	NetworkInterfaceID      string       `xml:"networkInterfaceId,omitempty"`
	NetworkInterfaceOwnerID string       `xml:"networkInterfaceOwnerId,omitempty"`
	SubnetID                string       `xml:"subnetId,omitempty"`
	PrivateIPAddress        string       `xml:"privateIpAddress,omitempty"`
	PublicIP                string       `xml:"publicIp"`
	PublicIPv4Pool          string       `xml:"publicIpv4Pool"`
	NetworkBorderGroup      string       `xml:"networkBorderGroup"`
	ServiceManaged          string       `xml:"serviceManaged,omitempty"`
	Tags                    api.Set[tag] `xml:"tagSet"`
}

// Source: EC2 API, DescribeAddresses.
var addressFilters = filters[vpc.Address]{
	"allocation-id":              func(_ *view, a *vpc.Address) []string { return one(a.ID) },
	"association-id":             func(_ *view, a *vpc.Address) []string { return one(a.AssociationID) },
	"domain":                     func(*view, *vpc.Address) []string { return one(domainVPC) },
	"instance-id":                func(v *view, a *vpc.Address) []string { return one(newAddressItem(v, a).InstanceID) },
	"network-border-group":       func(_ *view, a *vpc.Address) []string { return one(a.Region) },
	"network-interface-id":       func(_ *view, a *vpc.Address) []string { return one(a.InterfaceID) },
	"network-interface-owner-id": func(v *view, a *vpc.Address) []string { return one(newAddressItem(v, a).NetworkInterfaceOwnerID) },
	"private-ip-address":         func(_ *view, a *vpc.Address) []string { return oneAddr(a.PrivateIP) },
	"public-ip":                  func(_ *view, a *vpc.Address) []string { return oneAddr(a.PublicIP) },
}

// describeAddresses has no pages. Source: EC2 API, DescribeAddresses.
func describeAddresses(v *view, in *describeAddressesInput) (*describeAddressesOutput, error) {
	if err := addressFilters.check(in.Filters); err != nil {
		return nil, err
	}
	found, err := in.named(v)
	if err != nil {
		return nil, err
	}
	out := &describeAddressesOutput{}
	for _, a := range found {
		if addressFilters.match(v, a, a.ID, in.Filters) {
			out.Addresses = append(out.Addresses, newAddressItem(v, a))
		}
	}
	return out, nil
}

// named gives the addresses that were asked for, all if none was.
func (in *describeAddressesInput) named(v *view) ([]*vpc.Address, error) {
	if len(in.AllocationIDs)+len(in.PublicIPs) == 0 {
		return list[vpc.Address](v), nil
	}
	var out []*vpc.Address
	for _, id := range in.AllocationIDs {
		a, err := findAddress(v, id, "")
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	for _, ip := range in.PublicIPs {
		a, err := findAddress(v, "", ip)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func newAddressItem(at place, a *vpc.Address) addressItem {
	item := addressItem{
		AllocationID: a.ID, AssociationID: a.AssociationID, Domain: domainVPC, NetworkInterfaceID: a.InterfaceID, PrivateIPAddress: addrText(a.PrivateIP),
		PublicIP: addrText(a.PublicIP), PublicIPv4Pool: amazonPool, NetworkBorderGroup: a.Region, ServiceManaged: a.ServiceManaged, Tags: tagSet(at, a.ID),
	}
	s, _ := at.in()
	if e := s.ENI(a.InterfaceID); e != nil {
		item.InstanceID, item.NetworkInterfaceOwnerID, item.SubnetID = e.InstanceID, e.Account, e.SubnetID
	}
	return item
}
