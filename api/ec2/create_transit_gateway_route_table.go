package ec2

import "github.com/flowemu/flowemu/vpc"

type createTransitGatewayRouteTableInput struct {
	dryRun
	TransitGatewayID  string             `query:"TransitGatewayId"`
	TagSpecifications []tagSpecification `query:"TagSpecifications"`
}

func createTransitGatewayRouteTable(t *tx, in *createTransitGatewayRouteTableInput) (*transitTableOutput, error) {
	g, err := findTransitGateway(t, in.TransitGatewayID)
	if err != nil {
		return nil, err
	}
	table := &vpc.TransitGatewayRouteTable{Head: t.head("tgw-rtb"), TransitGatewayID: g.ID, Created: t.now}
	if err := t.create(table, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &transitTableOutput{newTransitTableItem(t, table, "available")}, nil
}
