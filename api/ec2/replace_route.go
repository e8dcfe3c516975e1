package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type replaceRouteInput struct {
	routeInput
	routeTarget
	LocalTarget bool `query:"LocalTarget"`
}

// replaceRoute gives a route another target; a local route too, and with
// LocalTarget its own again.
func replaceRoute(t *tx, in *replaceRouteInput) (*returnOutput, error) {
	table, r, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	at, local := table.Find(r), t.IsLocal(table, r.CIDR)
	_, destination := destinationText(&r)
	if at < 0 && !local {
		return nil, invalidValue("There is no route defined for '%s' in the route table. Use CreateRoute instead.", destination)
	}
	if in.LocalTarget {
		return t.resetRoute(table, at, local, destination)
	}
	if err := t.target(table, &r, &in.routeTarget); err != nil {
		return nil, err
	}
	if at < 0 {
		table.Routes = append(table.Routes, r)
	} else {
		table.Routes[at] = r
	}
	t.Put(table)
	return done()
}

func (t *tx) resetRoute(table *vpc.RouteTable, at int, local bool, destination string) (*returnOutput, error) {
	if !local {
		return nil, invalidValue("The route identified by %s is not a local route.", destination)
	}
	if at >= 0 {
		table.Routes = slices.Delete(table.Routes, at, at+1)
		t.Put(table)
	}
	return done()
}
