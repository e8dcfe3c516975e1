package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeStaleSecurityGroupsInput struct {
	dryRun
	paging
	VpcID string `query:"VpcId"`
}

type describeStaleSecurityGroupsOutput struct {
	Groups    api.Set[staleGroup] `xml:"staleSecurityGroupSet"`
	NextToken string              `xml:"nextToken,omitempty"`
}

type staleGroup struct {
	Description string                   `xml:"description"`
	GroupID     string                   `xml:"groupId"`
	GroupName   string                   `xml:"groupName"`
	VpcID       string                   `xml:"vpcId"`
	In          api.Set[stalePermission] `xml:"staleIpPermissions"`
	Out         api.Set[stalePermission] `xml:"staleIpPermissionsEgress"`
}

// stalePermission is EC2's StaleIpPermission; an IpPermission has more peers.
type stalePermission struct {
	IPProtocol string             `xml:"ipProtocol"`
	FromPort   *int               `xml:"fromPort"`
	ToPort     *int               `xml:"toPort"`
	Groups     api.Set[groupPeer] `xml:"groups"`
}

// describeStaleSecurityGroups gives the groups of a VPC with rules that name a
// group that is gone, or in a VPC that is not joined to theirs any more.
func describeStaleSecurityGroups(v *view, in *describeStaleSecurityGroupsInput) (*describeStaleSecurityGroupsOutput, error) {
	of, err := find[vpc.VPC](v, in.VpcID)
	if err != nil {
		return nil, err
	}
	var all []staleGroup
	for _, g := range vpc.Referring[vpc.SecurityGroup](v.Snapshot, of.ID) {
		inbound, outbound := directions(v.Snapshot, g)
		s := staleGroup{g.Description, g.ID, g.Name, g.VPCID, stalePermissions(v.Snapshot, inbound), stalePermissions(v.Snapshot, outbound)}
		if len(s.In)+len(s.Out) > 0 {
			all = append(all, s)
		}
	}
	page, next, err := pageOf(v, &in.paging, pageSize{5, 255}, of.ID, all, func(s staleGroup) string { return s.GroupID })
	return &describeStaleSecurityGroupsOutput{api.Set[staleGroup](page), next}, err
}

func stalePermissions(s *vpc.Snapshot, list []*vpc.SecurityGroupRule) api.Set[stalePermission] {
	var out api.Set[stalePermission]
	stale := slices.DeleteFunc(list, func(r *vpc.SecurityGroupRule) bool { return !s.Stale(r) })
	for _, p := range permissionItems(stale) {
		out = append(out, p.stalePermission)
	}
	return out
}
