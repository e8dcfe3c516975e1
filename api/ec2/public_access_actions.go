package ec2

import "github.com/flowemu/flowemu/api"

// publicAccessActions are those of VPC Block Public Access.
func publicAccessActions(s *server) []api.Action {
	return []api.Action{
		change(s, "CreateVpcBlockPublicAccessExclusion", createVpcBlockPublicAccessExclusion),
		change(s, "DeleteVpcBlockPublicAccessExclusion", deleteVpcBlockPublicAccessExclusion),
		read(s, "DescribeVpcBlockPublicAccessExclusions", describeVpcBlockPublicAccessExclusions),
		read(s, "DescribeVpcBlockPublicAccessOptions", describeVpcBlockPublicAccessOptions),
		change(s, "ModifyVpcBlockPublicAccessExclusion", modifyVpcBlockPublicAccessExclusion),
		change(s, "ModifyVpcBlockPublicAccessOptions", modifyVpcBlockPublicAccessOptions),
	}
}
