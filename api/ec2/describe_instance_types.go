package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
)

type describeInstanceTypesInput struct {
	dryRun
	InstanceTypes []string `query:"InstanceType"`
	Filters       []filter `query:"Filter"`
	_             struct{} `ignored:"MaxResults NextToken IncludeUnsupportedInRegion"`
}

type describeInstanceTypesOutput struct {
	InstanceTypes api.Set[instanceTypeItem] `xml:"instanceTypeSet"`
}

type instanceTypeItem struct {
	InstanceType        string           `xml:"instanceType"`
	CurrentGeneration   bool             `xml:"currentGeneration"`
	UsageClasses        api.Set[string]  `xml:"supportedUsageClasses"`
	RootDeviceTypes     api.Set[string]  `xml:"supportedRootDeviceTypes"`
	VirtualizationTypes api.Set[string]  `xml:"supportedVirtualizationTypes"`
	BareMetal           bool             `xml:"bareMetal"`
	Hypervisor          string           `xml:"hypervisor"`
	Processor           processorInfo    `xml:"processorInfo"`
	VCPU                vcpuInfo         `xml:"vCpuInfo"`
	InstanceStorage     bool             `xml:"instanceStorageSupported"`
	EBS                 ebsInfo          `xml:"ebsInfo"`
	Network             networkInfo      `xml:"networkInfo"`
	Placement           placementSupport `xml:"placementGroupInfo"`
	Hibernation         bool             `xml:"hibernationSupported"`
	Burstable           bool             `xml:"burstablePerformanceSupported"`
	AutoRecovery        bool             `xml:"autoRecoverySupported"`
	BootModes           api.Set[string]  `xml:"supportedBootModes"`
}

type processorInfo struct {
	Architectures api.Set[string] `xml:"supportedArchitectures"`
}

type vcpuInfo struct {
	VCPUs          int `xml:"defaultVCpus"`
	Cores          int `xml:"defaultCores"`
	ThreadsPerCore int `xml:"defaultThreadsPerCore"`
}

type ebsInfo struct {
	Optimized  string `xml:"ebsOptimizedSupport"`
	Encryption string `xml:"encryptionSupport"`
	NVMe       string `xml:"nvmeSupport"`
}

type networkInfo struct {
	Interfaces int    `xml:"maximumNetworkInterfaces"`
	Cards      int    `xml:"maximumNetworkCards"`
	IPv4       int    `xml:"ipv4AddressesPerInterface"`
	IPv6       int    `xml:"ipv6AddressesPerInterface"`
	IPv6OK     bool   `xml:"ipv6Supported"`
	ENA        string `xml:"enaSupport"`
	EFA        bool   `xml:"efaSupported"`
}

type placementSupport struct {
	Strategies api.Set[string] `xml:"supportedStrategies"`
}

// commonTypes is what is listed when no type is asked for.
var commonTypes = []string{"m5.large", "m6g.large", "m7i.large", "t2.micro", "t3.medium", "t3.micro", "t3.small", "t4g.micro", "t4g.small"}

// Source: EC2 API, DescribeInstanceTypes; there are more there.
var instanceTypeFilters = filters[instanceTypeItem]{
	"bare-metal":                            func(_ *view, i *instanceTypeItem) []string { return oneBool(i.BareMetal) },
	"burstable-performance-supported":       func(_ *view, i *instanceTypeItem) []string { return oneBool(i.Burstable) },
	"current-generation":                    func(_ *view, i *instanceTypeItem) []string { return oneBool(i.CurrentGeneration) },
	"hypervisor":                            func(_ *view, i *instanceTypeItem) []string { return one(i.Hypervisor) },
	"instance-type":                         func(_ *view, i *instanceTypeItem) []string { return one(i.InstanceType) },
	"processor-info.supported-architecture": func(_ *view, i *instanceTypeItem) []string { return i.Processor.Architectures },
	"vcpu-info.default-vcpus":               func(_ *view, i *instanceTypeItem) []string { return oneInt(i.VCPU.VCPUs) },
}

func describeInstanceTypes(v *view, in *describeInstanceTypesInput) (*describeInstanceTypesOutput, error) {
	if err := instanceTypeFilters.check(in.Filters); err != nil {
		return nil, err
	}
	names := in.InstanceTypes
	if len(names) == 0 {
		names = commonTypes
	}
	out := &describeInstanceTypesOutput{}
	for _, name := range names {
		if !isInstanceType(name) {
			return nil, &api.Error{Code: "InvalidInstanceType", Message: fmt.Sprintf("The following supplied instance types do not exist: [%s]", name)}
		}
		if item := newInstanceTypeItem(name); instanceTypeFilters.match(v, &item, name, in.Filters) {
			out.InstanceTypes = append(out.InstanceTypes, item)
		}
	}
	return out, nil
}

func newInstanceTypeItem(name string) instanceTypeItem {
	cpu := cpuOptionsOf(name)
	return instanceTypeItem{
		InstanceType: name, CurrentGeneration: true, UsageClasses: api.Set[string]{"on-demand", "spot"}, RootDeviceTypes: api.Set[string]{"ebs"},
		VirtualizationTypes: api.Set[string]{"hvm"}, Hypervisor: "nitro", Processor: processorInfo{api.Set[string]{architectureOf(name)}},
		VCPU: vcpuInfo{vcpus(name), cpu.CoreCount, cpu.ThreadsPerCore}, EBS: ebsInfo{"default", "supported", "required"},
		Network:   networkInfo{Interfaces: 15, Cards: 1, IPv4: maxAddresses, IPv6: maxAddresses, IPv6OK: true, ENA: "required"},
		Placement: placementSupport{api.Set[string]{"partition", "spread"}}, Burstable: isBurstable(name), AutoRecovery: true,
		BootModes: api.Set[string]{"legacy-bios", "uefi"},
	}
}
