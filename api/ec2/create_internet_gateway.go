package ec2

import "github.com/flowemu/flowemu/vpc"

type createInternetGatewayInput struct {
	dryRun
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

type createInternetGatewayOutput struct {
	InternetGateway internetGatewayItem `xml:"internetGateway"`
}

func createInternetGateway(t *tx, in *createInternetGatewayInput) (*createInternetGatewayOutput, error) {
	g := &vpc.InternetGateway{Head: t.head("igw")}
	if err := t.create(g, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createInternetGatewayOutput{newInternetGatewayItem(t, g)}, nil
}
