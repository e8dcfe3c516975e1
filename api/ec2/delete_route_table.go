package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type deleteRouteTableInput struct {
	dryRun
	RouteTableID string `query:"RouteTableId"`
}

// deleteRouteTable deletes a table that is not the main one and nothing is associated with.
func deleteRouteTable(t *tx, in *deleteRouteTableInput) (*returnOutput, error) {
	table, err := find[vpc.RouteTable](t, in.RouteTableID)
	if err != nil {
		return nil, err
	}
	if len(table.Associations) > 0 || t.Refers(table.ID, vpc.KindNATGateway) {
		return nil, dependency("The routeTable '%s' has dependencies and cannot be deleted.", table.ID)
	}
	t.Remove(table)
	return done()
}
