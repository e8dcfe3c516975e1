package ec2

import "github.com/flowemu/flowemu/vpc"

type deleteEgressOnlyInternetGatewayInput struct {
	dryRun
	GatewayID string `query:"EgressOnlyInternetGatewayId"`
}

type deleteEgressOnlyInternetGatewayOutput struct {
	ReturnCode bool `xml:"returnCode"`
}

// deleteEgressOnlyInternetGateway deletes a gateway. Routes to it stay, as blackholes.
func deleteEgressOnlyInternetGateway(t *tx, in *deleteEgressOnlyInternetGatewayInput) (*deleteEgressOnlyInternetGatewayOutput, error) {
	g, err := find[vpc.EgressOnlyGateway](t, in.GatewayID)
	if err != nil {
		return nil, err
	}
	t.Remove(g)
	return &deleteEgressOnlyInternetGatewayOutput{true}, nil
}
