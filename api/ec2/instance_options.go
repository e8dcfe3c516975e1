package ec2

import (
	"cmp"

	"github.com/flowemu/flowemu/vpc"
)

// instanceOptions is the members of RunInstances that EC2 keeps and that have no
// effect here.
type instanceOptions struct {
	Protected        bool   `query:"DisableApiTermination"`
	StopProtected    bool   `query:"DisableApiStop"`
	ShutdownBehavior string `query:"InstanceInitiatedShutdownBehavior"`
	EBSOptimized     bool   `query:"EbsOptimized"`
	Monitoring       struct {
		Enabled bool `query:"Enabled"`
	} `query:"Monitoring"`
	Credits struct {
		CPUCredits string `query:"CpuCredits"`
	} `query:"CreditSpecification"`
	Maintenance struct {
		AutoRecovery string `query:"AutoRecovery"`
	} `query:"MaintenanceOptions"`
	Placement placementInput  `query:"Placement"`
	Metadata  metadataOptions `query:"MetadataOptions"`
	DNS       struct {
		HostnameType     string `query:"HostnameType"`
		ResourceNameA    *bool  `query:"EnableResourceNameDnsARecord"`
		ResourceNameAAAA *bool  `query:"EnableResourceNameDnsAAAARecord"`
	} `query:"PrivateDnsNameOptions"`
}

type placementInput struct {
	zoneChoice
	Tenancy   string   `query:"Tenancy"`
	GroupName string   `query:"GroupName"`
	_         struct{} `ignored:"Affinity PartitionNumber HostId SpreadDomain HostResourceGroupArn GroupId"`
}

// metadataOptions is EC2's InstanceMetadataOptionsRequest and -Response.
type metadataOptions struct {
	State        string `xml:"state"`
	Tokens       string `query:"HttpTokens" xml:"httpTokens"`
	HopLimit     int    `query:"HttpPutResponseHopLimit" xml:"httpPutResponseHopLimit"`
	Endpoint     string `query:"HttpEndpoint" xml:"httpEndpoint"`
	IPv6         string `query:"HttpProtocolIpv6" xml:"httpProtocolIpv6"`
	InstanceTags string `query:"InstanceMetadataTags" xml:"instanceMetadataTags"`
}

// options gives the options with EC2's defaults. Source: EC2 API, RunInstances.
func (in *instanceOptions) options(n *vpc.Subnet) vpc.InstanceOptions {
	m := in.Metadata
	o := vpc.InstanceOptions{
		Protected: in.Protected, StopProtected: in.StopProtected, ShutdownBehavior: cmp.Or(in.ShutdownBehavior, "stop"), EBSOptimized: in.EBSOptimized,
		Monitoring: in.Monitoring.Enabled, CPUCredits: in.Credits.CPUCredits, AutoRecovery: cmp.Or(in.Maintenance.AutoRecovery, "default"),
		Tenancy: cmp.Or(in.Placement.Tenancy, "default"), PlacementGroup: in.Placement.GroupName,
		Metadata: vpc.MetadataOptions{
			Tokens: cmp.Or(m.Tokens, "optional"), HopLimit: cmp.Or(m.HopLimit, 1), Endpoint: cmp.Or(m.Endpoint, "enabled"),
			IPv6: cmp.Or(m.IPv6, "disabled"), InstanceTags: cmp.Or(m.InstanceTags, "disabled"),
		},
		HostnameType: cmp.Or(in.DNS.HostnameType, n.HostnameType, "ip-name"), ResourceNameA: n.ResourceNameA, ResourceNameAAAA: n.ResourceNameAAAA,
	}
	set(&o.ResourceNameA, in.DNS.ResourceNameA)
	set(&o.ResourceNameAAAA, in.DNS.ResourceNameAAAA)
	return o
}
