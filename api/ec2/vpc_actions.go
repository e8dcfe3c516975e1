package ec2

import "github.com/flowemu/flowemu/api"

// vpcActions are those about VPCs, subnets and DHCP options.
func vpcActions(s *server) []api.Action {
	return []api.Action{
		change(s, "DeleteSubnet", deleteSubnet),
		read(s, "DescribeSubnets", describeSubnets),
		read(s, "DescribeVpcs", describeVpcs),
		change(s, "ModifySubnetAttribute", modifySubnetAttribute),
	}
}
