package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
)

// createTransitGatewayRoute makes a static route. Source of the text:
// ministryofjustice/modernisation-platform#4810.
func createTransitGatewayRoute(t *tx, in *transitRouteInput) (*transitRouteOutput, error) {
	table, p, i, err := t.editRoute(in.TransitGatewayRouteTableID, in.DestinationCidrBlock)
	if err != nil {
		return nil, err
	}
	if i >= 0 {
		return nil, &api.Error{Code: "RouteAlreadyExists", Message: fmt.Sprintf("Route %s already exists in Transit Gateway Route Table %s.", p, table.ID)}
	}
	r, err := in.route(t, table, p)
	if err != nil {
		return nil, err
	}
	table.Routes = append(table.Routes, r)
	t.Put(table)
	return &transitRouteOutput{newTransitRouteItem(t, &r)}, nil
}
