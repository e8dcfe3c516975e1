package ec2

import (
	"net/netip"
	"slices"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNetworkInterfacesInput struct {
	describing
	NetworkInterfaceIDs []string `query:"NetworkInterfaceId"`
	_                   struct{} `ignored:"IncludeManagedResources"`
}

type describeNetworkInterfacesOutput struct {
	NetworkInterfaces api.Set[interfaceItem] `xml:"networkInterfaceSet"`
	NextToken         string                 `xml:"nextToken,omitempty"`
}

// Source: EC2 API, DescribeNetworkInterfaces.
var interfaceFilters = filters[vpc.ENI]{
	"attachment.attach-time": ofAttachment(func(_ *vpc.ENI, a *vpc.Attachment) []string { return oneTime(a.Time) }),
	"attachment.attachment-id": func(_ *view, e *vpc.ENI) []string {
		if a := attachmentByID(e); a != nil {
			return one(a.ID)
		}
		return nil
	},
	"attachment.delete-on-termination": ofAttachment(func(_ *vpc.ENI, a *vpc.Attachment) []string { return oneBool(a.DeleteOnTermination) }),
	"attachment.device-index":          ofAttachment(func(_ *vpc.ENI, a *vpc.Attachment) []string { return oneInt(a.DeviceIndex) }),
	"attachment.instance-id":           ofAttachment(func(e *vpc.ENI, _ *vpc.Attachment) []string { return one(e.InstanceID) }),
	"attachment.instance-owner-id":     ofAttachment(func(_ *vpc.ENI, a *vpc.Attachment) []string { return one(a.InstanceOwner) }),
	"attachment.status":                ofAttachment(func(*vpc.ENI, *vpc.Attachment) []string { return one("attached") }),

	"association.allocation-id":       ofAssociation(func(a *association) string { return a.AllocationID }),
	"association.association-id":      ofAssociation(func(a *association) string { return a.AssociationID }),
	"association.ip-owner-id":         ofAssociation(func(a *association) string { return a.IPOwnerID }),
	"association.public-dns-name":     ofAssociation(func(a *association) string { return a.PublicDNSName }),
	"association.public-ip":           ofAssociation(func(a *association) string { return a.PublicIP }),
	"addresses.association.owner-id":  ofAssociations(func(a *association) string { return a.IPOwnerID }),
	"addresses.association.public-ip": ofAssociations(func(a *association) string { return a.PublicIP }),

	"addresses.primary": func(_ *view, e *vpc.ENI) (out []string) {
		for i := range e.PrivateIPs() {
			out = append(out, oneBool(i == 0)...)
		}
		return out
	},
	"addresses.private-ip-address": interfaceAddresses,
	"availability-zone":            func(_ *view, e *vpc.ENI) []string { return one(e.Zone.Name) },
	"availability-zone-id":         func(_ *view, e *vpc.ENI) []string { return one(e.Zone.ID) },
	"description":                  func(_ *view, e *vpc.ENI) []string { return one(e.Description) },
	"group-id":                     func(_ *view, e *vpc.ENI) []string { return e.Groups },
	"group-name": func(v *view, e *vpc.ENI) (out []string) {
		for _, g := range groupIdentifiers(v, e.Groups) {
			out = append(out, g.GroupName)
		}
		return out
	},
	"interface-type":              func(_ *view, e *vpc.ENI) []string { return one(interfaceType(e)) },
	"ipv6-addresses.ipv6-address": func(_ *view, e *vpc.ENI) []string { return addrTexts(e.IPv6) },
	"mac-address":                 func(_ *view, e *vpc.ENI) []string { return one(e.MAC) },
	"network-interface-id":        func(_ *view, e *vpc.ENI) []string { return one(e.ID) },
	"operator.managed":            func(*view, *vpc.ENI) []string { return oneBool(false) },
	"operator.principal":          func(*view, *vpc.ENI) []string { return nil },
	"owner-id":                    func(_ *view, e *vpc.ENI) []string { return one(e.Account) },
	"private-dns-name":            func(v *view, e *vpc.ENI) []string { return one(interfaceDNS(v, e, e.PrivateIP)) },
	"private-ip-address":          interfaceAddresses,
	"requester-id":                func(_ *view, e *vpc.ENI) []string { return one(e.RequesterID) },
	"requester-managed":           func(_ *view, e *vpc.ENI) []string { return oneBool(e.RequesterManaged) },
	"source-dest-check":           func(_ *view, e *vpc.ENI) []string { return oneBool(!e.NoSourceCheck) },
	"status":                      func(_ *view, e *vpc.ENI) []string { return one(interfaceStatus(e)) },
	"subnet-id":                   func(_ *view, e *vpc.ENI) []string { return one(e.SubnetID) },
	"vpc-id":                      func(_ *view, e *vpc.ENI) []string { return one(e.VPCID) },
}

func interfaceAddresses(_ *view, e *vpc.ENI) []string { return addrTexts(e.PrivateIPs()) }

// oneTime makes the values of a filter by a time.
func oneTime(at time.Time) []string {
	if at.IsZero() {
		return nil
	}
	return one(at.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// ofAttachment is a filter by the attachment of an interface that has one.
func ofAttachment(f func(*vpc.ENI, *vpc.Attachment) []string) func(*view, *vpc.ENI) []string {
	return func(_ *view, e *vpc.ENI) []string {
		if e.Attachment == nil {
			return nil
		}
		return f(e, e.Attachment)
	}
}

// ofAssociation is a filter by the public address of the primary address.
func ofAssociation(f func(*association) string) func(*view, *vpc.ENI) []string {
	return func(v *view, e *vpc.ENI) []string { return associated(v, e, f, e.PrivateIP) }
}

// ofAssociations is a filter by the public addresses of all addresses.
func ofAssociations(f func(*association) string) func(*view, *vpc.ENI) []string {
	return func(v *view, e *vpc.ENI) []string { return associated(v, e, f, e.PrivateIPs()...) }
}

func associated(at place, e *vpc.ENI, f func(*association) string, private ...netip.Addr) (out []string) {
	for _, p := range private {
		if a := newAssociation(at, e, p); a != nil {
			out = append(out, one(f(a))...)
		}
	}
	return out
}

func (s *server) describeNetworkInterfaces(v *view, in *describeNetworkInterfacesInput) (*describeNetworkInterfacesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "networkInterfaceIdSet", in.NetworkInterfaceIDs, interfaceFilters)
	if err == nil && len(found) == 0 {
		s.hintElsewhere(v)
	}
	out := &describeNetworkInterfacesOutput{NextToken: next}
	byID := slices.ContainsFunc(in.Filters, func(f filter) bool { return f.Name == "attachment.attachment-id" })
	for _, e := range found {
		item := newInterfaceItem(v, e)
		if a := attachmentByID(e); byID && item.Attachment == nil && a != nil {
			item.Attachment = &attachment{newAttachmentShape(a), "", a.InstanceOwner}
			item.Attachment.Status = "detached"
		}
		out.NetworkInterfaces = append(out.NetworkInterfaces, item)
	}
	return out, err
}

// attachmentByID gives the attachment that an interface can be found by: its own
// or, for those who wait until it is detached, the one that it had before.
func attachmentByID(e *vpc.ENI) *vpc.Attachment {
	if e.Attachment != nil {
		return e.Attachment
	}
	return e.Detached
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
