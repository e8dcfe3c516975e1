package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type deleteInternetGatewayInput struct {
	dryRun
	InternetGatewayID string `query:"InternetGatewayId"`
}

// deleteInternetGateway deletes a gateway that is not attached. Routes to it stay, as blackholes.
func deleteInternetGateway(t *tx, in *deleteInternetGatewayInput) (*returnOutput, error) {
	g, err := find[vpc.InternetGateway](t, in.InternetGatewayID)
	if err != nil {
		return nil, err
	}
	if g.VPCID != "" {
		return nil, dependency("The internetGateway '%s' has dependencies and cannot be deleted.", g.ID)
	}
	t.Remove(g)
	return done()
}
