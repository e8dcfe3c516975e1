package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeImagesInput struct {
	dryRun
	ImageIDs []string `query:"ImageId"`
	Owners   []string `query:"Owner"`
	Filters  []filter `query:"Filter"`
	_        struct{} `ignored:"ExecutableBy IncludeDeprecated IncludeDisabled MaxResults NextToken"`
}

type describeImagesOutput struct {
	Images api.Set[imageItem] `xml:"imagesSet"`
}

type imageItem struct {
	ImageID            string               `xml:"imageId"`
	Location           string               `xml:"imageLocation"`
	State              string               `xml:"imageState"`
	OwnerID            string               `xml:"imageOwnerId"`
	OwnerAlias         string               `xml:"imageOwnerAlias,omitempty"`
	CreationDate       string               `xml:"creationDate"`
	Public             bool                 `xml:"isPublic"`
	Architecture       string               `xml:"architecture"`
	ImageType          string               `xml:"imageType"`
	Name               string               `xml:"name"`
	Description        string               `xml:"description"`
	RootDeviceType     string               `xml:"rootDeviceType"`
	RootDeviceName     string               `xml:"rootDeviceName"`
	BlockDevices       api.Set[imageDevice] `xml:"blockDeviceMapping"`
	VirtualizationType string               `xml:"virtualizationType"`
	Hypervisor         string               `xml:"hypervisor"`
	EnaSupport         bool                 `xml:"enaSupport"`
	PlatformDetails    string               `xml:"platformDetails"`
	UsageOperation     string               `xml:"usageOperation"`
	Tags               api.Set[tag]         `xml:"tagSet"`
}

type imageDevice struct {
	DeviceName string   `xml:"deviceName"`
	EBS        imageEBS `xml:"ebs"`
}

type imageEBS struct {
	DeleteOnTermination bool   `xml:"deleteOnTermination"`
	SnapshotID          string `xml:"snapshotId"`
	VolumeSize          int    `xml:"volumeSize"`
	VolumeType          string `xml:"volumeType"`
	Encrypted           bool   `xml:"encrypted"`
}

const (
	amazonImages    = "137112412989" // the accounts that publish Amazon Linux and Ubuntu
	canonicalImages = "099720109477"
)

// images is what can be found by name: examples of the images that tutorials
// look for. An id need not be among them.
var images = []struct{ name, description, owner, architecture string }{
	{"al2023-ami-2023.8.20250915.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI 2023.8.20250915.0 x86_64 HVM kernel-6.1", amazonImages, "x86_64"},
	{"al2023-ami-2023.8.20250915.0-kernel-6.1-arm64", "Amazon Linux 2023 AMI 2023.8.20250915.0 arm64 HVM kernel-6.1", amazonImages, "arm64"},
	{"amzn2-ami-hvm-2.0.20250902.3-x86_64-gp2", "Amazon Linux 2 AMI 2.0.20250902.3 x86_64 HVM gp2", amazonImages, "x86_64"},
	{"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250822", "Canonical, Ubuntu, 22.04, amd64 jammy image", canonicalImages, "x86_64"},
	{"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250821", "Canonical, Ubuntu, 24.04, amd64 noble image", canonicalImages, "x86_64"},
	{"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250821", "Canonical, Ubuntu, 24.04, arm64 noble image", canonicalImages, "arm64"},
}

// Source: EC2 API, DescribeImages.
var imageFilters = filters[imageItem]{
	"architecture":                     func(_ *view, i *imageItem) []string { return one(i.Architecture) },
	"creation-date":                    func(_ *view, i *imageItem) []string { return one(i.CreationDate) },
	"description":                      func(_ *view, i *imageItem) []string { return one(i.Description) },
	"ena-support":                      func(_ *view, i *imageItem) []string { return oneBool(i.EnaSupport) },
	"hypervisor":                       func(_ *view, i *imageItem) []string { return one(i.Hypervisor) },
	"image-id":                         func(_ *view, i *imageItem) []string { return one(i.ImageID) },
	"image-type":                       func(_ *view, i *imageItem) []string { return one(i.ImageType) },
	"is-public":                        func(_ *view, i *imageItem) []string { return oneBool(i.Public) },
	"manifest-location":                func(_ *view, i *imageItem) []string { return one(i.Location) },
	"name":                             func(_ *view, i *imageItem) []string { return one(i.Name) },
	"owner-alias":                      func(_ *view, i *imageItem) []string { return one(i.OwnerAlias) },
	"owner-id":                         func(_ *view, i *imageItem) []string { return one(i.OwnerID) },
	"platform":                         func(*view, *imageItem) []string { return nil },
	"root-device-name":                 func(_ *view, i *imageItem) []string { return one(i.RootDeviceName) },
	"root-device-type":                 func(_ *view, i *imageItem) []string { return one(i.RootDeviceType) },
	"state":                            func(_ *view, i *imageItem) []string { return one(i.State) },
	"virtualization-type":              func(_ *view, i *imageItem) []string { return one(i.VirtualizationType) },
	"block-device-mapping.volume-type": func(_ *view, i *imageItem) []string { return one(i.BlockDevices[0].EBS.VolumeType) },
	"block-device-mapping.device-name": func(_ *view, i *imageItem) []string { return one(i.BlockDevices[0].DeviceName) },
}

func describeImages(v *view, in *describeImagesInput) (*describeImagesOutput, error) {
	if err := imageFilters.check(in.Filters); err != nil {
		return nil, err
	}
	found := make([]imageItem, 0, len(images))
	for _, i := range images {
		found = append(found, newImageItem(vpc.NewID("ami", v.Region, i.name), i.name, i.description, i.owner, i.architecture))
	}
	if len(in.ImageIDs) > 0 {
		found = imagesOf(found, in.ImageIDs)
	}
	out := &describeImagesOutput{}
	for k := range found {
		if i := &found[k]; i.ownedBy(in.Owners) && imageFilters.match(v, i, i.ImageID, in.Filters) {
			out.Images = append(out.Images, *i)
		}
	}
	return out, nil
}

// imagesOf gives the images of these ids: of those listed, or made up.
func imagesOf(listed []imageItem, ids []string) []imageItem {
	out := make([]imageItem, 0, len(ids))
	for _, id := range ids {
		if k := slices.IndexFunc(listed, func(i imageItem) bool { return i.ImageID == id }); k >= 0 {
			out = append(out, listed[k])
		} else {
			out = append(out, newImageItem(id, id, "", amazonImages, "x86_64"))
		}
	}
	return out
}

func (i *imageItem) ownedBy(owners []string) bool {
	return len(owners) == 0 || slices.Contains(owners, i.OwnerID) || i.OwnerAlias != "" && slices.Contains(owners, i.OwnerAlias)
}

func newImageItem(id, name, description, owner, architecture string) imageItem {
	alias := ""
	if owner == amazonImages {
		alias = "amazon"
	}
	return imageItem{
		ImageID: id, Location: owner + "/" + name, State: "available", OwnerID: owner, OwnerAlias: alias, CreationDate: "2025-09-15T00:00:00.000Z", Public: true,
		Architecture: architecture, ImageType: "machine", Name: name, Description: description, RootDeviceType: "ebs", RootDeviceName: rootDevice,
		BlockDevices:       api.Set[imageDevice]{{rootDevice, imageEBS{true, vpc.NewID("snap", id), 8, "gp3", false}}},
		VirtualizationType: "hvm", Hypervisor: "xen", EnaSupport: true, PlatformDetails: "Linux/UNIX", UsageOperation: "RunInstances",
	}
}
