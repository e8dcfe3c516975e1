package vpc

import (
	"cmp"
	"slices"
	"time"
)

// KindInstance is the kind of an Instance.
const KindInstance Kind = "instance"

// States of an instance. Those on the way from one to another do not occur: a
// change is done when it is answered.
const (
	Running    = "running"
	Stopped    = "stopped"
	Terminated = "terminated"
)

// Instance is what owns network interfaces. Nothing runs in it.
type Instance struct {
	Head
	VPCID         string
	SubnetID      string
	Zone          Zone
	ImageID       string
	Type          string // t3.micro
	KeyName       string
	State         string
	ReservationID string
	LaunchIndex   int
	Launched      time.Time
	Ended         time.Time // when it was stopped or terminated
	UserData      string    // as sent, base64
	ProfileARN    string    // of the instance profile
	ClientToken   string    // of its launch
	Options       InstanceOptions
}

// InstanceOptions is what EC2 keeps of an instance and has no effect here.
type InstanceOptions struct {
	Protected        bool   // disableApiTermination
	StopProtected    bool   // disableApiStop
	ShutdownBehavior string // instanceInitiatedShutdownBehavior: stop, terminate
	Monitoring       bool
	EBSOptimized     bool
	CPUCredits       string // standard, unlimited
	Tenancy          string
	PlacementGroup   string
	AutoRecovery     string // default, disabled
	Metadata         MetadataOptions
	// HostnameType, ResourceNameA and ResourceNameAAAA are its privateDnsNameOptions.
	HostnameType     string
	ResourceNameA    bool
	ResourceNameAAAA bool
}

// MetadataOptions is an instance's metadata options.
type MetadataOptions struct {
	Tokens       string // required, optional
	HopLimit     int
	Endpoint     string // enabled, disabled
	IPv6         string
	InstanceTags string
}

// Kind is KindInstance.
func (*Instance) Kind() Kind { return KindInstance }

// Refs gives the VPC and the subnet.
func (i *Instance) Refs() []string {
	if i.State == Terminated {
		return nil
	}
	return refs(i.VPCID, i.SubnetID)
}

// Expires is a while after it was terminated.
func (i *Instance) Expires() time.Time {
	if i.State != Terminated {
		return time.Time{}
	}
	return afterlife(i.Ended)
}

// Interfaces gives the interfaces of an instance, the primary one first.
func (s *Snapshot) Interfaces(i *Instance) []*ENI {
	out := slices.DeleteFunc(Referring[ENI](s, i.ID), func(e *ENI) bool { return e.InstanceID != i.ID || e.Attachment == nil })
	slices.SortStableFunc(out, func(a, b *ENI) int {
		return cmp.Or(cmp.Compare(a.Attachment.NetworkCard, b.Attachment.NetworkCard), cmp.Compare(a.Attachment.DeviceIndex, b.Attachment.DeviceIndex))
	})
	return out
}
