package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type createEgressOnlyInternetGatewayInput struct {
	dryRun
	clientToken
	VpcID             string             `query:"VpcId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

type createEgressOnlyInternetGatewayOutput struct {
	ClientToken string                `xml:"clientToken,omitempty"`
	Gateway     egressOnlyGatewayItem `xml:"egressOnlyInternetGateway"`
}

// createEgressOnlyInternetGateway makes a gateway for a VPC, which has one at
// most. Source: "Amazon VPC quotas", Egress-only internet gateways.
func createEgressOnlyInternetGateway(t *tx, in *createEgressOnlyInternetGatewayInput) (*createEgressOnlyInternetGatewayOutput, error) {
	v, err := find[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	if t.Refers(v.ID, vpc.KindEgressOnly) {
		return nil, invalidValue("Network %s already has an egress-only internet gateway attached", v.ID)
	}
	g := &vpc.EgressOnlyGateway{Head: t.head("eigw"), VPCID: v.ID}
	if err := t.create(g, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createEgressOnlyInternetGatewayOutput{in.ClientToken, newEgressOnlyGatewayItem(t, g)}, nil
}
