package vpc

import "time"

// KindVolume is the kind of a Volume.
const KindVolume Kind = "volume"

// Volume is an EBS volume of an instance. There is nothing on it.
type Volume struct {
	Head
	InstanceID          string
	Zone                Zone
	Device              string // /dev/xvda
	Size                int    // GiB
	Type                string // gp3
	IOPS                int
	Throughput          int
	Encrypted           bool
	KMSKeyID            string
	SnapshotID          string
	DeleteOnTermination bool
	Created             time.Time
}

// Kind is KindVolume.
func (*Volume) Kind() Kind { return KindVolume }

// Refs gives the instance.
func (v *Volume) Refs() []string { return refs(v.InstanceID) }
