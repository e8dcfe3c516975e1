package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeRouteTablesInput struct {
	describing
	RouteTableIDs []string `query:"RouteTableId"`
}

type describeRouteTablesOutput struct {
	RouteTables api.Set[routeTableItem] `xml:"routeTableSet"`
	NextToken   string                  `xml:"nextToken,omitempty"`
}

type routeTableItem struct {
	RouteTableID string                        `xml:"routeTableId"`
	VpcID        string                        `xml:"vpcId"`
	OwnerID      string                        `xml:"ownerId"`
	Routes       api.Set[routeItem]            `xml:"routeSet"`
	Associations api.Set[tableAssociationItem] `xml:"associationSet"`
	Propagating  api.Set[propagatingItem]      `xml:"propagatingVgwSet"`
	Tags         api.Set[tag]                  `xml:"tagSet"`
}

type propagatingItem struct {
	GatewayID string `xml:"gatewayId"`
}

type tableAssociationItem struct {
	AssociationID string           `xml:"routeTableAssociationId"`
	RouteTableID  string           `xml:"routeTableId"`
	SubnetID      string           `xml:"subnetId,omitempty"`
	GatewayID     string           `xml:"gatewayId,omitempty"`
	Main          bool             `xml:"main"`
	State         associationState `xml:"associationState"`
}

type associationState struct {
	State string `xml:"state"`
}

type routeItem struct {
	DestinationCidrBlock     string `xml:"destinationCidrBlock,omitempty"`
	DestinationIPv6CidrBlock string `xml:"destinationIpv6CidrBlock,omitempty"`
	DestinationPrefixListID  string `xml:"destinationPrefixListId,omitempty"`
	GatewayID                string `xml:"gatewayId,omitempty"`
	EgressOnlyID             string `xml:"egressOnlyInternetGatewayId,omitempty"`
	NatGatewayID             string `xml:"natGatewayId,omitempty"`
	NetworkInterfaceID       string `xml:"networkInterfaceId,omitempty"`
	InstanceID               string `xml:"instanceId,omitempty"`
	InstanceOwnerID          string `xml:"instanceOwnerId,omitempty"`
	TransitGatewayID         string `xml:"transitGatewayId,omitempty"`
	LocalGatewayID           string `xml:"localGatewayId,omitempty"`
	CarrierGatewayID         string `xml:"carrierGatewayId,omitempty"`
	VpcPeeringConnectionID   string `xml:"vpcPeeringConnectionId,omitempty"`
	CoreNetworkArn           string `xml:"coreNetworkArn,omitempty"`
	OdbNetworkArn            string `xml:"odbNetworkArn,omitempty"`
	Origin                   string `xml:"origin"`
	State                    string `xml:"state"`
}

var routeTableFilters = filters[vpc.RouteTable]{
	"owner-id":       func(_ *view, t *vpc.RouteTable) []string { return one(t.Account) },
	"route-table-id": func(_ *view, t *vpc.RouteTable) []string { return one(t.ID) },
	"vpc-id":         func(_ *view, t *vpc.RouteTable) []string { return one(t.VPCID) },

	"association.gateway-id":                 ofTableAssociations(func(a *tableAssociationItem) []string { return one(a.GatewayID) }),
	"association.main":                       ofTableAssociations(func(a *tableAssociationItem) []string { return oneBool(a.Main) }),
	"association.route-table-association-id": ofTableAssociations(func(a *tableAssociationItem) []string { return one(a.AssociationID) }),
	"association.route-table-id":             ofTableAssociations(func(a *tableAssociationItem) []string { return one(a.RouteTableID) }),
	"association.subnet-id":                  ofTableAssociations(func(a *tableAssociationItem) []string { return one(a.SubnetID) }),

	"route.destination-cidr-block":          ofRoutes(func(r *routeItem) string { return r.DestinationCidrBlock }),
	"route.destination-ipv6-cidr-block":     ofRoutes(func(r *routeItem) string { return r.DestinationIPv6CidrBlock }),
	"route.destination-prefix-list-id":      ofRoutes(func(r *routeItem) string { return r.DestinationPrefixListID }),
	"route.egress-only-internet-gateway-id": ofRoutes(func(r *routeItem) string { return r.EgressOnlyID }),
	"route.gateway-id":                      ofRoutes(func(r *routeItem) string { return r.GatewayID }),
	"route.instance-id":                     ofRoutes(func(r *routeItem) string { return r.InstanceID }),
	"route.nat-gateway-id":                  ofRoutes(func(r *routeItem) string { return r.NatGatewayID }),
	"route.origin":                          ofRoutes(func(r *routeItem) string { return r.Origin }),
	"route.state":                           ofRoutes(func(r *routeItem) string { return r.State }),
	"route.transit-gateway-id":              ofRoutes(func(r *routeItem) string { return r.TransitGatewayID }),
	"route.vpc-peering-connection-id":       ofRoutes(func(r *routeItem) string { return r.VpcPeeringConnectionID }),
}

