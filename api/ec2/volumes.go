package ec2

import (
	"cmp"

	"github.com/flowemu/flowemu/vpc"
)

// blockDeviceMapping is a volume of an instance that is to be launched.
type blockDeviceMapping struct {
	DeviceName string    `query:"DeviceName"`
	EBS        *ebsInput `query:"Ebs"`
	NoDevice   *string   `query:"NoDevice"`
	_          struct{}  `ignored:"VirtualName"`
}

type ebsInput struct {
	DeleteOnTermination *bool    `query:"DeleteOnTermination"`
	IOPS                int      `query:"Iops"`
	SnapshotID          string   `query:"SnapshotId"`
	VolumeSize          int      `query:"VolumeSize"`
	VolumeType          string   `query:"VolumeType"`
	KMSKeyID            string   `query:"KmsKeyId"`
	Throughput          int      `query:"Throughput"`
	Encrypted           bool     `query:"Encrypted"`
	_                   struct{} `ignored:"OutpostArn AvailabilityZone AvailabilityZoneId VolumeInitializationRate EbsCardIndex"`
}

// rootDevice is the root device of every image here.
const rootDevice = "/dev/xvda"

// maxVolumes is how many volumes an instance can have.
// Source: "Amazon EBS volume limits for Amazon EC2 instances".
const maxVolumes = 128

// volumes makes an instance's volumes: the image's, as the request changes it, and more.
func (in *runInstancesInput) volumes(t *tx, i *vpc.Instance) error {
	if len(in.Devices) > maxVolumes {
		return invalidValue("More than %d block device mappings were specified.", maxVolumes)
	}
	devices := []blockDeviceMapping{{DeviceName: rootDevice, EBS: &ebsInput{}}}
	for _, d := range in.Devices {
		switch {
		case d.DeviceName == rootDevice && d.EBS != nil:
			devices[0] = d
		case d.EBS != nil && d.NoDevice == nil:
			devices = append(devices, d)
		}
	}
	for n, d := range devices {
		v := d.volume(t, i, n == 0)
		if err := t.create(v, in.TagSpecifications, launched...); err != nil {
			return err
		}
	}
	return nil
}

// volume makes a volume with EC2's defaults. Source: EC2 API, EbsBlockDevice.
func (d *blockDeviceMapping) volume(t *tx, i *vpc.Instance, root bool) *vpc.Volume {
	in := d.EBS
	v := &vpc.Volume{
		Head: t.head("vol"), InstanceID: i.ID, Zone: i.Zone, Device: d.DeviceName, Size: cmp.Or(in.VolumeSize, 8), Type: in.VolumeType, IOPS: in.IOPS,
		Throughput: in.Throughput, Encrypted: in.Encrypted, KMSKeyID: in.KMSKeyID, SnapshotID: in.SnapshotID, DeleteOnTermination: root, Created: t.now,
	}
	set(&v.DeleteOnTermination, in.DeleteOnTermination)
	if v.Type == "" {
		v.Type = "gp2"
		if root {
			v.Type = "gp3" // as Amazon Linux 2023 has it
		}
	}
	switch v.Type {
	case "gp2":
		v.IOPS = min(max(v.Size*3, 100), 16000)
	case "gp3":
		v.IOPS, v.Throughput = cmp.Or(v.IOPS, 3000), cmp.Or(v.Throughput, 125)
	}
	return v
}

// volumesOf gives an instance's volumes, the root volume first.
func volumesOf(at place, i *vpc.Instance) []*vpc.Volume {
	s, _ := at.in()
	var root, others []*vpc.Volume
	for _, v := range vpc.Referring[vpc.Volume](s, i.ID) {
		if v.Device == rootDevice {
			root = append(root, v)
		} else {
			others = append(others, v)
		}
	}
	return append(root, others...)
}
