package ec2

import (
	"maps"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeInstancesInput struct {
	describing
	InstanceIDs []string `query:"InstanceId"`
	_           struct{} `ignored:"IncludeManagedResources"`
}

type describeInstancesOutput struct {
	Reservations api.Set[reservationItem] `xml:"reservationSet"`
	NextToken    string                   `xml:"nextToken,omitempty"`
}

// Source: EC2 API, DescribeInstances.
var instanceFilters = withInterfaces(filters[vpc.Instance]{
	"architecture":             func(_ *view, i *vpc.Instance) []string { return one(architectureOf(i.Type)) },
	"availability-zone":        func(_ *view, i *vpc.Instance) []string { return one(i.Zone.Name) },
	"availability-zone-id":     func(_ *view, i *vpc.Instance) []string { return one(i.Zone.ID) },
	"client-token":             func(_ *view, i *vpc.Instance) []string { return one(i.ClientToken) },
	"dns-name":                 ofInstance(func(i *instanceItem) string { return i.DNSName }),
	"ebs-optimized":            func(_ *view, i *vpc.Instance) []string { return oneBool(i.Options.EBSOptimized) },
	"hypervisor":               ofInstance(func(i *instanceItem) string { return i.Hypervisor }),
	"iam-instance-profile.arn": func(_ *view, i *vpc.Instance) []string { return one(i.ProfileARN) },
	"image-id":                 func(_ *view, i *vpc.Instance) []string { return one(i.ImageID) },
	"instance-id":              func(_ *view, i *vpc.Instance) []string { return one(i.ID) },
	"instance-lifecycle":       func(*view, *vpc.Instance) []string { return nil },
	"instance-state-code":      func(_ *view, i *vpc.Instance) []string { return oneInt(stateNamed(i.State).Code) },
	"instance-state-name":      func(_ *view, i *vpc.Instance) []string { return one(i.State) },
	"instance-type":            func(_ *view, i *vpc.Instance) []string { return one(i.Type) },
	"ip-address":               ofInstance(func(i *instanceItem) string { return i.IPAddress }),
	"ipv6-address":             ofInstance(func(i *instanceItem) string { return i.IPv6Address }),
	"key-name":                 func(_ *view, i *vpc.Instance) []string { return one(i.KeyName) },
	"launch-index":             func(_ *view, i *vpc.Instance) []string { return oneInt(i.LaunchIndex) },
	"launch-time":              func(_ *view, i *vpc.Instance) []string { return oneTime(i.Launched) },
	"monitoring-state":         func(_ *view, i *vpc.Instance) []string { return one(monitoringState(i)) },
	"owner-id":                 func(_ *view, i *vpc.Instance) []string { return one(i.Account) },
	"placement-group-name":     func(_ *view, i *vpc.Instance) []string { return one(i.Options.PlacementGroup) },
	"platform":                 func(*view, *vpc.Instance) []string { return nil },
	"private-dns-name":         ofInstance(func(i *instanceItem) string { return i.PrivateDNSName }),
	"private-ip-address":       ofInstance(func(i *instanceItem) string { return i.PrivateIPAddress }),
	"reservation-id":           func(_ *view, i *vpc.Instance) []string { return one(i.ReservationID) },
	"root-device-name":         ofInstance(func(i *instanceItem) string { return i.RootDeviceName }),
	"root-device-type":         ofInstance(func(i *instanceItem) string { return i.RootDeviceType }),
	"subnet-id":                ofInstance(func(i *instanceItem) string { return i.SubnetID }),
	"tenancy":                  func(_ *view, i *vpc.Instance) []string { return one(orDefault(i.Options.Tenancy)) },
	"virtualization-type":      ofInstance(func(i *instanceItem) string { return i.VirtualizationType }),
	"vpc-id":                   ofInstance(func(i *instanceItem) string { return i.VpcID }),
	"source-dest-check": func(v *view, i *vpc.Instance) (out []string) {
		for _, e := range v.Interfaces(i) {
			return oneBool(!e.NoSourceCheck)
		}
		return nil
	},
	"block-device-mapping.volume-id":             ofVolumes(func(v *vpc.Volume) []string { return one(v.ID) }),
	"block-device-mapping.device-name":           ofVolumes(func(v *vpc.Volume) []string { return one(v.Device) }),
	"block-device-mapping.status":                ofVolumes(func(*vpc.Volume) []string { return one("attached") }),
	"block-device-mapping.attach-time":           ofVolumes(func(v *vpc.Volume) []string { return oneTime(v.Created) }),
	"block-device-mapping.delete-on-termination": ofVolumes(func(v *vpc.Volume) []string { return oneBool(v.DeleteOnTermination) }),
})

// withInterfaces adds the filters by an instance's interfaces.
func withInterfaces(fs filters[vpc.Instance]) filters[vpc.Instance] {
	by := func(f func(*view, *vpc.ENI) []string) func(*view, *vpc.Instance) []string {
		return func(v *view, i *vpc.Instance) (out []string) {
			for _, e := range v.Interfaces(i) {
				out = append(out, f(v, e)...)
			}
			return out
		}
	}
	for name, f := range interfaceFilters {
		fs["network-interface."+name] = by(f)
	}
	for name, same := range map[string]string{
		"instance.group-id": "group-id", "group-id": "group-id", "instance.group-name": "group-name", "group-name": "group-name",
		"network-interface.addresses.association.ip-owner-id": "addresses.association.owner-id",
	} {
		fs[name] = by(interfaceFilters[same])
	}
	return fs
}

// ofInstance is a filter by a member of the reply.
func ofInstance(f func(*instanceItem) string) func(*view, *vpc.Instance) []string {
	return func(v *view, i *vpc.Instance) []string {
		item := newInstanceItem(v, i)
		return one(f(&item))
	}
}

func ofVolumes(f func(*vpc.Volume) []string) func(*view, *vpc.Instance) []string {
	return func(v *view, i *vpc.Instance) (out []string) {
		for _, volume := range volumesOf(v, i) {
			out = append(out, f(volume)...)
		}
		return out
	}
}

func describeInstances(v *view, in *describeInstancesInput) (*describeInstancesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "instancesSet", in.InstanceIDs, instanceFilters)
	reservations := map[string]*reservationItem{}
	for _, i := range found {
		r := reservations[i.ReservationID]
		if r == nil {
			r = &reservationItem{ReservationID: i.ReservationID, OwnerID: i.Account}
			reservations[i.ReservationID] = r
		}
		r.Instances = append(r.Instances, newInstanceItem(v, i))
	}
	out := &describeInstancesOutput{NextToken: next}
	for _, id := range slices.Sorted(maps.Keys(reservations)) {
		out.Reservations = append(out.Reservations, *reservations[id])
	}
	return out, err
}
