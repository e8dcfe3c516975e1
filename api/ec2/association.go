package ec2

import (
	"fmt"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// holder gives a copy of the caller's resource that has the association of
// that id, whose prefix is given.
func holder[T any, P vpc.Pointer[T]](t *tx, prefix, id string) (P, error) {
	if strings.HasPrefix(id, prefix+"-") {
		for _, r := range vpc.Referring[T, P](t.Snapshot, id) {
			if owns(t.Caller, r) {
				return vpc.Clone[T, P](r), nil
			}
		}
	}
	return nil, &api.Error{Code: "InvalidAssociationID.NotFound", Message: fmt.Sprintf("The association ID '%s' does not exist", id)}
}
