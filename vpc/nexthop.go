package vpc

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// The classes of the field traffic-path. Class 2 is that of instances without
// Nitro for 7 and 8; there are none.
// Source: "Flow log records", traffic-path.
const (
	PathNone            = 0 // a path without a class, such as through a transit gateway
	PathVPC             = 1 // another resource in the same VPC, also one of AWS's
	PathVPNGateway      = 3
	PathPeering         = 4 // in the same Region
	PathLocalZone       = 6 // or a Wavelength Zone
	PathGatewayEndpoint = 7
	PathInternet        = 8
)

// Hop is where a flow of an interface goes next or, of ingress, comes from.
type Hop struct {
	Path       int                       // of ingress, that of the way back
	Interface  *ENI                      // of the hop, or nil
	NAT        *NATGateway               // a regional NAT gateway, which has no interface
	Transit    *TransitGatewayAttachment // the attachment of the interface's VPC
	Encryption Encryption
	EgressOnly bool // through an egress-only internet gateway
}

// Encryption is what is known of the encryption by the Nitro system on a way.
type Encryption uint8

// EncryptionUnknown is without an encryption control, too.
const (
	EncryptionUnknown Encryption = iota
	NotEncrypted
	NitroEncrypted
)

// Router knows the ways of one interface's flows, by its subnet's route table as
// it was when the Router was made. Not safe for concurrent use.
type Router struct {
	network *Snapshot
	eni     *ENI
	watched bool     // there is an encryption control
	routes  []wayOut // the most specific first
	nowhere Hop
	egress  map[netip.Addr]*Hop // of addresses in the VPC
	ingress map[netip.Addr]*Hop
}

// wayOut is a route to a range. All that leaves the VPC by it has one hop.
type wayOut struct {
	to      netip.Prefix
	route   *Route
	local   bool
	out, in *Hop
}

// NewRouter gives the router of an interface.
func (s *Snapshot) NewRouter(e *ENI) *Router {
	r := &Router{network: s, eni: e, egress: map[netip.Addr]*Hop{}, ingress: map[netip.Addr]*Hop{}}
	r.watched = s.EncryptionControl(e.VPCID) != nil
	t := s.RouteTableOf(e)
	if t == nil {
		for _, p := range s.ranges(e.VPCID) {
			r.routes = append(r.routes, wayOut{to: p, local: true})
		}
		return r
	}
	for _, route := range s.AllRoutes(t) {
		if route.PrefixListID == "" {
			r.add(t, &route, route.CIDR)
			continue
		}
		if list := Get[PrefixList](s, route.PrefixListID); list != nil {
			for _, e := range list.Entries {
				r.add(t, &route, e.CIDR)
			}
		}
	}
	// A route to a range comes before one to a prefix list with the same range.
	slices.SortStableFunc(r.routes, func(a, b wayOut) int {
		return cmp.Or(cmp.Compare(b.to.Bits(), a.to.Bits()), strings.Compare(a.route.PrefixListID, b.route.PrefixListID))
	})
	return r
}

// add adds a route that is in effect.
func (r *Router) add(t *RouteTable, route *Route, to netip.Prefix) {
	if !r.network.Blackhole(t, route) {
		r.routes = append(r.routes, wayOut{to: to, route: route, local: route.GatewayID == Local})
	} else {
		r.routes = append(r.routes, wayOut{to: to, route: &Route{}})
	}
}

// RouteTableOf gives the route table of an interface's subnet: its own, or the
// VPC's main one; nil if the VPC has none.
func (s *Snapshot) RouteTableOf(e *ENI) *RouteTable {
	for _, t := range Referring[RouteTable](s, e.SubnetID) {
		if slices.ContainsFunc(t.Associations, func(a RouteTableAssociation) bool { return a.SubnetID == e.SubnetID }) {
			return t
		}
	}
	return s.MainRouteTable(e.VPCID)
}

// Egress gives where a packet to dst goes.
func (r *Router) Egress(dst netip.Addr) *Hop {
	w := r.match(dst)
	switch {
	case w == nil:
		return &r.nowhere
	case w.local:
		return remembered(r.egress, dst, func() *Hop { return r.known(w, dst) })
	case w.out == nil:
		w.out = r.known(w, dst)
	}
	return w.out
}

// Ingress gives where a packet from src comes from. Paths are taken to be the
// same in both directions. What comes through a transit gateway or from a Network
// Load Balancer has no interface.
// Source: "Flow log limitations", next hop fields.
func (r *Router) Ingress(src netip.Addr) *Hop {
	w := r.match(src)
	back := func() *Hop {
		h := r.known(w, src)
		if h.Transit != nil || h.Interface != nil && h.Interface.Type == "network_load_balancer" {
			h.Interface = nil
		}
		return h
	}
	switch {
	case w == nil:
		return &r.nowhere
	case w.local:
		return remembered(r.ingress, src, back)
	case w.in == nil:
		w.in = back()
	}
	return w.in
}

