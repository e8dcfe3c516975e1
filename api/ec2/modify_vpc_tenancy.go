package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type modifyVpcTenancyInput struct {
	dryRun
	VpcID           string `query:"VpcId"`
	InstanceTenancy string `query:"InstanceTenancy"`
}

// modifyVpcTenancy makes a VPC with dedicated tenancy one with the default
// tenancy; there is no other change. Source: EC2 API, ModifyVpcTenancy and
// "Error codes", InvalidTenancy.
func modifyVpcTenancy(t *tx, in *modifyVpcTenancyInput) (*returnOutput, error) {
	switch {
	case in.VpcID == "":
		return nil, missingParameter("vpcId")
	case in.InstanceTenancy == "":
		return nil, missingParameter("instanceTenancy")
	case in.InstanceTenancy != sharedTenancy:
		return nil, invalidValue("Value (%s) for parameter instanceTenancy is invalid. The tenancy can only be modified to default.", in.InstanceTenancy)
	}
	v, err := edit[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	if v.Tenancy == sharedTenancy {
		return nil, &api.Error{Code: "InvalidTenancy", Message: fmt.Sprintf("The tenancy of the vpc '%s' is default already and cannot be modified.", v.ID)}
	}
	v.Tenancy = sharedTenancy
	t.Put(v)
	return done()
}
