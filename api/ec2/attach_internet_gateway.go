package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

// gatewayAttachmentInput is the input of AttachInternetGateway and DetachInternetGateway.
type gatewayAttachmentInput struct {
	dryRun
	InternetGatewayID string `query:"InternetGatewayId"`
	VpcID             string `query:"VpcId"`
}

// attachInternetGateway attaches a gateway to a VPC, which has one at most.
func attachInternetGateway(t *tx, in *gatewayAttachmentInput) (*returnOutput, error) {
	g, err := edit[vpc.InternetGateway](t, in.InternetGatewayID)
	if err != nil {
		return nil, err
	}
	v, err := find[vpc.VPC](t, in.VpcID)
	switch {
	case err != nil:
		return nil, err
	case g.VPCID != "":
		return nil, alreadyAssociated("resource %s is already attached to network %s", g.ID, g.VPCID)
	case t.Refers(v.ID, vpc.KindInternetGateway):
		return nil, invalidValue("Network %s already has an internet gateway attached", v.ID)
	}
	g.VPCID = v.ID
	t.Put(g)
	return done()
}
