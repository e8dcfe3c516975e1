package ec2

import (
	"fmt"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// routeDestination is the destination members of CreateRoute, ReplaceRoute and
// DeleteRoute: exactly one is given.
type routeDestination struct {
	CidrBlock     string `query:"DestinationCidrBlock"`
	IPv6CidrBlock string `query:"DestinationIpv6CidrBlock"`
	PrefixListID  string `query:"DestinationPrefixListId"`
}

// route makes a route without a target.
func (d *routeDestination) route() (r vpc.Route, err error) {
	switch {
	case given(d.CidrBlock, d.IPv6CidrBlock, d.PrefixListID) > 1:
		err = invalidCombination("The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock or destinationPrefixListId")
	case d.CidrBlock != "":
		r.CIDR, err = parseBlock("destinationCidrBlock", d.CidrBlock, ipv4Bits)
	case d.IPv6CidrBlock != "":
		r.CIDR, err = parseBlock("destinationIpv6CidrBlock", d.IPv6CidrBlock, ipv6Bits)
	case d.PrefixListID != "":
		r.PrefixListID = d.PrefixListID
	default:
		err = missingParameter("destinationCidrBlock or destinationIpv6CidrBlock")
	}
	return r, err
}

func given(values ...string) (n int) {
	for _, v := range values {
		if v != "" {
			n++
		}
	}
	return n
}

// destinationText gives a route's destination and the parameter that it is of.
func destinationText(r *vpc.Route) (parameter, value string) {
	switch {
	case r.PrefixListID != "":
		return "destination-prefix-list-id", r.PrefixListID
	case r.CIDR.Addr().Is4():
		return "destination-cidr-block", r.CIDR.String()
	}
	return "destination-ipv6-cidr-block", r.CIDR.String()
}

// routeInput is what CreateRoute, ReplaceRoute and DeleteRoute have in common.
type routeInput struct {
	dryRun
	routeDestination
	RouteTableID string `query:"RouteTableId"`
}

// edit gives a copy of the table, and the route that is named without its target.
func (in *routeInput) edit(t *tx) (*vpc.RouteTable, vpc.Route, error) {
	table, err := edit[vpc.RouteTable](t, in.RouteTableID)
	if err != nil {
		return nil, vpc.Route{}, err
	}
	r, err := in.route()
	return table, r, err
}

// routeTarget is the target members of CreateRoute and ReplaceRoute: exactly one
// is given.
type routeTarget struct {
	GatewayID        string `query:"GatewayId"`
	EgressOnlyID     string `query:"EgressOnlyInternetGatewayId"`
	NatGatewayID     string `query:"NatGatewayId"`
	InterfaceID      string `query:"NetworkInterfaceId"`
	InstanceID       string `query:"InstanceId"`
	TransitGatewayID string `query:"TransitGatewayId"`
	PeeringID        string `query:"VpcPeeringConnectionId"`
	VpcEndpointID    string `query:"VpcEndpointId"`
	LocalGatewayID   string `query:"LocalGatewayId"`
	CarrierGatewayID string `query:"CarrierGatewayId"`
	CoreNetworkArn   string `query:"CoreNetworkArn"`
	OdbNetworkArn    string `query:"OdbNetworkArn"`
}

func (in *routeTarget) count() int {
	return given(
		in.GatewayID, in.EgressOnlyID, in.NatGatewayID, in.InterfaceID, in.InstanceID, in.TransitGatewayID,
		in.PeeringID, in.VpcEndpointID, in.LocalGatewayID, in.CarrierGatewayID, in.CoreNetworkArn, in.OdbNetworkArn,
	)
}

// inVPC says whether the target may be that of a route for a part of the VPC.
// Source: "Routing for a middlebox appliance" and EC2's error text.
func (in *routeTarget) inVPC() bool {
	return given(in.InterfaceID, in.InstanceID, in.NatGatewayID, in.VpcEndpointID) == 1
}

// target sets the target of r, a route of table.
func (t *tx) target(table *vpc.RouteTable, r *vpc.Route, in *routeTarget) error {
	if n := in.count(); n != 1 {
		const text = "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, " +
			"egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId, coreNetworkArn or instanceId"
		if n == 0 {
			return missing(text)
		}
		return invalidCombination(text)
	}
	if t.InVPC(table.VPCID, r.CIDR) && !in.inVPC() {
		return invalidValue("Route target is not supported. This route only supports interface and instance targets.")
	}
	if r.PrefixListID != "" {
		if _, err := find[vpc.PrefixList](t, r.PrefixListID); err != nil {
			return err
		}
	}
	return t.setTarget(table, r, in)
}

func (t *tx) setTarget(table *vpc.RouteTable, r *vpc.Route, in *routeTarget) (err error) {
	switch {
	case in.GatewayID != "":
		r.GatewayID, err = in.GatewayID, t.checkGateway(table, in.GatewayID)
	case in.EgressOnlyID != "":
		r.EgressOnlyID, err = in.EgressOnlyID, t.checkEgressOnly(table, r, in.EgressOnlyID)
	case in.NatGatewayID != "":
		r.NATGatewayID, err = in.NatGatewayID, t.checkNATGateway(table, in.NatGatewayID)
	case in.InterfaceID != "":
		r.InterfaceID, err = in.InterfaceID, t.checkInterface(table, in.InterfaceID)
	case in.InstanceID != "":
		r.InstanceID = in.InstanceID
		r.InterfaceID, err = t.interfaceOf(table, in.InstanceID)
	case in.TransitGatewayID != "":
		r.TransitGatewayID, err = in.TransitGatewayID, t.checkTransitGateway(table, in.TransitGatewayID)
	default:
		// flowemu has no such resources: what their id says is kept as it is.
		r.PeeringID, r.VPCEndpointID, r.LocalGatewayID, r.CarrierGatewayID = in.PeeringID, in.VpcEndpointID, in.LocalGatewayID, in.CarrierGatewayID
		r.CoreNetworkARN, r.ODBNetworkARN = in.CoreNetworkArn, in.OdbNetworkArn
	}
	return err
}

// checkGateway checks an internet gateway. Of virtual private gateways, which
// flowemu does not have, it takes any.
func (t *tx) checkGateway(table *vpc.RouteTable, id string) error {
	if strings.HasPrefix(id, "vgw-") {
		return nil
	}
	g, err := find[vpc.InternetGateway](t, id)
	if err != nil {
		return &api.Error{Code: "InvalidGatewayID.NotFound", Message: fmt.Sprintf("The gateway ID '%s' does not exist", id)}
	}
	if g.VPCID != table.VPCID {
		return differentNetworks("route table "+table.ID, "network gateway "+id)
	}
	return nil
}

func (t *tx) checkEgressOnly(table *vpc.RouteTable, r *vpc.Route, id string) error {
	g, err := find[vpc.EgressOnlyGateway](t, id)
	switch {
	case err != nil:
		return err
	case g.VPCID != table.VPCID:
		return differentNetworks("route table "+table.ID, "network gateway "+id)
	case r.CIDR.Addr().Is4():
		return invalidValue("Route target is not supported. An egress-only internet gateway is for IPv6 destinations only.")
	}
	return nil
}

func (t *tx) checkNATGateway(table *vpc.RouteTable, id string) error {
	g, err := find[vpc.NATGateway](t, id)
	if err != nil || !g.Available() {
		return &api.Error{Code: "InvalidNatGatewayID.NotFound", Message: fmt.Sprintf("The natGateway ID '%s' does not exist", id)}
	}
	if g.VPCID != table.VPCID {
		return differentNetworks("route table "+table.ID, "interface "+id)
	}
	return nil
}

func (t *tx) checkInterface(table *vpc.RouteTable, id string) error {
	e, err := find[vpc.ENI](t, id)
	if err == nil && e.VPCID != table.VPCID {
		err = differentNetworks("route table "+table.ID, "interface "+id)
	}
	return err
}

// interfaceOf gives the interface of an instance, which must have only one.
func (t *tx) interfaceOf(table *vpc.RouteTable, id string) (string, error) {
	i, err := find[vpc.Instance](t, id)
	if err != nil {
		return "", err
	}
	all := t.Interfaces(i)
	switch len(all) {
	case 0:
		return "", &api.Error{Code: "InvalidInstanceID", Message: fmt.Sprintf("There are no interfaces attached to instance '%s'.", i.ID)}
	case 1:
		return all[0].ID, t.checkInterface(table, all[0].ID)
	}
	return "", severalInterfaces(i)
}

// checkTransitGateway: one that the VPC is not attached to does not exist for its route tables.
func (t *tx) checkTransitGateway(table *vpc.RouteTable, id string) error {
	if g, err := find[vpc.TransitGateway](t, id); err != nil || !t.AttachedTo(g.ID, table.VPCID) {
		return &api.Error{Code: "InvalidTransitGatewayID.NotFound", Message: fmt.Sprintf("The transitGateway ID '%s' does not exist.", id)}
	}
	return nil
}
