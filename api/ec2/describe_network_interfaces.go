package ec2

import (
	"cmp"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNetworkInterfacesInput struct {
	describing
	NetworkInterfaceIDs []string `query:"NetworkInterfaceId"`
}

type describeNetworkInterfacesOutput struct {
	NetworkInterfaces api.Set[interfaceItem] `xml:"networkInterfaceSet"`
	NextToken         string                 `xml:"nextToken,omitempty"`
}

type interfaceItem struct {
	NetworkInterfaceID string               `xml:"networkInterfaceId"`
	SubnetID           string               `xml:"subnetId"`
	VpcID              string               `xml:"vpcId"`
	AvailabilityZone   string               `xml:"availabilityZone"`
	AvailabilityZoneID string               `xml:"availabilityZoneId"`
	Description        string               `xml:"description"`
	OwnerID            string               `xml:"ownerId"`
	RequesterManaged   bool                 `xml:"requesterManaged"`
	Status             string               `xml:"status"`
	MacAddress         string               `xml:"macAddress"`
	PrivateIPAddress   string               `xml:"privateIpAddress,omitempty"`
	SourceDestCheck    bool                 `xml:"sourceDestCheck"`
	InterfaceType      string               `xml:"interfaceType"`
	Groups             api.Set[struct{}]    `xml:"groupSet"`
	Attachment         *attachment          `xml:"attachment"`
	Tags               api.Set[tag]         `xml:"tagSet"`
	PrivateIPAddresses api.Set[privateAddr] `xml:"privateIpAddressesSet"`
	IPv6Addresses      api.Set[ipv6Addr]    `xml:"ipv6AddressesSet"`
}

type attachment struct {
	AttachmentID        string `xml:"attachmentId"`
	InstanceID          string `xml:"instanceId"`
	InstanceOwnerID     string `xml:"instanceOwnerId"`
	DeviceIndex         int    `xml:"deviceIndex"`
	Status              string `xml:"status"`
	DeleteOnTermination bool   `xml:"deleteOnTermination"`
}

type privateAddr struct {
	PrivateIPAddress string `xml:"privateIpAddress"`
	Primary          bool   `xml:"primary"`
}

type ipv6Addr struct {
	IPv6Address string `xml:"ipv6Address"`
}

var interfaceFilters = filters[vpc.ENI]{
	"attachment.instance-id": func(_ *view, e *vpc.ENI) []string { return one(e.InstanceID) },
	"attachment.status":      func(_ *view, e *vpc.ENI) []string { _, attached := statusOf(e); return one(attached) },
	"availability-zone":      func(_ *view, e *vpc.ENI) []string { return one(e.Zone.Name) },
	"availability-zone-id":   func(_ *view, e *vpc.ENI) []string { return one(e.Zone.ID) },
	"description":            func(_ *view, e *vpc.ENI) []string { return one(e.Description) },
	"interface-type":         func(_ *view, e *vpc.ENI) []string { return one(interfaceType(e)) },
	"mac-address":            func(_ *view, e *vpc.ENI) []string { return one(e.MAC) },
	"network-interface-id":   func(_ *view, e *vpc.ENI) []string { return one(e.ID) },
	"owner-id":               func(_ *view, e *vpc.ENI) []string { return one(e.Account) },
	"private-ip-address":     func(_ *view, e *vpc.ENI) []string { return oneAddr(e.PrivateIP) },
	"requester-managed":      func(_ *view, e *vpc.ENI) []string { return oneBool(e.RequesterManaged) },
	"status":                 func(_ *view, e *vpc.ENI) []string { status, _ := statusOf(e); return one(status) },
	"subnet-id":              func(_ *view, e *vpc.ENI) []string { return one(e.SubnetID) },
	"vpc-id":                 func(_ *view, e *vpc.ENI) []string { return one(e.VPCID) },

	"addresses.private-ip-address": func(_ *view, e *vpc.ENI) []string { return addrTexts(e.PrivateIPs()) },
	"ipv6-addresses.ipv6-address":  func(_ *view, e *vpc.ENI) []string { return addrTexts(e.IPv6) },
}

func interfaceType(e *vpc.ENI) string { return cmp.Or(e.Type, "interface") }

func (s *server) describeNetworkInterfaces(v *view, in *describeNetworkInterfacesInput) (*describeNetworkInterfacesOutput, error) {
	found, next, err := describe(v, &in.describing, "networkInterfaceIdSet", in.NetworkInterfaceIDs, interfaceFilters)
	if err == nil && len(found) == 0 {
		s.hintElsewhere(v)
	}
	out := &describeNetworkInterfacesOutput{NextToken: next}
	for _, e := range found {
		out.NetworkInterfaces = append(out.NetworkInterfaces, newInterfaceItem(v, e))
	}
	return out, err
}

// hintElsewhere says once that there are interfaces, but for another account or
// Region than the caller's: what people see who forgot to set theirs.
func (s *server) hintElsewhere(v *view) {
	all := vpc.All[vpc.ENI](v.Snapshot)
	if len(all) == 0 || len(list[vpc.ENI](v)) > 0 {
		return
	}
	s.hint.Do(func() {
		s.Logger.Warn("a caller found no network interfaces; they are in another account or Region: set AWS_REGION, or start flowemu with --region and --account",
			"account", v.Account, "region", v.Region, "interfaces in account", all[0].Account, "and region", all[0].Region)
	})
}

// statusOf gives an interface's status and its attachment's.
func statusOf(e *vpc.ENI) (status, attached string) {
	if e.InstanceID == "" {
		return "available", ""
	}
	return "in-use", "attached"
}

func privateAddresses(e *vpc.ENI) []privateAddr {
	var out []privateAddr
	for i, a := range e.PrivateIPs() {
		out = append(out, privateAddr{addrText(a), i == 0})
	}
	return out
}

func newInterfaceItem(at place, e *vpc.ENI) interfaceItem {
	status, attached := statusOf(e)
	item := interfaceItem{
		NetworkInterfaceID: e.ID, SubnetID: e.SubnetID, VpcID: e.VPCID, AvailabilityZone: e.Zone.Name, AvailabilityZoneID: e.Zone.ID,
		Description: e.Description, OwnerID: e.Account, Status: status, MacAddress: e.MAC, PrivateIPAddress: addrText(e.PrivateIP),
		SourceDestCheck: !e.NoSourceCheck, InterfaceType: interfaceType(e), Tags: tagSet(at, e.ID),
		PrivateIPAddresses: api.Set[privateAddr](privateAddresses(e)),
	}
	if e.InstanceID != "" {
		item.Attachment = &attachment{AttachmentID: vpc.NewID("eni-attach", e.ID), InstanceID: e.InstanceID, InstanceOwnerID: e.Account, Status: attached}
	}
	for _, a := range addrTexts(e.IPv6) {
		item.IPv6Addresses = append(item.IPv6Addresses, ipv6Addr{a})
	}
	return item
}
