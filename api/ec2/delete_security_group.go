package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type deleteSecurityGroupInput struct {
	dryRun
	GroupID   string `query:"GroupId"`
	GroupName string `query:"GroupName"`
}

type deleteSecurityGroupOutput struct {
	Return  bool   `xml:"return"`
	GroupID string `xml:"groupId"`
}

func deleteSecurityGroup(t *tx, in *deleteSecurityGroupInput) (*deleteSecurityGroupOutput, error) {
	g, err := groupOf(t, in.GroupID, in.GroupName)
	if err != nil {
		return nil, err
	}
	if g.Name == "default" {
		return nil, &api.Error{Code: "CannotDelete", Message: fmt.Sprintf("the specified group: \"%s\" name: \"%s\" cannot be deleted by a user", g.ID, g.Name)}
	}
	if groupInUse(t.Snapshot, g) {
		return nil, dependency("resource %s has a dependent object", g.ID)
	}
	for _, r := range t.GroupRules(g.ID) {
		t.Remove(r)
	}
	t.Remove(g)
	return &deleteSecurityGroupOutput{Return: true, GroupID: g.ID}, nil
}

// groupInUse says whether an interface has the group or another group of its VPC names it.
// Source: EC2 API, DeleteSecurityGroup. A rule elsewhere that names it becomes stale.
func groupInUse(s *vpc.Snapshot, g *vpc.SecurityGroup) bool {
	if s.Refers(g.ID, vpc.KindENI) {
		return true
	}
	for _, r := range vpc.Referring[vpc.SecurityGroupRule](s, g.ID) {
		of := vpc.Get[vpc.SecurityGroup](s, r.GroupID)
		if r.GroupID != g.ID && of != nil && of.VPCID == g.VPCID {
			return true
		}
	}
	return false
}
