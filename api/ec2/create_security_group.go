package ec2

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createSecurityGroupInput struct {
	dryRun
	Description       string             `query:"GroupDescription"`
	GroupName         string             `query:"GroupName"`
	VpcID             string             `query:"VpcId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

type createSecurityGroupOutput struct {
	GroupID          string       `xml:"groupId"`
	SecurityGroupArn string       `xml:"securityGroupArn"`
	Tags             api.Set[tag] `xml:"tagSet"`
}

func createSecurityGroup(t *tx, in *createSecurityGroupInput) (*createSecurityGroupOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	v, err := vpcOfNewGroup(t, in.VpcID)
	if err != nil {
		return nil, err
	}
	if groupIn(t.Snapshot, v.ID, in.GroupName) != nil {
		return nil, &api.Error{Code: "InvalidGroup.Duplicate", Message: fmt.Sprintf("The security group '%s' already exists for VPC '%s'", in.GroupName, v.ID)}
	}
	g := &vpc.SecurityGroup{Head: t.head("sg"), Name: in.GroupName, Description: in.Description}
	for _, r := range v.NewGroup(g, func(netip.Prefix) vpc.Head { return t.head("sgr") }) {
		t.Put(r)
	}
	if err := t.tagNew(g, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createSecurityGroupOutput{GroupID: g.ID, SecurityGroupArn: arn(g), Tags: tagSet(t, g.ID)}, nil
}

func vpcOfNewGroup(t *tx, id string) (*vpc.VPC, error) {
	if id != "" {
		return find[vpc.VPC](t, id)
	}
	if v := t.DefaultVPC(t.Account, t.Region); v != nil {
		return v, nil
	}
	return nil, noDefaultVPC("")
}

// groupText is what the name and description of groups and the description of rules may be.
// Source: EC2 API, CreateSecurityGroup, GroupDescription.
var groupText = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}$`)

func (in *createSecurityGroupInput) check() error {
	switch {
	case in.GroupName == "":
		return missingParameter("GroupName")
	case in.Description == "":
		return missingParameter("GroupDescription")
	case in.GroupName == "default":
		return invalidValue("Cannot use reserved security group name: default")
	case strings.HasPrefix(in.GroupName, "sg-"):
		return invalidValue("Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", in.GroupName)
	}
	if err := checkGroupText(in.GroupName, "GroupName", "security group name", "names"); err != nil {
		return err
	}
	return checkGroupText(in.Description, "GroupDescription", "security group description", "descriptions")
}

func checkGroupText(value, parameter, what, plural string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r > '\x7f' }) {
		return invalidValue("Value (%s) for parameter %s is invalid. Character sets beyond ASCII are not supported.", value, parameter)
	}
	if !groupText.MatchString(value) {
		return invalidValue(
			"Invalid %s. Valid %s are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*", what, plural)
	}
	return nil
}
