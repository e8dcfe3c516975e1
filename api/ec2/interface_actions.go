package ec2

import "github.com/flowemu/flowemu/api"

// interfaceActions are those about network interfaces and Elastic IP addresses.
func interfaceActions(s *server) []api.Action {
	return []api.Action{
		read(s, "DescribeNetworkInterfaces", s.describeNetworkInterfaces),
	}
}