func remembered(m map[netip.Addr]*Hop, a netip.Addr, find func() *Hop) *Hop {
	h, ok := m[a]
	if !ok {
		h = find()
		m[a] = h
	}
	return h
}

// known gives a hop with its encryption.
func (r *Router) known(w *wayOut, peer netip.Addr) *Hop {
	h := r.by(w, peer)
	h.Encryption = r.encryption(h)
	return h
}

// hop gives the hop to a peer. It remembers nothing, so that several may ask.
func (r *Router) hop(peer netip.Addr) *Hop {
	if w := r.match(peer); w != nil {
		return r.by(w, peer)
	}
	return &Hop{}
}

// match gives the route to a peer, or nil: no router passes on what is link-local
// or multicast.
func (r *Router) match(peer netip.Addr) *wayOut {
	if peer.IsLinkLocalUnicast() || peer.IsMulticast() {
		return nil
	}
	for i := range r.routes {
		if w := &r.routes[i]; w.to.Contains(peer) {
			return w
		}
	}
	return nil
}

func (r *Router) by(w *wayOut, peer netip.Addr) *Hop {
	if w.local {
		return &Hop{Path: PathVPC, Interface: r.network.Interface(r.eni.VPCID, peer)}
	}
	return r.through(w.route)
}

// encryption says whether the Nitro system encrypts on a way: between interfaces
// of the VPC, all of which count as Nitro's, and through a transit gateway with
// encryption support. Of a peer, or an address without an interface, it is not known.
// Source: "Flow log records", encryption-status; "Enforce VPC encryption in transit".
func (r *Router) encryption(h *Hop) Encryption {
	switch {
	case !r.watched, h.Path == PathPeering, h.Path == PathVPC && h.Interface == nil && h.NAT == nil:
		return EncryptionUnknown
	case h.Transit != nil:
		if g := Get[TransitGateway](r.network, h.Transit.TransitGatewayID); g != nil && g.Encryption {
			return NitroEncrypted
		}
	case h.Path == PathVPC:
		return NitroEncrypted
	}
	return NotEncrypted
}

// through gives the hop that a route leads to. That an egress-only gateway counts
// as an internet gateway is a guess.
func (r *Router) through(route *Route) *Hop {
	switch {
	case strings.HasPrefix(route.GatewayID, "igw-"), route.EgressOnlyID != "":
		return &Hop{Path: PathInternet, EgressOnly: route.EgressOnlyID != ""}
	case strings.HasPrefix(route.GatewayID, "vgw-"):
		return &Hop{Path: PathVPNGateway}
	case strings.HasPrefix(route.GatewayID, "vpce-"):
		return &Hop{Path: PathGatewayEndpoint}
	case route.PeeringID != "":
		return &Hop{Path: PathPeering}
	case route.CarrierGatewayID != "":
		return &Hop{Path: PathLocalZone}
	case route.InterfaceID != "":
		return &Hop{Path: PathVPC, Interface: r.network.ENI(route.InterfaceID)}
	case route.NATGatewayID != "":
		return r.nat(Get[NATGateway](r.network, route.NATGatewayID))
	case route.TransitGatewayID != "":
		a := r.network.AttachmentTo(route.TransitGatewayID, r.eni.VPCID)
		return &Hop{Transit: a, Interface: r.network.ENI(r.network.Entrance(a, r.eni.Zone.ID).InterfaceID)}
	case route.VPCEndpointID != "", route.LocalGatewayID != "":
		return &Hop{Path: PathVPC}
	}
	return &Hop{}
}

func (r *Router) nat(g *NATGateway) *Hop {
	if g.Regional {
		return &Hop{Path: PathVPC, NAT: g}
	}
	h := &Hop{Path: PathVPC}
	for _, a := range g.Addresses {
		if a.Primary || h.Interface == nil {
			h.Interface = r.network.ENI(a.InterfaceID)
		}
	}
	return h
}

// Interface gives the interface of a VPC that has an address, or nil.
func (s *Snapshot) Interface(vpcID string, a netip.Addr) *ENI {
	for _, n := range Referring[Subnet](s, vpcID) {
		if slices.ContainsFunc(n.Blocks(), func(p netip.Prefix) bool { return p.Contains(a) }) {
			return s.Holder(n, a)
		}
	}
	return nil
}
