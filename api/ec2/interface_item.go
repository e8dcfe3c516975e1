package ec2

import (
	"cmp"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// interfaceItem is EC2's NetworkInterface.
type interfaceItem struct {
	interfaceShape[association]
	AvailabilityZone   string       `xml:"availabilityZone"`
	AvailabilityZoneID string       `xml:"availabilityZoneId"`
	Attachment         *attachment  `xml:"attachment,omitempty"`
	RequesterID        string       `xml:"requesterId,omitempty"`
	RequesterManaged   bool         `xml:"requesterManaged"`
	PublicDNSName      string       `xml:"publicDnsName,omitempty"`
	IPv6Address        string       `xml:"ipv6Address,omitempty"`
	IPv6Native         bool         `xml:"ipv6Native,omitempty"`
	DenyAllIgwTraffic  bool         `xml:"denyAllIgwTraffic"`
	Tags               api.Set[tag] `xml:"tagSet"`
}

// interfaceShape is what EC2's NetworkInterface and InstanceNetworkInterface have in common.
// A is how it tells of a public address.
type interfaceShape[A any] struct {
	NetworkInterfaceID string                   `xml:"networkInterfaceId"`
	SubnetID           string                   `xml:"subnetId"`
	VpcID              string                   `xml:"vpcId"`
	Description        string                   `xml:"description"`
	OwnerID            string                   `xml:"ownerId"`
	Status             string                   `xml:"status"`
	MacAddress         string                   `xml:"macAddress"`
	PrivateIPAddress   string                   `xml:"privateIpAddress,omitempty"`
	PrivateDNSName     string                   `xml:"privateDnsName,omitempty"`
	SourceDestCheck    bool                     `xml:"sourceDestCheck"`
	InterfaceType      string                   `xml:"interfaceType"`
	Groups             api.Set[groupIdentifier] `xml:"groupSet"`
	Association        *A                       `xml:"association,omitempty"`
	PrivateIPAddresses api.Set[privateAddr[A]]  `xml:"privateIpAddressesSet"`
	IPv6Addresses      api.Set[ipv6Addr]        `xml:"ipv6AddressesSet"`
	Operator           operator                 `xml:"operator"`
}

// groupIdentifier is a security group by its id and name.
type groupIdentifier struct {
	GroupID   string `xml:"groupId"`
	GroupName string `xml:"groupName"`
}

// operator says that no service provider manages a resource.
type operator struct {
	Managed bool `xml:"managed"`
}

type attachment struct {
	attachmentShape
	InstanceID      string `xml:"instanceId,omitempty"`
	InstanceOwnerID string `xml:"instanceOwnerId"`
}

// attachmentShape is what the attachments in NetworkInterface and InstanceNetworkInterface have in common.
type attachmentShape struct {
	AttachmentID        string         `xml:"attachmentId"`
	DeviceIndex         int            `xml:"deviceIndex"`
	NetworkCardIndex    int            `xml:"networkCardIndex"`
	Status              string         `xml:"status"`
	AttachTime          *api.Timestamp `xml:"attachTime,omitempty"`
	DeleteOnTermination bool           `xml:"deleteOnTermination"`
}

type privateAddr[A any] struct {
	PrivateIPAddress string `xml:"privateIpAddress"`
	PrivateDNSName   string `xml:"privateDnsName,omitempty"`
	Primary          bool   `xml:"primary"`
	Association      *A     `xml:"association,omitempty"`
}

// association is the public address of a private one.
type association struct {
	AllocationID  string `xml:"allocationId,omitempty"`
	AssociationID string `xml:"associationId,omitempty"`
	publicAddress
}

// publicAddress is what an instance tells of a public address.
type publicAddress struct {
	IPOwnerID     string `xml:"ipOwnerId"`
	PublicDNSName string `xml:"publicDnsName"`
	PublicIP      string `xml:"publicIp"`
}

type ipv6Addr struct {
	IPv6Address   string `xml:"ipv6Address"`
	IsPrimaryIPv6 bool   `xml:"isPrimaryIpv6"`
}

func newInterfaceItem(at place, e *vpc.ENI) interfaceItem {
	item := interfaceItem{
		interfaceShape: newInterfaceShape(at, e, newAssociation), AvailabilityZone: e.Zone.Name, AvailabilityZoneID: e.Zone.ID,
		RequesterID: e.RequesterID, RequesterManaged: e.RequesterManaged, IPv6Native: !e.PrivateIP.IsValid() && len(e.IPv6) > 0, Tags: tagSet(at, e.ID),
	}
	if a := e.Attachment; a != nil {
		item.Attachment = &attachment{newAttachmentShape(a), e.InstanceID, a.InstanceOwner}
	}
	if item.Association != nil {
		item.PublicDNSName = item.Association.PublicDNSName
	}
	if len(e.IPv6) > 0 {
		item.IPv6Address = addrText(e.IPv6[0])
	}
	return item
}

func newInterfaceShape[A any](at place, e *vpc.ENI, public func(at place, e *vpc.ENI, private netip.Addr) *A) interfaceShape[A] {
	shape := interfaceShape[A]{
		NetworkInterfaceID: e.ID, SubnetID: e.SubnetID, VpcID: e.VPCID, Description: e.Description, OwnerID: e.Account, Status: interfaceStatus(e),
		MacAddress: e.MAC, PrivateIPAddress: addrText(e.PrivateIP), PrivateDNSName: interfaceDNS(at, e, e.PrivateIP), SourceDestCheck: !e.NoSourceCheck,
		InterfaceType: interfaceType(e), Groups: groupIdentifiers(at, e.Groups), Association: public(at, e, e.PrivateIP),
	}
	for i, a := range e.PrivateIPs() {
		shape.PrivateIPAddresses = append(shape.PrivateIPAddresses, privateAddr[A]{addrText(a), interfaceDNS(at, e, a), i == 0, public(at, e, a)})
	}
	for i, a := range e.IPv6 {
		shape.IPv6Addresses = append(shape.IPv6Addresses, ipv6Addr{addrText(a), i == 0 && e.PrimaryIPv6})
	}
	return shape
}

func newAttachmentShape(a *vpc.Attachment) attachmentShape {
	shape := attachmentShape{
		AttachmentID: a.ID, DeviceIndex: a.DeviceIndex, NetworkCardIndex: a.NetworkCard, Status: "attached", DeleteOnTermination: a.DeleteOnTermination,
	}
	if !a.Time.IsZero() {
		shape.AttachTime = &api.Timestamp{Time: a.Time}
	}
	return shape
}

// newAssociation gives the public address of one of an interface's addresses, or nil.
func newAssociation(at place, e *vpc.ENI, private netip.Addr) *association {
	s, _ := at.in()
	public := s.PublicOf(e, private)
	if public == nil {
		return nil
	}
	out := &association{publicAddress: publicAddress{public.Owner, publicDNS(at, e.VPCID, public.IP), addrText(public.IP)}}
	if public.Elastic != nil {
		out.AllocationID, out.AssociationID = public.Elastic.ID, public.Elastic.AssociationID
	}
	return out
}

// newPublicAddress is newAssociation as an instance tells of it.
func newPublicAddress(at place, e *vpc.ENI, private netip.Addr) *publicAddress {
	if a := newAssociation(at, e, private); a != nil {
		return &a.publicAddress
	}
	return nil
}

func groupIdentifiers(at place, ids []string) api.Set[groupIdentifier] {
	s, _ := at.in()
	var out api.Set[groupIdentifier]
	for _, id := range ids {
		if g := vpc.Get[vpc.SecurityGroup](s, id); g != nil {
			out = append(out, groupIdentifier{g.ID, g.Name})
		}
	}
	return out
}

// interfaceStatus gives an interface's status. One that was made by a tag is
// free for its maker to delete, and who waits until it is there waits for available.
func interfaceStatus(e *vpc.ENI) string {
	if e.Attachment == nil || e.ByTag {
		return "available"
	}
	return "in-use"
}

func interfaceType(e *vpc.ENI) string { return cmp.Or(e.Type, "interface") }
