package ec2

import "github.com/flowemu/flowemu/api"

// interfaceActions are those about network interfaces and Elastic IP addresses.
func interfaceActions(s *server) []api.Action {
	return []api.Action{
		change(s, "AllocateAddress", allocateAddress),
		change(s, "AssignIpv6Addresses", assignIPv6Addresses),
		change(s, "AssignPrivateIpAddresses", assignPrivateIPAddresses),
		change(s, "AssociateAddress", associateAddress),
		change(s, "AttachNetworkInterface", attachNetworkInterface),
		change(s, "CreateNetworkInterface", createNetworkInterface),
		change(s, "DeleteNetworkInterface", deleteNetworkInterface),
		read(s, "DescribeAddresses", describeAddresses),
		read(s, "DescribeAddressesAttribute", describeAddressesAttribute),
		read(s, "DescribeNetworkInterfaceAttribute", describeNetworkInterfaceAttribute),
		read(s, "DescribeNetworkInterfaces", s.describeNetworkInterfaces),
		change(s, "DetachNetworkInterface", detachNetworkInterface),
		change(s, "DisassociateAddress", disassociateAddress),
		change(s, "ModifyNetworkInterfaceAttribute", modifyNetworkInterfaceAttribute),
		change(s, "ReleaseAddress", releaseAddress),
		change(s, "ResetNetworkInterfaceAttribute", resetNetworkInterfaceAttribute),
		change(s, "UnassignIpv6Addresses", unassignIPv6Addresses),
		change(s, "UnassignPrivateIpAddresses", unassignPrivateIPAddresses),
	}
}
