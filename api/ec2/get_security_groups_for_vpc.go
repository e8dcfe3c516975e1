package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getSecurityGroupsForVpcInput struct {
	describing
	VpcID string `query:"VpcId"`
}

type getSecurityGroupsForVpcOutput struct {
	Groups    api.Set[groupForVPC] `xml:"securityGroupForVpcSet"`
	NextToken string               `xml:"nextToken,omitempty"`
}

type groupForVPC struct {
	Description  string       `xml:"description"`
	GroupName    string       `xml:"groupName"`
	OwnerID      string       `xml:"ownerId"`
	GroupID      string       `xml:"groupId"`
	PrimaryVpcID string       `xml:"primaryVpcId"`
	Tags         api.Set[tag] `xml:"tagSet"`
}

var groupForVPCFilters = filters[vpc.SecurityGroup]{
	"description":    groupFilters["description"],
	"group-id":       groupFilters["group-id"],
	"group-name":     groupFilters["group-name"],
	"owner-id":       groupFilters["owner-id"],
	"primary-vpc-id": groupFilters["vpc-id"],
}

// getSecurityGroupsForVpc gives the groups of a VPC; groups of other VPCs cannot be associated with it.
func getSecurityGroupsForVpc(v *view, in *getSecurityGroupsForVpcInput) (*getSecurityGroupsForVpcOutput, error) {
	of, err := find[vpc.VPC](v, in.VpcID)
	if err != nil {
		return nil, err
	}
	in.Filters = append(in.Filters, filter{"primary-vpc-id", []string{of.ID}})
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "", nil, groupForVPCFilters)
	out := &getSecurityGroupsForVpcOutput{NextToken: next}
	for _, g := range found {
		out.Groups = append(out.Groups, groupForVPC{g.Description, g.Name, g.Account, g.ID, g.VPCID, tagSet(v, g.ID)})
	}
	return out, err
}
