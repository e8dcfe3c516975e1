package ec2

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// groupNamed gives the security group of the default VPC that has a name.
// Source: EC2 API, DescribeSecurityGroups, GroupName: "[Default VPC]".
func groupNamed(at place, name string) (*vpc.SecurityGroup, error) {
	s, c := at.in()
	v := s.DefaultVPC(c.Account, c.Region)
	if v == nil {
		return nil, noDefaultVPC(groupNameHint)
	}
	if g := groupIn(s, v.ID, name); g != nil {
		return g, nil
	}
	return nil, noGroup("The security group '%s' does not exist in default VPC '%s'", name, v.ID)
}

// groupNameHint is what AWS adds where a group's name, or nothing, stands for the default VPC.
const groupNameHint = " GroupName is only supported for EC2-Classic and default VPC."

// noDefaultVPC is the error of a request that needs the default VPC, in a Region that has none.
func noDefaultVPC(hint string) error {
	return &api.Error{Code: "VPCIdNotSpecified", Message: "No default VPC for this user." + hint}
}

// groupIn gives the security group of a VPC that has a name, or nil.
// Source: EC2 API, CreateSecurityGroup, GroupName: case does not matter.
func groupIn(s *vpc.Snapshot, vpcID, name string) *vpc.SecurityGroup {
	for _, g := range vpc.Referring[vpc.SecurityGroup](s, vpcID) {
		if strings.EqualFold(g.Name, name) {
			return g
		}
	}
	return nil
}

// groupOf gives the security group that a request names by its id or, in the
// default VPC, by its name.
func groupOf(at place, id, name string) (*vpc.SecurityGroup, error) {
	switch {
	case id != "":
		return find[vpc.SecurityGroup](at, id)
	case name != "":
		return groupNamed(at, name)
	}
	return nil, missingParameter("groupId")
}

// rulesPerGroup is how many inbound and how many outbound rules a group may have,
// counted for IPv4 and IPv6 on their own. Source: "Amazon VPC quotas".
const rulesPerGroup = 60

// checkRuleCount refuses a group with too many rules.
func checkRuleCount(s *vpc.Snapshot, groupID string) error {
	if ruleCountFits(s, groupID) {
		return nil
	}
	return &api.Error{Code: "RulesPerSecurityGroupLimitExceeded", Message: "The maximum number of rules per security group has been reached."}
}

func ruleCountFits(s *vpc.Snapshot, groupID string) bool {
	count := map[string]int{}
	for _, r := range s.GroupRules(groupID) {
		v4, v6 := ruleWeight(s, r)
		count[fmt.Sprint(r.Egress, "4")] += v4
		count[fmt.Sprint(r.Egress, "6")] += v6
	}
	for _, n := range count {
		if n > rulesPerGroup {
			return false
		}
	}
	return true
}

// ruleWeight gives for how many IPv4 and IPv6 rules a rule counts: one that names a
// group for one of each, one that names a prefix list for the list's size.
// Source: "Amazon VPC quotas", security groups.
func ruleWeight(s *vpc.Snapshot, r *vpc.SecurityGroupRule) (v4, v6 int) {
	switch list := vpc.Get[vpc.PrefixList](s, r.PrefixList); {
	case list != nil && list.IPv6:
		return 0, cmp.Or(list.MaxEntries, 1)
	case list != nil:
		return cmp.Or(list.MaxEntries, 1), 0
	case r.CIDR.IsValid() && r.CIDR.Addr().Is6():
		return 0, 1
	case r.CIDR.IsValid():
		return 1, 0
	}
	return 1, 1
}
