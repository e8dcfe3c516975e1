package ec2

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNetworkInterfacesInput struct {
	paging
	DryRun              bool     `query:"DryRun"`
	NetworkInterfaceIDs []string `query:"NetworkInterfaceId"`
	Filters             []filter `query:"Filter"`
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

var interfaceFilters = []string{
	"addresses.private-ip-address", "attachment.instance-id", "attachment.status", "availability-zone", "availability-zone-id", "description",
	"interface-type", "ipv6-addresses.ipv6-address", "mac-address", "network-interface-id", "owner-id", "private-ip-address",
	"requester-managed", "status", "subnet-id", "vpc-id",
}

func (s *server) describeNetworkInterfaces(ctx context.Context, in *describeNetworkInterfacesInput) (*describeNetworkInterfacesOutput, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	own := s.Network.Snapshot().ENIs(c.Account, c.Region)
	if len(own) == 0 {
		s.hintElsewhere(c)
	}
	found, next, err := describe(ctx, s, c, own, query[vpc.ENI]{
		paging: in.paging, dryRun: in.DryRun, ids: in.NetworkInterfaceIDs, filters: in.Filters, known: interfaceFilters,
		id: func(v *vpc.ENI) string { return v.ID }, attributes: interfaceAttributes,
		missing: func(id string) error {
			return &api.Error{Code: "InvalidNetworkInterfaceID.NotFound", Message: fmt.Sprintf("The networkInterface ID '%s' does not exist", id)}
		},
	})
	out := &describeNetworkInterfacesOutput{NextToken: next}
	for _, f := range found {
		out.NetworkInterfaces = append(out.NetworkInterfaces, newInterfaceItem(f.resource, f.tags))
	}
	return out, err
}

// hintElsewhere says once that there are interfaces, but for another account or
// Region than the caller's: what people see who forgot to set theirs.
func (s *server) hintElsewhere(c api.Caller) {
	all := s.Network.Snapshot().AllENIs()
	if len(all) == 0 {
		return
	}
	s.hint.Do(func() {
		s.Logger.Warn("a caller found no network interfaces; they are in another account or Region: set AWS_REGION, or start flowemu with --region and --account",
			"account", c.Account, "region", c.Region, "interfaces in account", all[0].Account, "and region", all[0].Region)
	})
}

// statusOf gives an interface's status and its attachment's.
func statusOf(e *vpc.ENI) (status, attached string) {
	if e.InstanceID == "" {
		return "available", ""
	}
	return "in-use", "attached"
}

func interfaceAttributes(e *vpc.ENI) attributes {
	status, attached := statusOf(e)
	var v4 []string
	for _, a := range privateAddresses(e) {
		v4 = append(v4, a.PrivateIPAddress)
	}
	return attributes{
		"addresses.private-ip-address": v4, "attachment.instance-id": one(e.InstanceID), "attachment.status": one(attached),
		"availability-zone": one(e.Zone.Name), "availability-zone-id": one(e.Zone.ID), "description": one(e.Description),
		"interface-type": one("interface"), "ipv6-addresses.ipv6-address": texts(e.IPv6), "mac-address": one(e.MAC),
		"network-interface-id": one(e.ID), "owner-id": one(e.Account), "private-ip-address": one(addrText(e.PrivateIP)),
		"requester-managed": one("false"), "status": one(status), "subnet-id": one(e.SubnetID), "vpc-id": one(e.VPCID),
	}
}

func privateAddresses(e *vpc.ENI) []privateAddr {
	if !e.PrivateIP.IsValid() {
		return nil
	}
	out := []privateAddr{{addrText(e.PrivateIP), true}}
	for _, a := range e.Secondary {
		out = append(out, privateAddr{addrText(a), false})
	}
	return out
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func texts(list []netip.Addr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = addrText(a)
	}
	return out
}

func newInterfaceItem(e *vpc.ENI, tags []tag) interfaceItem {
	status, attached := statusOf(e)
	item := interfaceItem{
		NetworkInterfaceID: e.ID, SubnetID: e.SubnetID, VpcID: e.VPCID, AvailabilityZone: e.Zone.Name, AvailabilityZoneID: e.Zone.ID,
		Description: e.Description, OwnerID: e.Account, Status: status, MacAddress: e.MAC, PrivateIPAddress: addrText(e.PrivateIP),
		SourceDestCheck: true, InterfaceType: "interface", Tags: api.Set[tag](tags),
		PrivateIPAddresses: api.Set[privateAddr](privateAddresses(e)),
	}
	if e.InstanceID != "" {
		item.Attachment = &attachment{AttachmentID: vpc.NewID("eni-attach", e.ID), InstanceID: e.InstanceID, InstanceOwnerID: e.Account, Status: attached}
	}
	for _, a := range texts(e.IPv6) {
		item.IPv6Addresses = append(item.IPv6Addresses, ipv6Addr{a})
	}
	return item
}
