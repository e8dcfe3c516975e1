package ec2

import (
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// reservationItem is EC2's Reservation, and the reply of RunInstances.
type reservationItem struct {
	ReservationID string                   `xml:"reservationId"`
	OwnerID       string                   `xml:"ownerId"`
	Groups        api.Set[groupIdentifier] `xml:"groupSet"`
	Instances     api.Set[instanceItem]    `xml:"instancesSet"`
}

// instanceItem is EC2's Instance.
type instanceItem struct {
	InstanceID         string                        `xml:"instanceId"`
	ImageID            string                        `xml:"imageId"`
	State              instanceState                 `xml:"instanceState"`
	PrivateDNSName     string                        `xml:"privateDnsName"`
	DNSName            string                        `xml:"dnsName"`
	Reason             string                        `xml:"reason"`
	KeyName            string                        `xml:"keyName,omitempty"`
	AmiLaunchIndex     int                           `xml:"amiLaunchIndex"`
	InstanceType       string                        `xml:"instanceType"`
	LaunchTime         api.Timestamp                 `xml:"launchTime"`
	Placement          placementItem                 `xml:"placement"`
	Monitoring         stateItem                     `xml:"monitoring"`
	SubnetID           string                        `xml:"subnetId,omitempty"`
	VpcID              string                        `xml:"vpcId,omitempty"`
	PrivateIPAddress   string                        `xml:"privateIpAddress,omitempty"`
	IPAddress          string                        `xml:"ipAddress,omitempty"`
	IPv6Address        string                        `xml:"ipv6Address,omitempty"`
	SourceDestCheck    *bool                         `xml:"sourceDestCheck,omitempty"`
	Groups             api.Set[groupIdentifier]      `xml:"groupSet"`
	StateReason        *stateReason                  `xml:"stateReason,omitempty"`
	Architecture       string                        `xml:"architecture"`
	RootDeviceType     string                        `xml:"rootDeviceType"`
	RootDeviceName     string                        `xml:"rootDeviceName"`
	BlockDevices       api.Set[blockDeviceItem]      `xml:"blockDeviceMapping"`
	VirtualizationType string                        `xml:"virtualizationType"`
	ClientToken        string                        `xml:"clientToken"`
	Tags               api.Set[tag]                  `xml:"tagSet"`
	Hypervisor         string                        `xml:"hypervisor"`
	NetworkInterfaces  api.Set[instanceInterface]    `xml:"networkInterfaceSet"`
	EBSOptimized       bool                          `xml:"ebsOptimized"`
	EnaSupport         bool                          `xml:"enaSupport"`
	Profile            *profileItem                  `xml:"iamInstanceProfile,omitempty"`
	CPUOptions         cpuOptions                    `xml:"cpuOptions"`
	Capacity           capacityReservationPreference `xml:"capacityReservationSpecification"`
	Hibernation        configuredItem                `xml:"hibernationOptions"`
	Metadata           metadataOptions               `xml:"metadataOptions"`
	Enclave            enabledItem                   `xml:"enclaveOptions"`
	PlatformDetails    string                        `xml:"platformDetails"`
	UsageOperation     string                        `xml:"usageOperation"`
	UsageOperationTime api.Timestamp                 `xml:"usageOperationUpdateTime"`
	PrivateDNSOptions  privateDNSOptions             `xml:"privateDnsNameOptions"`
	Maintenance        maintenanceOptions            `xml:"maintenanceOptions"`
	BootMode           string                        `xml:"currentInstanceBootMode"`
	Operator           operator                      `xml:"operator"`
}

type instanceState struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

type stateItem struct {
	State string `xml:"state"`
}

type stateReason struct {
	Code    string `xml:"code"`
	Message string `xml:"message"`
}

type placementItem struct {
	AvailabilityZone   string `xml:"availabilityZone"`
	AvailabilityZoneID string `xml:"availabilityZoneId"`
	GroupName          string `xml:"groupName"`
	Tenancy            string `xml:"tenancy"`
}

type blockDeviceItem struct {
	DeviceName string  `xml:"deviceName"`
	EBS        ebsItem `xml:"ebs"`
}

type ebsItem struct {
	VolumeID            string        `xml:"volumeId"`
	Status              string        `xml:"status"`
	AttachTime          api.Timestamp `xml:"attachTime"`
	DeleteOnTermination bool          `xml:"deleteOnTermination"`
}

// instanceInterface is EC2's InstanceNetworkInterface.
type instanceInterface struct {
	interfaceShape[publicAddress]
	Attachment attachmentShape `xml:"attachment"`
}

type profileItem struct {
	Arn string `xml:"arn"`
	ID  string `xml:"id"`
}

type cpuOptions struct {
	CoreCount      int `xml:"coreCount"`
	ThreadsPerCore int `xml:"threadsPerCore"`
}

type capacityReservationPreference struct {
	Preference string `xml:"capacityReservationPreference"`
}

type configuredItem struct {
	Configured bool `xml:"configured"`
}

type enabledItem struct {
	Enabled bool `xml:"enabled"`
}

type privateDNSOptions struct {
	HostnameType     string `xml:"hostnameType"`
	ResourceNameA    bool   `xml:"enableResourceNameDnsARecord"`
	ResourceNameAAAA bool   `xml:"enableResourceNameDnsAAAARecord"`
}

type maintenanceOptions struct {
	AutoRecovery string `xml:"autoRecovery"`
}

// stateNamed gives a state with its code. Source: EC2 API, InstanceState.
func stateNamed(name string) instanceState {
	return instanceState{map[string]int{vpc.Running: 16, vpc.Terminated: 48, vpc.Stopped: 80}[name], name}
}

func newInstanceItem(at place, i *vpc.Instance) instanceItem {
	o := &i.Options
	item := instanceItem{
		InstanceID: i.ID, ImageID: i.ImageID, State: stateNamed(i.State), KeyName: i.KeyName, AmiLaunchIndex: i.LaunchIndex, InstanceType: i.Type,
		LaunchTime: api.Timestamp{Time: i.Launched}, UsageOperationTime: api.Timestamp{Time: i.Launched}, ClientToken: i.ClientToken,
		Placement:  placementItem{i.Zone.Name, i.Zone.ID, o.PlacementGroup, orDefault(o.Tenancy)},
		Monitoring: stateItem{monitoringState(i)}, Architecture: architectureOf(i.Type), RootDeviceType: "ebs", RootDeviceName: rootDevice,
		VirtualizationType: "hvm", Hypervisor: "xen", EnaSupport: true, EBSOptimized: o.EBSOptimized, Tags: tagSet(at, i.ID),
		CPUOptions: cpuOptionsOf(i.Type), Capacity: capacityReservationPreference{"open"},
		Metadata:        metadataOptions{"applied", o.Metadata.Tokens, o.Metadata.HopLimit, o.Metadata.Endpoint, o.Metadata.IPv6, o.Metadata.InstanceTags},
		PlatformDetails: "Linux/UNIX", UsageOperation: "RunInstances", BootMode: "legacy-bios",
		PrivateDNSOptions: privateDNSOptions{o.HostnameType, o.ResourceNameA, o.ResourceNameAAAA}, Maintenance: maintenanceOptions{orDefault(o.AutoRecovery)},
	}
	if i.ProfileARN != "" {
		item.Profile = &profileItem{i.ProfileARN, "AIPA" + strings.ToUpper(strings.TrimPrefix(vpc.NewID("", i.ProfileARN), "-"))}
	}
	if !i.Ended.IsZero() {
		item.Reason = "User initiated (" + i.Ended.UTC().Format("2006-01-02 15:04:05 MST") + ")"
		item.Reason = strings.Replace(item.Reason, "UTC", "GMT", 1)
		item.StateReason = &stateReason{"Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown"}
	}
	if i.State != vpc.Terminated {
		item.SubnetID, item.VpcID, item.PrivateDNSName = i.SubnetID, i.VPCID, instanceDNS(at, i)
	}
	item.addDevices(at, i)
	return item
}

// addDevices gives the reply what the instance has of its interfaces and volumes.
func (item *instanceItem) addDevices(at place, i *vpc.Instance) {
	s, _ := at.in()
	for k, e := range s.Interfaces(i) {
		shape := newInterfaceShape(at, e, newPublicAddress)
		item.NetworkInterfaces = append(item.NetworkInterfaces, instanceInterface{shape, newAttachmentShape(e.Attachment)})
		if len(e.IPv6) > 0 && item.IPv6Address == "" {
			item.IPv6Address = addrText(e.IPv6[0])
		}
		if k > 0 {
			continue
		}
		item.PrivateIPAddress, item.SourceDestCheck, item.Groups = shape.PrivateIPAddress, &shape.SourceDestCheck, shape.Groups
		if shape.Association != nil {
			item.IPAddress, item.DNSName = shape.Association.PublicIP, shape.Association.PublicDNSName
		}
	}
	for _, v := range volumesOf(at, i) {
		item.BlockDevices = append(item.BlockDevices, blockDeviceItem{v.Device, ebsItem{v.ID, "attached", api.Timestamp{Time: v.Created}, v.DeleteOnTermination}})
	}
}

// instanceDNS gives an instance's private name.
func instanceDNS(at place, i *vpc.Instance) string {
	if i.Options.HostnameType == "resource-name" {
		return i.ID + privateDomain(i.Region)
	}
	s, _ := at.in()
	if interfaces := s.Interfaces(i); len(interfaces) > 0 {
		return privateDNS(i.Region, interfaces[0].PrivateIP)
	}
	return ""
}

func monitoringState(i *vpc.Instance) string {
	if i.Options.Monitoring {
		return "enabled"
	}
	return "disabled"
}

func orDefault(v string) string {
	if v == "" {
		return "default"
	}
	return v
}
