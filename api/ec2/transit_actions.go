package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
)

// transitActions are those about transit gateways.
func transitActions(s *server) []api.Action {
	return slices.Concat(transitGatewayActions(s), transitAttachmentActions(s), transitTableActions(s), transitRouteActions(s))
}

func transitGatewayActions(s *server) []api.Action {
	return []api.Action{
		change(s, "CreateTransitGateway", createTransitGateway),
		change(s, "DeleteTransitGateway", deleteTransitGateway),
		read(s, "DescribeTransitGateways", describeTransitGateways),
		change(s, "ModifyTransitGateway", modifyTransitGateway),
	}
}

func transitAttachmentActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AcceptTransitGatewayVpcAttachment", acceptTransitGatewayVpcAttachment),
		change(s, "CreateTransitGatewayVpcAttachment", createTransitGatewayVpcAttachment),
		change(s, "DeleteTransitGatewayVpcAttachment", deleteTransitGatewayVpcAttachment),
		read(s, "DescribeTransitGatewayAttachments", describeTransitGatewayAttachments),
		read(s, "DescribeTransitGatewayVpcAttachments", describeTransitGatewayVpcAttachments),
		read(s, "GetTransitGatewayAttachmentPropagations", getTransitGatewayAttachmentPropagations),
		change(s, "ModifyTransitGatewayVpcAttachment", modifyTransitGatewayVpcAttachment),
		change(s, "RejectTransitGatewayVpcAttachment", rejectTransitGatewayVpcAttachment),
	}
}

func transitTableActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AssociateTransitGatewayRouteTable", associateTransitGatewayRouteTable),
		change(s, "CreateTransitGatewayRouteTable", createTransitGatewayRouteTable),
		change(s, "DeleteTransitGatewayRouteTable", deleteTransitGatewayRouteTable),
		read(s, "DescribeTransitGatewayRouteTables", describeTransitGatewayRouteTables),
		change(s, "DisableTransitGatewayRouteTablePropagation", disableTransitGatewayRouteTablePropagation),
		change(s, "DisassociateTransitGatewayRouteTable", disassociateTransitGatewayRouteTable),
		change(s, "EnableTransitGatewayRouteTablePropagation", enableTransitGatewayRouteTablePropagation),
		read(s, "GetTransitGatewayRouteTableAssociations", getTransitGatewayRouteTableAssociations),
		read(s, "GetTransitGatewayRouteTablePropagations", getTransitGatewayRouteTablePropagations),
	}
}

func transitRouteActions(s *server) []api.Action {
	return []api.Action{
		change(s, "CreateTransitGatewayRoute", createTransitGatewayRoute),
		change(s, "DeleteTransitGatewayRoute", deleteTransitGatewayRoute),
		change(s, "ReplaceTransitGatewayRoute", replaceTransitGatewayRoute),
		read(s, "SearchTransitGatewayRoutes", searchTransitGatewayRoutes),
	}
}
