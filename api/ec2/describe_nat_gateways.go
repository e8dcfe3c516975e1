package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeNATGatewaysInput struct {
	describing
	NATGatewayIDs []string `query:"NatGatewayId"`
}

type describeNATGatewaysOutput struct {
	NATGateways api.Set[natGatewayItem] `xml:"natGatewaySet"`
	NextToken   string                  `xml:"nextToken,omitempty"`
}

type natGatewayItem struct {
	NATGatewayID       string                  `xml:"natGatewayId"`
	VpcID              string                  `xml:"vpcId"`
	SubnetID           string                  `xml:"subnetId,omitempty"`
	State              string                  `xml:"state"`
	ConnectivityType   string                  `xml:"connectivityType"`
	AvailabilityMode   string                  `xml:"availabilityMode"`
	AutoScalingIPs     string                  `xml:"autoScalingIps,omitempty"`
	AutoProvisionZones string                  `xml:"autoProvisionZones,omitempty"`
	RouteTableID       string                  `xml:"routeTableId,omitempty"`
	CreateTime         api.Timestamp           `xml:"createTime"`
	DeleteTime         *api.Timestamp          `xml:"deleteTime,omitempty"`
	FailureCode        string                  `xml:"failureCode,omitempty"`
	FailureMessage     string                  `xml:"failureMessage,omitempty"`
	Addresses          api.Set[natAddressItem] `xml:"natGatewayAddressSet"`
	Tags               api.Set[tag]            `xml:"tagSet"`
}

type natAddressItem struct {
	AllocationID       string `xml:"allocationId,omitempty"`
	AssociationID      string `xml:"associationId,omitempty"`
	NetworkInterfaceID string `xml:"networkInterfaceId,omitempty"`
	PrivateIP          string `xml:"privateIp,omitempty"`
	PublicIP           string `xml:"publicIp,omitempty"`
	IsPrimary          bool   `xml:"isPrimary"`
	Status             string `xml:"status"`
	AvailabilityZone   string `xml:"availabilityZone,omitempty"`
	AvailabilityZoneID string `xml:"availabilityZoneId,omitempty"`
}

// natAddressesOutput is the reply of the actions about addresses of a NAT gateway.
type natAddressesOutput struct {
	NATGatewayID string                  `xml:"natGatewayId"`
	Addresses    api.Set[natAddressItem] `xml:"natGatewayAddressSet"`
}

var natGatewayFilters = filters[vpc.NATGateway]{
	"nat-gateway-id": func(_ *view, g *vpc.NATGateway) []string { return one(g.ID) },
	"state":          func(_ *view, g *vpc.NATGateway) []string { return one(g.State()) },
	"subnet-id":      func(_ *view, g *vpc.NATGateway) []string { return one(g.SubnetID) },
	"vpc-id":         func(_ *view, g *vpc.NATGateway) []string { return one(g.VPCID) },
}

func describeNATGateways(v *view, in *describeNATGatewaysInput) (*describeNATGatewaysOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "natGatewayIdSet", in.NATGatewayIDs, natGatewayFilters)
	out := &describeNATGatewaysOutput{NextToken: next}
	for _, g := range found {
		out.NATGateways = append(out.NATGateways, newNATGatewayItem(v, g))
	}
	return out, err
}

func newNATGatewayItem(at place, g *vpc.NATGateway) natGatewayItem {
	item := natGatewayItem{
		NATGatewayID: g.ID, VpcID: g.VPCID, SubnetID: g.SubnetID, State: g.State(), ConnectivityType: "public", AvailabilityMode: zonalMode,
		RouteTableID: g.RouteTableID, CreateTime: api.Timestamp{Time: g.Created}, FailureCode: g.FailureCode, FailureMessage: g.FailureMessage,
		Addresses: natAddressItems(g.Addresses, "succeeded"), Tags: tagSet(at, g.ID),
	}
	if g.Private {
		item.ConnectivityType = "private"
	}
	if g.State() == vpc.NATFailed {
		item.Addresses = natAddressItems(g.Addresses, "failed")
	}
	if !g.Available() {
		item.DeleteTime = &api.Timestamp{Time: g.Ended}
	}
	if g.Regional {
		item.AvailabilityMode, item.AutoScalingIPs, item.AutoProvisionZones = regionalMode, "disabled", "disabled"
		if g.AutoZones {
			item.AutoScalingIPs, item.AutoProvisionZones = "enabled", "enabled"
		}
	}
	return item
}

func natAddressItems(addresses []vpc.NATAddress, status string) api.Set[natAddressItem] {
	var out api.Set[natAddressItem]
	for _, a := range addresses {
		out = append(out, natAddressItem{
			a.AllocationID, a.AssociationID, a.InterfaceID, addrText(a.PrivateIP), addrText(a.PublicIP), a.Primary, status, a.Zone.Name, a.Zone.ID,
		})
	}
	return out
}
