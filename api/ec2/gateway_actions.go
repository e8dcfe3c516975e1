package ec2

import "github.com/flowemu/flowemu/api"

// gatewayActions are those about internet, egress-only and NAT gateways.
func gatewayActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AssignPrivateNatGatewayAddress", assignPrivateNATGatewayAddress),
		change(s, "AssociateNatGatewayAddress", associateNATGatewayAddress),
		change(s, "AttachInternetGateway", attachInternetGateway),
		change(s, "CreateEgressOnlyInternetGateway", createEgressOnlyInternetGateway),
		change(s, "CreateInternetGateway", createInternetGateway),
		change(s, "CreateNatGateway", createNATGateway),
		change(s, "DeleteEgressOnlyInternetGateway", deleteEgressOnlyInternetGateway),
		change(s, "DeleteInternetGateway", deleteInternetGateway),
		change(s, "DeleteNatGateway", deleteNATGateway),
		read(s, "DescribeEgressOnlyInternetGateways", describeEgressOnlyInternetGateways),
		read(s, "DescribeInternetGateways", describeInternetGateways),
		read(s, "DescribeNatGateways", describeNATGateways),
		change(s, "DetachInternetGateway", detachInternetGateway),
		change(s, "DisassociateNatGatewayAddress", disassociateNATGatewayAddress),
		change(s, "UnassignPrivateNatGatewayAddress", unassignPrivateNATGatewayAddress),
	}
}
