package ec2

import "github.com/flowemu/flowemu/api"

// instanceActions are those about instances.
func instanceActions(s *server) []api.Action {
	return []api.Action{
		read(s, "DescribeImages", describeImages),
		read(s, "DescribeInstanceAttribute", describeInstanceAttribute),
		read(s, "DescribeInstanceCreditSpecifications", describeInstanceCreditSpecifications),
		read(s, "DescribeInstances", describeInstances),
		read(s, "DescribeInstanceStatus", describeInstanceStatus),
		read(s, "DescribeInstanceTypes", describeInstanceTypes),
		read(s, "DescribeVolumes", describeVolumes),
		change(s, "ModifyInstanceAttribute", modifyInstanceAttribute),
		change(s, "MonitorInstances", monitorInstances),
		change(s, "RunInstances", runInstances),
		change(s, "StartInstances", startInstances),
		change(s, "StopInstances", stopInstances),
		change(s, "TerminateInstances", terminateInstances),
		change(s, "UnmonitorInstances", unmonitorInstances),
	}
}
