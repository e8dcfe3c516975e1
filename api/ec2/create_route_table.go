package ec2

import "github.com/flowemu/flowemu/vpc"

type createRouteTableInput struct {
	dryRun
	clientToken
	VpcID             string             `query:"VpcId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

type createRouteTableOutput struct {
	RouteTable  routeTableItem `xml:"routeTable"`
	ClientToken string         `xml:"clientToken,omitempty"`
}

func createRouteTable(t *tx, in *createRouteTableInput) (*createRouteTableOutput, error) {
	v, err := find[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	table := &vpc.RouteTable{Head: t.head("rtb"), VPCID: v.ID}
	if err := t.create(table, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createRouteTableOutput{newRouteTableItem(t, table), in.ClientToken}, nil
}
