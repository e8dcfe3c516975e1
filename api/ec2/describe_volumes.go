package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeVolumesInput struct {
	describing
	VolumeIDs []string `query:"VolumeId"`
	_         struct{} `ignored:"IncludeManagedResources"`
}

type describeVolumesOutput struct {
	Volumes   api.Set[volumeItem] `xml:"volumeSet"`
	NextToken string              `xml:"nextToken,omitempty"`
}

type volumeItem struct {
	VolumeID         string                    `xml:"volumeId"`
	Size             int                       `xml:"size"`
	SnapshotID       string                    `xml:"snapshotId"`
	AvailabilityZone string                    `xml:"availabilityZone"`
	Status           string                    `xml:"status"`
	CreateTime       api.Timestamp             `xml:"createTime"`
	Attachments      api.Set[volumeAttachment] `xml:"attachmentSet"`
	VolumeType       string                    `xml:"volumeType"`
	IOPS             int                       `xml:"iops,omitempty"`
	Throughput       int                       `xml:"throughput,omitempty"`
	Encrypted        bool                      `xml:"encrypted"`
	KMSKeyID         string                    `xml:"kmsKeyId,omitempty"`
	MultiAttach      bool                      `xml:"multiAttachEnabled"`
	Tags             api.Set[tag]              `xml:"tagSet"`
	Operator         operator                  `xml:"operator"`
}

type volumeAttachment struct {
	VolumeID            string        `xml:"volumeId"`
	InstanceID          string        `xml:"instanceId"`
	Device              string        `xml:"device"`
	Status              string        `xml:"status"`
	AttachTime          api.Timestamp `xml:"attachTime"`
	DeleteOnTermination bool          `xml:"deleteOnTermination"`
}

// Source: EC2 API, DescribeVolumes.
var volumeFilters = filters[vpc.Volume]{
	"attachment.attach-time":           func(_ *view, d *vpc.Volume) []string { return oneTime(d.Created) },
	"attachment.delete-on-termination": func(_ *view, d *vpc.Volume) []string { return oneBool(d.DeleteOnTermination) },
	"attachment.device":                func(_ *view, d *vpc.Volume) []string { return one(d.Device) },
	"attachment.instance-id":           func(_ *view, d *vpc.Volume) []string { return one(d.InstanceID) },
	"attachment.status":                func(*view, *vpc.Volume) []string { return one("attached") },
	"availability-zone":                func(_ *view, d *vpc.Volume) []string { return one(d.Zone.Name) },
	"availability-zone-id":             func(_ *view, d *vpc.Volume) []string { return one(d.Zone.ID) },
	"create-time":                      func(_ *view, d *vpc.Volume) []string { return oneTime(d.Created) },
	"encrypted":                        func(_ *view, d *vpc.Volume) []string { return oneBool(d.Encrypted) },
	"size":                             func(_ *view, d *vpc.Volume) []string { return oneInt(d.Size) },
	"snapshot-id":                      func(_ *view, d *vpc.Volume) []string { return one(d.SnapshotID) },
	"status":                           func(*view, *vpc.Volume) []string { return one("in-use") },
	"volume-id":                        func(_ *view, d *vpc.Volume) []string { return one(d.ID) },
	"volume-type":                      func(_ *view, d *vpc.Volume) []string { return one(d.Type) },
}

func describeVolumes(v *view, in *describeVolumesInput) (*describeVolumesOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "volumeIdSet", in.VolumeIDs, volumeFilters)
	out := &describeVolumesOutput{NextToken: next}
	for _, d := range found {
		at := api.Timestamp{Time: d.Created}
		out.Volumes = append(out.Volumes, volumeItem{
			VolumeID: d.ID, Size: d.Size, SnapshotID: d.SnapshotID, AvailabilityZone: d.Zone.Name, Status: "in-use", CreateTime: at,
			Attachments: api.Set[volumeAttachment]{{d.ID, d.InstanceID, d.Device, "attached", at, d.DeleteOnTermination}},
			VolumeType:  d.Type, IOPS: d.IOPS, Throughput: d.Throughput, Encrypted: d.Encrypted, KMSKeyID: d.KMSKeyID, Tags: tagSet(v, d.ID),
		})
	}
	return out, err
}
