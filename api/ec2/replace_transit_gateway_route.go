package ec2

// replaceTransitGatewayRoute gives a static route another target. It makes the
// route if there is none, as floci-io/floci#2348 observed.
func replaceTransitGatewayRoute(t *tx, in *transitRouteInput) (*transitRouteOutput, error) {
	table, p, i, err := t.editRoute(in.TransitGatewayRouteTableID, in.DestinationCidrBlock)
	if err != nil {
		return nil, err
	}
	r, err := in.route(t, table, p)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		table.Routes = append(table.Routes, r)
	} else {
		table.Routes[i] = r
	}
	t.Put(table)
	return &transitRouteOutput{newTransitRouteItem(t, &r)}, nil
}
