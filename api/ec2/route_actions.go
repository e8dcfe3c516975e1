package ec2

import "github.com/flowemu/flowemu/api"

// routeActions are those about route tables.
func routeActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AssociateRouteTable", associateRouteTable),
		change(s, "CreateRoute", createRoute),
		change(s, "CreateRouteTable", createRouteTable),
		change(s, "DeleteRoute", deleteRoute),
		change(s, "DeleteRouteTable", deleteRouteTable),
		read(s, "DescribeRouteTables", describeRouteTables),
		change(s, "DisassociateRouteTable", disassociateRouteTable),
		change(s, "ReplaceRoute", replaceRoute),
		change(s, "ReplaceRouteTableAssociation", replaceRouteTableAssociation),
	}
}
