package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// detachInternetGateway detaches a gateway from a VPC without public addresses.
// What associated it with a route table goes; routes to it stay, as blackholes.
// To say that it is not attached to a VPC, that need not be there any more:
// Terraform detaches a gateway whose VPC it has just deleted.
func detachInternetGateway(t *tx, in *gatewayAttachmentInput) (*returnOutput, error) {
	g, err := edit[vpc.InternetGateway](t, in.InternetGatewayID)
	switch {
	case err != nil:
		return nil, err
	case g.VPCID == "" || g.VPCID != in.VpcID:
		return nil, &api.Error{Code: "Gateway.NotAttached", Message: fmt.Sprintf("resource %s is not attached to network %s", g.ID, in.VpcID)}
	case t.mapped(g.VPCID):
		return nil, dependency("Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", g.VPCID)
	}
	t.Dissociate(g.ID)
	g.VPCID = ""
	t.Put(g)
	return done()
}

// mapped says whether an interface or a regional NAT gateway of the VPC has a public address.
func (t *tx) mapped(vpcID string) bool {
	regional := func(g *vpc.NATGateway) bool { return g.Regional }
	return slices.ContainsFunc(vpc.Referring[vpc.NATGateway](t.Snapshot, vpcID), regional) ||
		slices.ContainsFunc(vpc.Referring[vpc.ENI](t.Snapshot, vpcID), func(e *vpc.ENI) bool {
			return e.PublicIP.IsValid() || t.Refers(e.ID, vpc.KindAddress)
		})
}
