package vpc

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// KindTransitGateway is the kind of a TransitGateway.
const KindTransitGateway Kind = "transit-gateway"

// TransitGateway is a transit gateway.
type TransitGateway struct {
	Head
	noRefs
	Description      string
	ASN              int64
	CIDRs            []netip.Prefix
	AutoAccept       bool // autoAcceptSharedAttachments
	VPNECMP          bool // vpnEcmpSupport
	DNS              bool // dnsSupport
	GroupReferencing bool // securityGroupReferencingSupport
	Multicast        bool // multicastSupport
	Encryption       bool // encryptionSupport
	// AssociationTableID and PropagationTableID are the route tables that new
	// attachments are associated with and propagate to; "" if that is disabled.
	AssociationTableID string
	PropagationTableID string
	Created            time.Time
}

// Kind is KindTransitGateway.
func (*TransitGateway) Kind() Kind { return KindTransitGateway }

// KindTransitGatewayAttachment is the kind of a TransitGatewayAttachment.
const KindTransitGatewayAttachment Kind = "transit-gateway-attachment"

// TransitGatewayAttachment attaches a VPC to a transit gateway.
type TransitGatewayAttachment struct {
	Head
	TransitGatewayID string
	VPCID            string
	Subnets          []TransitGatewaySubnet
	DNS              bool     // dnsSupport
	GroupReferencing bool     // securityGroupReferencingSupport
	IPv6             bool     // ipv6Support
	ApplianceMode    bool     // applianceModeSupport
	AssociatedTable  string   // route table that it is associated with, or ""
	PropagatesTo     []string // route tables
	Created          time.Time
	Ended            time.Time // when it was deleted; zero while it is available
}

// TransitGatewaySubnet is a subnet that an attachment has an interface in.
type TransitGatewaySubnet struct {
	SubnetID    string
	InterfaceID string
}

// Kind is KindTransitGatewayAttachment.
func (*TransitGatewayAttachment) Kind() Kind { return KindTransitGatewayAttachment }

// Available says whether it was not deleted.
func (a *TransitGatewayAttachment) Available() bool { return a.Ended.IsZero() }

// Expires is a while after it was deleted.
func (a *TransitGatewayAttachment) Expires() time.Time { return afterlife(a.Ended) }

// Refs gives the transit gateway, the VPC, the subnets with their interfaces and
// the route tables, while it is available.
func (a *TransitGatewayAttachment) Refs() []string {
	if !a.Available() {
		return nil
	}
	out := []string{a.TransitGatewayID, a.VPCID, a.AssociatedTable}
	for _, n := range a.Subnets {
		out = append(out, n.SubnetID, n.InterfaceID)
	}
	return refs(append(out, a.PropagatesTo...)...)
}

// SubnetIDs gives the ids of its subnets.
func (a *TransitGatewayAttachment) SubnetIDs() []string {
	out := make([]string, len(a.Subnets))
	for i, n := range a.Subnets {
		out[i] = n.SubnetID
	}
	return out
}

// KindTransitGatewayRouteTable is the kind of a TransitGatewayRouteTable.
const KindTransitGatewayRouteTable Kind = "transit-gateway-route-table"

// TransitGatewayRouteTable is a transit gateway's route table; routes that
// attachments propagate follow from those and are not among Routes.
type TransitGatewayRouteTable struct {
	Head
	TransitGatewayID string
	Routes           []TransitGatewayRoute
	Created          time.Time
}

// TransitGatewayRoute is a route of a transit gateway's route table. Those that
// a table keeps are static.
type TransitGatewayRoute struct {
	CIDR         netip.Prefix
	AttachmentID string // "" if it is a blackhole
	Propagated   bool
}

// Kind is KindTransitGatewayRouteTable.
func (*TransitGatewayRouteTable) Kind() Kind { return KindTransitGatewayRouteTable }

// Refs gives the transit gateway and the attachments that routes go to.
func (t *TransitGatewayRouteTable) Refs() []string {
	out := []string{t.TransitGatewayID}
	for _, r := range t.Routes {
		out = append(out, r.AttachmentID)
	}
	return refs(out...)
}

// TransitGatewayRoutes gives the routes that are in effect in a transit gateway's
// route table, one per range and in order of their ranges: a static route hides
// a propagated one.
// Source: "How AWS Transit Gateway works", route evaluation order.
func (s *Snapshot) TransitGatewayRoutes(t *TransitGatewayRouteTable) []TransitGatewayRoute {
	out := slices.Clone(t.Routes)
	for _, r := range s.propagated(t.ID) {
		if !slices.ContainsFunc(t.Routes, func(o TransitGatewayRoute) bool { return o.CIDR == r.CIDR }) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b TransitGatewayRoute) int {
		return cmp.Or(a.CIDR.Addr().Compare(b.CIDR.Addr()), cmp.Compare(a.CIDR.Bits(), b.CIDR.Bits()))
	})
	return out
}

// propagated gives the routes that attachments propagate to a route table. A
// range that overlaps one of a VPC that was attached before is not propagated.
// Source: "Amazon VPC attachments in AWS Transit Gateway". That IPv6 ranges need
// IPv6 support is a guess.
func (s *Snapshot) propagated(tableID string) []TransitGatewayRoute {
	var out []TransitGatewayRoute
	for _, a := range s.propagating(tableID) {
		v := s.VPC(a.VPCID)
		if v == nil {
			continue
		}
		for _, p := range v.CIDRs {
			taken := slices.ContainsFunc(out, func(r TransitGatewayRoute) bool { return r.CIDR.Overlaps(p) })
			if !taken && (p.Addr().Is4() || a.IPv6) {
				out = append(out, TransitGatewayRoute{CIDR: p, AttachmentID: a.ID, Propagated: true})
			}
		}
	}
	return out
}

// propagating gives the attachments that propagate to a route table, the oldest first.
func (s *Snapshot) propagating(tableID string) []*TransitGatewayAttachment {
	var out []*TransitGatewayAttachment
	for _, a := range Referring[TransitGatewayAttachment](s, tableID) {
		if slices.Contains(a.PropagatesTo, tableID) {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b *TransitGatewayAttachment) int { return a.Created.Compare(b.Created) })
	return out
}

// AttachedTo says whether a VPC is attached to a transit gateway.
func (s *Snapshot) AttachedTo(transitGateway, vpcID string) bool {
	return slices.Contains(s.transitGateways(vpcID), transitGateway)
}

// JoinedBy gives the transit gateway that both VPCs are attached to, or "".
func (s *Snapshot) JoinedBy(vpcID, other string) string {
	for _, id := range s.transitGateways(vpcID) {
		if s.AttachedTo(id, other) {
			return id
		}
	}
	return ""
}

// transitGateways gives the ids of those that a VPC is attached to.
func (s *Snapshot) transitGateways(vpcID string) (ids []string) {
	for _, a := range Referring[TransitGatewayAttachment](s, vpcID) {
		ids = append(ids, a.TransitGatewayID)
	}
	return ids
}
