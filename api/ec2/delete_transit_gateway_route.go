package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
)

type deleteTransitGatewayRouteInput struct {
	dryRun
	TransitGatewayRouteTableID string `query:"TransitGatewayRouteTableId"`
	DestinationCidrBlock       string `query:"DestinationCidrBlock"`
}

// deleteTransitGatewayRoute deletes a static route. The text is as floci-io/floci#2348 has it.
func deleteTransitGatewayRoute(t *tx, in *deleteTransitGatewayRouteInput) (*transitRouteOutput, error) {
	table, p, i, err := t.editRoute(in.TransitGatewayRouteTableID, in.DestinationCidrBlock)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, &api.Error{Code: "InvalidRoute.NotFound", Message: fmt.Sprintf("The route %s does not exist in Transit Gateway Route Table %s.", p, table.ID)}
	}
	out := &transitRouteOutput{newTransitRouteItem(t, &table.Routes[i])}
	out.Route.State = "deleted"
	table.Routes = slices.Delete(table.Routes, i, i+1)
	t.Put(table)
	return out, nil
}