func ofTableAssociations(values func(*tableAssociationItem) []string) func(*view, *vpc.RouteTable) []string {
	return func(_ *view, t *vpc.RouteTable) (out []string) {
		for i := range t.Associations {
			item := newTableAssociationItem(t, &t.Associations[i])
			out = append(out, values(&item)...)
		}
		return out
	}
}

func ofRoutes(value func(*routeItem) string) func(*view, *vpc.RouteTable) []string {
	return func(v *view, t *vpc.RouteTable) (out []string) {
		for _, r := range v.AllRoutes(t) {
			item := newRouteItem(v.Snapshot, t, &r)
			out = append(out, one(value(&item))...)
		}
		return out
	}
}

func describeRouteTables(v *view, in *describeRouteTablesInput) (*describeRouteTablesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 100}, "routeTableIdSet", in.RouteTableIDs, routeTableFilters)
	out := &describeRouteTablesOutput{NextToken: next}
	for _, t := range found {
		out.RouteTables = append(out.RouteTables, newRouteTableItem(v, t))
	}
	return out, err
}

func newRouteTableItem(at place, t *vpc.RouteTable) routeTableItem {
	s, _ := at.in()
	item := routeTableItem{RouteTableID: t.ID, VpcID: t.VPCID, OwnerID: t.Account, Tags: tagSet(at, t.ID)}
	for _, r := range s.AllRoutes(t) {
		item.Routes = append(item.Routes, newRouteItem(s, t, &r))
	}
	for i := range t.Associations {
		item.Associations = append(item.Associations, newTableAssociationItem(t, &t.Associations[i]))
	}
	for _, id := range t.Gateways {
		item.Propagating = append(item.Propagating, propagatingItem{id})
	}
	return item
}

func newTableAssociationItem(t *vpc.RouteTable, a *vpc.RouteTableAssociation) tableAssociationItem {
	return tableAssociationItem{a.ID, t.ID, a.SubnetID, a.GatewayID, a.Main, associationState{"associated"}}
}

func newRouteItem(s *vpc.Snapshot, t *vpc.RouteTable, r *vpc.Route) routeItem {
	item := routeItem{
		DestinationCidrBlock: ipv4Text(r.CIDR), DestinationIPv6CidrBlock: ipv6Text(r.CIDR),
		DestinationPrefixListID: r.PrefixListID, GatewayID: r.GatewayID, EgressOnlyID: r.EgressOnlyID, NatGatewayID: r.NATGatewayID,
		NetworkInterfaceID: r.InterfaceID, InstanceID: r.InstanceID, TransitGatewayID: r.TransitGatewayID, LocalGatewayID: r.LocalGatewayID,
		CarrierGatewayID: r.CarrierGatewayID, VpcPeeringConnectionID: r.PeeringID, CoreNetworkArn: r.CoreNetworkARN, OdbNetworkArn: r.ODBNetworkARN,
		Origin: "CreateRoute", State: "active",
	}
	if r.VPCEndpointID != "" {
		item.GatewayID = r.VPCEndpointID // as AWS shows it
	}
	if e := s.ENI(r.InterfaceID); e != nil && e.InstanceID != "" {
		item.InstanceID = e.InstanceID
	}
	if item.InstanceID != "" {
		item.InstanceOwnerID = t.Account
	}
	if s.IsLocal(t, r.CIDR) {
		item.Origin = "CreateRouteTable"
	}
	if s.Blackhole(t, r) {
		item.State = "blackhole"
	}
	return item
}
