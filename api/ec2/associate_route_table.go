package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type associateRouteTableInput struct {
	dryRun
	RouteTableID string   `query:"RouteTableId"`
	SubnetID     string   `query:"SubnetId"`
	GatewayID    string   `query:"GatewayId"`
	_            struct{} `ignored:"PublicIpv4Pool"`
}

type associateRouteTableOutput struct {
	AssociationID string           `xml:"associationId"`
	State         associationState `xml:"associationState"`
}

// associateRouteTable puts a subnet or an internet gateway under a table. What
// is under it already keeps its association.
func associateRouteTable(t *tx, in *associateRouteTableInput) (*associateRouteTableOutput, error) {
	table, err := edit[vpc.RouteTable](t, in.RouteTableID)
	if err != nil {
		return nil, err
	}
	id, err := t.routed(table, in)
	if err != nil {
		return nil, err
	}
	a := vpc.RouteTableAssociation{ID: t.newID("rtbassoc"), SubnetID: in.SubnetID, GatewayID: in.GatewayID}
	for _, other := range vpc.Referring[vpc.RouteTable](t.Snapshot, id) {
		for _, has := range other.Associations {
			switch {
			case has.SubnetID != in.SubnetID || has.GatewayID != in.GatewayID:
			case other.ID == table.ID:
				return &associateRouteTableOutput{has.ID, associationState{"associated"}}, nil
			default:
				return nil, alreadyAssociated("the specified association for route table %s conflicts with an existing association", table.ID)
			}
		}
	}
	table.Associations = append(table.Associations, a)
	t.Put(table)
	return &associateRouteTableOutput{a.ID, associationState{"associated"}}, nil
}

// routed gives the subnet or gateway that is to be put under the table.
func (t *tx) routed(table *vpc.RouteTable, in *associateRouteTableInput) (id string, err error) {
	switch given(in.SubnetID, in.GatewayID) {
	case 0:
		return "", missingParameter("subnetId or gatewayId")
	case 2:
		return "", exclusive("gatewayId", "subnetId")
	}
	if in.GatewayID != "" {
		return in.GatewayID, t.checkGateway(table, in.GatewayID)
	}
	n, err := find[vpc.Subnet](t, in.SubnetID)
	if err == nil && n.VPCID != table.VPCID {
		err = differentNetworks("route table "+table.ID, "subnet "+n.ID)
	}
	return in.SubnetID, err
}
