package ec2

import (
	"strings"

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
	return nil, noAssociation(id)
}
