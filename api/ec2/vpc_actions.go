package ec2

import "github.com/flowemu/flowemu/api"

// vpcActions are those about VPCs, subnets, DHCP options and what an account has of them.
func vpcActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AssociateDhcpOptions", associateDhcpOptions),
		change(s, "AssociateSubnetCidrBlock", associateSubnetCidrBlock),
		change(s, "AssociateVpcCidrBlock", associateVpcCidrBlock),
		change(s, "CreateDefaultSubnet", createDefaultSubnet),
		change(s, "CreateDefaultVpc", createDefaultVpc),
		change(s, "CreateDhcpOptions", createDhcpOptions),
		change(s, "CreateSubnet", createSubnet),
		change(s, "CreateVpc", createVpc),
		change(s, "CreateVpcEncryptionControl", createVpcEncryptionControl),
		change(s, "DeleteDhcpOptions", deleteDhcpOptions),
		change(s, "DeleteSubnet", deleteSubnet),
		change(s, "DeleteVpc", deleteVpc),
		change(s, "DeleteVpcEncryptionControl", deleteVpcEncryptionControl),
		read(s, "DescribeAccountAttributes", describeAccountAttributes),
		read(s, "DescribeDhcpOptions", describeDhcpOptions),
		read(s, "DescribeSubnets", describeSubnets),
		read(s, "DescribeVpcAttribute", describeVpcAttribute),
		read(s, "DescribeVpcEncryptionControls", describeVpcEncryptionControls),
		read(s, "DescribeVpcs", describeVpcs),
		change(s, "DisassociateSubnetCidrBlock", disassociateSubnetCidrBlock),
		change(s, "DisassociateVpcCidrBlock", disassociateVpcCidrBlock),
		change(s, "ModifySubnetAttribute", modifySubnetAttribute),
		change(s, "ModifyVpcAttribute", modifyVpcAttribute),
		change(s, "ModifyVpcEncryptionControl", modifyVpcEncryptionControl),
		change(s, "ModifyVpcTenancy", modifyVpcTenancy),
	}
}
