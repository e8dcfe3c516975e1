package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createRouteInput struct {
	routeInput
	routeTarget
}

// maxRoutes is how many routes of an IP family a table has, local ones aside.
// Source: "Amazon VPC quotas", Routes per route table.
const maxRoutes = 500

func createRoute(t *tx, in *createRouteInput) (*returnOutput, error) {
	table, r, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	if err := t.target(table, &r, &in.routeTarget); err != nil {
		return nil, err
	}
	if table.Find(r) >= 0 || t.IsLocal(table, r.CIDR) {
		_, destination := destinationText(&r)
		return nil, &api.Error{Code: "RouteAlreadyExists", Message: fmt.Sprintf("The route identified by %s already exists.", destination)}
	}
	// Source: "Routing for a middlebox appliance", VPC user guide.
	if t.InVPC(table.VPCID, r.CIDR) && !t.IsBlock(table.VPCID, r.CIDR) {
		return nil, invalidValue("The destination CIDR block %s does not match the CIDR block of a subnet of the VPC.", r.CIDR)
	}
	table.Routes = append(table.Routes, r)
	if err := checkRoutes(table); err != nil {
		return nil, err
	}
	t.Put(table)
	return done()
}

func checkRoutes(table *vpc.RouteTable) error {
	n := map[bool]int{}
	for _, r := range table.Routes {
		if n[r.CIDR.Addr().Is4()]++; n[r.CIDR.Addr().Is4()] > maxRoutes {
			return &api.Error{Code: "RouteLimitExceeded", Message: "The maximum number of routes has been reached."}
		}
	}
	return nil
}
