package vpc

import (
	"net/netip"
	"slices"
	"strings"
)

// Local is the gateway of a VPC's local routes.
const Local = "local"

// IsLocal says whether a destination is a range of the table's VPC: that route
// comes with the table and stays. Its target may be changed for another one.
// Source: "Local routes" and EC2 API, ReplaceRoute, LocalTarget.
func (s *Snapshot) IsLocal(t *RouteTable, destination netip.Prefix) bool {
	return slices.Contains(s.ranges(t.VPCID), destination)
}

// InVPC says whether a destination lies in a range of the VPC.
func (s *Snapshot) InVPC(vpcID string, destination netip.Prefix) bool {
	return Within(s.ranges(vpcID), destination)
}

func (s *Snapshot) ranges(vpcID string) []netip.Prefix {
	if v := s.VPC(vpcID); v != nil {
		return v.CIDRs
	}
	return nil
}

// AllRoutes gives a table's routes, the local ones first.
func (s *Snapshot) AllRoutes(t *RouteTable) []Route {
	var local, others []Route
	for _, p := range s.ranges(t.VPCID) {
		if i := t.Find(Route{CIDR: p}); i < 0 {
			local = append(local, Route{CIDR: p, GatewayID: Local})
		}
	}
	for _, r := range t.Routes {
		if s.IsLocal(t, r.CIDR) {
			local = append(local, r)
		} else {
			others = append(others, r)
		}
	}
	return append(local, others...)
}

// Find gives where the route with the destination of r is among Routes, or -1.
func (t *RouteTable) Find(r Route) int {
	return slices.IndexFunc(t.Routes, func(o Route) bool { return o.CIDR == r.CIDR && o.PrefixListID == r.PrefixListID })
}

// Blackhole says whether the target of a route is not there or not attached any
// more. Of targets that flowemu does not have it knows nothing.
// Source: EC2 API, Route, State.
func (s *Snapshot) Blackhole(t *RouteTable, r *Route) bool {
	switch {
	case strings.HasPrefix(r.GatewayID, "igw-"):
		g := Get[InternetGateway](s, r.GatewayID)
		return g == nil || g.VPCID != t.VPCID
	case r.EgressOnlyID != "":
		return Get[EgressOnlyGateway](s, r.EgressOnlyID) == nil
	case r.NATGatewayID != "":
		g := Get[NATGateway](s, r.NATGatewayID)
		return g == nil || !g.Available()
	case r.InterfaceID != "":
		e := s.ENI(r.InterfaceID)
		return e == nil || e.InstanceID == "" && e.Attachment == nil
	case r.TransitGatewayID != "":
		return !s.AttachedTo(r.TransitGatewayID, t.VPCID)
	}
	return false
}
