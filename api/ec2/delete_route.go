package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
)

func deleteRoute(t *tx, in *routeInput) (*returnOutput, error) {
	table, r, err := in.edit(t)
	if err != nil {
		return nil, err
	}
	parameter, destination := destinationText(&r)
	if t.IsLocal(table, r.CIDR) {
		return nil, invalidValue("cannot remove local route %s in route table %s", destination, table.ID)
	}
	at := table.Find(r)
	if at < 0 {
		return nil, &api.Error{
			Code: "InvalidRoute.NotFound", Message: fmt.Sprintf("no route with %s %s in route table %s", parameter, destination, table.ID),
		}
	}
	table.Routes = slices.Delete(table.Routes, at, at+1)
	t.Put(table)
	return done()
}
