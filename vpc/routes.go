package vpc

import (
	"net/netip"
	"time"
)

// KindRouteTable is the kind of a RouteTable.
const KindRouteTable Kind = "route-table"

// RouteTable is a VPC's route table. Its local routes follow from the VPC's
// ranges and are not among Routes.
type RouteTable struct {
	Head
	VPCID        string
	Routes       []Route
	Associations []RouteTableAssociation
	Gateways     []string // virtual private gateways that propagate routes
}

// RouteTableAssociation puts a subnet or a gateway under a route table; Main is
// that of the subnets that have none of their own.
type RouteTableAssociation struct {
	ID        string
	SubnetID  string
	GatewayID string
	Main      bool
}

// Route is where traffic for a destination goes: exactly one of the targets is set.
type Route struct {
	CIDR             netip.Prefix // the destination, or invalid
	PrefixListID     string       // the destination, or ""
	GatewayID        string       // internet or virtual private gateway
	EgressOnlyID     string
	NATGatewayID     string
	InterfaceID      string
	InstanceID       string // owner of InterfaceID, if the route was made by instance
	TransitGatewayID string
	PeeringID        string // VPC peering connection
	VPCEndpointID    string
	LocalGatewayID   string
	CarrierGatewayID string
	CoreNetworkARN   string
	ODBNetworkARN    string
}

// Kind is KindRouteTable.
func (*RouteTable) Kind() Kind { return KindRouteTable }

// Refs gives the VPC, what is associated, the associations and the targets.
func (t *RouteTable) Refs() []string {
	out := []string{t.VPCID}
	for _, a := range t.Associations {
		out = append(out, a.ID, a.SubnetID, a.GatewayID)
	}
	for _, r := range t.Routes {
		out = append(out, r.PrefixListID, r.GatewayID, r.EgressOnlyID, r.NATGatewayID, r.InterfaceID, r.InstanceID, r.TransitGatewayID)
	}
	return refs(out...)
}

// KindInternetGateway is the kind of an InternetGateway.
const KindInternetGateway Kind = "internet-gateway"

// InternetGateway is an internet gateway, attached to a VPC or not.
type InternetGateway struct {
	Head
	VPCID string
}

// Kind is KindInternetGateway.
func (*InternetGateway) Kind() Kind { return KindInternetGateway }

// Refs gives the VPC.
func (g *InternetGateway) Refs() []string { return refs(g.VPCID) }

// KindEgressOnly is the kind of an EgressOnlyGateway.
const KindEgressOnly Kind = "egress-only-internet-gateway"

// EgressOnlyGateway is an egress-only internet gateway.
type EgressOnlyGateway struct {
	Head
	VPCID string
}

// Kind is KindEgressOnly.
func (*EgressOnlyGateway) Kind() Kind { return KindEgressOnly }

// Refs gives the VPC.
func (g *EgressOnlyGateway) Refs() []string { return refs(g.VPCID) }

// KindNATGateway is the kind of a NATGateway.
const KindNATGateway Kind = "natgateway"

// States of a NAT gateway. Source: EC2 API, NatGateway.
const (
	NATAvailable = "available"
	NATFailed    = "failed"
	NATDeleted   = "deleted"
)

// NATGateway is a NAT gateway of a subnet or, if Regional, of a VPC.
type NATGateway struct {
	Head
	VPCID     string
	SubnetID  string // "" if Regional
	Regional  bool
	AutoZones bool // Regional, and AWS chooses the zones and addresses
	Private   bool // connectivity type private
	Addresses []NATAddress
	Created   time.Time
	Ended     time.Time // when it was deleted or failed; zero while it is available
	// RouteTableID is the route table that a Regional one comes with.
	RouteTableID string
	// FailureCode and FailureMessage say why it could not be made, until it is deleted.
	FailureCode    string
	FailureMessage string
}

// NATAddress is an address of a NAT gateway: of its interface or, if that is
// Regional, of a zone.
type NATAddress struct {
	AllocationID  string
	AssociationID string
	InterfaceID   string
	PrivateIP     netip.Addr
	PublicIP      netip.Addr
	Primary       bool
	Zone          Zone
}

// Kind is KindNATGateway.
func (*NATGateway) Kind() Kind { return KindNATGateway }

// Available says whether it was made and not deleted.
func (g *NATGateway) Available() bool { return g.Ended.IsZero() }

// Expires is a while after it was deleted or has failed.
func (g *NATGateway) Expires() time.Time { return afterlife(g.Ended) }

// State gives its state in EC2's words.
func (g *NATGateway) State() string {
	switch {
	case g.Available():
		return NATAvailable
	case g.FailureCode != "":
		return NATFailed
	}
	return NATDeleted
}

// Refs gives the VPC and the subnet while it is available, its route table, and
// its interfaces and addresses.
func (g *NATGateway) Refs() []string {
	if !g.Available() {
		return nil
	}
	out := []string{g.VPCID, g.SubnetID, g.RouteTableID}
	for _, a := range g.Addresses {
		out = append(out, a.AllocationID, a.InterfaceID)
	}
	return refs(out...)
}
