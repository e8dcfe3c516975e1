package ec2

import (
	"cmp"
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

// interfacesOf gives the interfaces of an instance, the primary one first.
func interfacesOf(at place, i *vpc.Instance) []*vpc.ENI {
	s, _ := at.in()
	out := slices.DeleteFunc(vpc.Referring[vpc.ENI](s, i.ID), func(e *vpc.ENI) bool { return e.InstanceID != i.ID || e.Attachment == nil })
	slices.SortStableFunc(out, func(a, b *vpc.ENI) int {
		return cmp.Or(cmp.Compare(a.Attachment.NetworkCard, b.Attachment.NetworkCard), cmp.Compare(a.Attachment.DeviceIndex, b.Attachment.DeviceIndex))
	})
	return out
}
