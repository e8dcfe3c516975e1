package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeSubnetsInput struct {
	describing
	SubnetIDs []string `query:"SubnetId"`
}

type describeSubnetsOutput struct {
	Subnets   api.Set[subnetItem] `xml:"subnetSet"`
	NextToken string              `xml:"nextToken,omitempty"`
}

type subnetItem struct {
	SubnetID                    string             `xml:"subnetId"`
	SubnetArn                   string             `xml:"subnetArn"`
	State                       string             `xml:"state"`
	OwnerID                     string             `xml:"ownerId"`
	VpcID                       string             `xml:"vpcId"`
	CidrBlock                   string             `xml:"cidrBlock,omitempty"`
	IPv6CidrBlocks              api.Set[ipv6Block] `xml:"ipv6CidrBlockAssociationSet"`
	IPv6Native                  bool               `xml:"ipv6Native"`
	AvailableIPAddressCount     int                `xml:"availableIpAddressCount"`
	AvailabilityZone            string             `xml:"availabilityZone"`
	AvailabilityZoneID          string             `xml:"availabilityZoneId"`
	OutpostArn                  string             `xml:"outpostArn,omitempty"`
	DefaultForAz                bool               `xml:"defaultForAz"`
	MapPublicIPOnLaunch         bool               `xml:"mapPublicIpOnLaunch"`
	AssignIPv6AddressOnCreation bool               `xml:"assignIpv6AddressOnCreation"`
	EnableDNS64                 bool               `xml:"enableDns64"`
	MapCustomerOwnedIPOnLaunch  bool               `xml:"mapCustomerOwnedIpOnLaunch"`
	CustomerOwnedIPv4Pool       string             `xml:"customerOwnedIpv4Pool,omitempty"`
	EnableLniAtDeviceIndex      int                `xml:"enableLniAtDeviceIndex,omitempty"`
	PrivateDNSNameOptions       launchNameOptions  `xml:"privateDnsNameOptionsOnLaunch"`
	BlockPublicAccess           blockPublicAccess  `xml:"blockPublicAccessStates"`
	Tags                        api.Set[tag]       `xml:"tagSet"`
}

// launchNameOptions is EC2's PrivateDnsNameOptionsOnLaunch.
type launchNameOptions struct {
	HostnameType           string `xml:"hostnameType"`
	ResourceNameARecord    bool   `xml:"enableResourceNameDnsARecord"`
	ResourceNameAAAARecord bool   `xml:"enableResourceNameDnsAAAARecord"`
}

var subnetFilters = filters[vpc.Subnet]{
	"available-ip-address-count":      func(v *view, n *vpc.Subnet) []string { return oneInt(v.FreeAddresses(n)) },
	"availability-zone":               subnetZone,
	"availabilityZone":                subnetZone,
	"availability-zone-id":            subnetZoneID,
	"availabilityZoneId":              subnetZoneID,
	"cidr":                            subnetCIDR,
	"cidr-block":                      subnetCIDR,
	"cidrBlock":                       subnetCIDR,
	"customer-owned-ipv4-pool":        func(_ *view, n *vpc.Subnet) []string { return one(n.CustomerPool) },
	"default-for-az":                  subnetDefault,
	"defaultForAz":                    subnetDefault,
	"enable-dns64":                    func(_ *view, n *vpc.Subnet) []string { return oneBool(n.DNS64) },
	"enable-lni-at-device-index":      subnetLNIDevice,
	"ipv6-native":                     func(_ *view, n *vpc.Subnet) []string { return oneBool(!n.CIDR.IsValid()) },
	"map-customer-owned-ip-on-launch": func(_ *view, n *vpc.Subnet) []string { return oneBool(n.MapCustomerIP) },
	"map-public-ip-on-launch":         func(_ *view, n *vpc.Subnet) []string { return oneBool(n.MapPublicIP) },
	"outpost-arn":                     func(_ *view, n *vpc.Subnet) []string { return one(n.OutpostARN) },
	"owner-id":                        func(_ *view, n *vpc.Subnet) []string { return one(n.Account) },
	"state":                           func(*view, *vpc.Subnet) []string { return one("available") },
	"subnet-arn":                      func(_ *view, n *vpc.Subnet) []string { return one(arn(n)) },
	"subnet-id":                       func(_ *view, n *vpc.Subnet) []string { return one(n.ID) },
	"vpc-id":                          func(_ *view, n *vpc.Subnet) []string { return one(n.VPCID) },

	"ipv6-cidr-block-association.association-id":  subnetAssociations,
	"ipv6-cidr-block-association.ipv6-cidr-block": func(_ *view, n *vpc.Subnet) []string { return prefixTexts(n.IPv6) },
	"ipv6-cidr-block-association.state":           func(_ *view, n *vpc.Subnet) []string { return blockStates(n.IPv6, ipv6Bits) },

	"private-dns-name-options-on-launch.hostname-type":                        func(_ *view, n *vpc.Subnet) []string { return one(n.HostnameType) },
	"private-dns-name-options-on-launch.enable-resource-name-dns-a-record":    func(_ *view, n *vpc.Subnet) []string { return oneBool(n.ResourceNameA) },
	"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record": func(_ *view, n *vpc.Subnet) []string { return oneBool(n.ResourceNameAAAA) },
}

func subnetLNIDevice(_ *view, n *vpc.Subnet) []string {
	if n.LNIDevice == 0 {
		return nil
	}
	return oneInt(n.LNIDevice)
}

func subnetAssociations(_ *view, n *vpc.Subnet) (out []string) {
	for _, p := range n.IPv6 {
		out = append(out, n.AssociationID(p))
	}
	return out
}

func subnetZoneID(_ *view, n *vpc.Subnet) []string  { return one(n.Zone.ID) }
func subnetZone(_ *view, n *vpc.Subnet) []string    { return one(n.Zone.Name) }
func subnetCIDR(_ *view, n *vpc.Subnet) []string    { return onePrefix(n.CIDR) }
func subnetDefault(_ *view, n *vpc.Subnet) []string { return oneBool(n.DefaultFor) }

func describeSubnets(v *view, in *describeSubnetsInput) (*describeSubnetsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "subnetIdSet", in.SubnetIDs, subnetFilters)
	out := &describeSubnetsOutput{NextToken: next}
	for _, n := range found {
		out.Subnets = append(out.Subnets, newSubnetItem(v, n))
	}
	return out, err
}

func newSubnetItem(at place, n *vpc.Subnet) subnetItem {
	s, _ := at.in()
	item := subnetItem{
		SubnetID: n.ID, SubnetArn: arn(n), State: "available", OwnerID: n.Account, VpcID: n.VPCID, CidrBlock: prefixText(n.CIDR), IPv6Native: !n.CIDR.IsValid(),
		AvailableIPAddressCount: s.FreeAddresses(n), AvailabilityZone: n.Zone.Name, AvailabilityZoneID: n.Zone.ID, OutpostArn: n.OutpostARN,
		DefaultForAz: n.DefaultFor, MapPublicIPOnLaunch: n.MapPublicIP, AssignIPv6AddressOnCreation: n.AssignIPv6, EnableDNS64: n.DNS64,
		MapCustomerOwnedIPOnLaunch: n.MapCustomerIP, CustomerOwnedIPv4Pool: n.CustomerPool, EnableLniAtDeviceIndex: n.LNIDevice,
		PrivateDNSNameOptions: launchNameOptions{n.HostnameType, n.ResourceNameA, n.ResourceNameAAAA}, BlockPublicAccess: blockPublicAccess{s.PublicAccess(n.VPCID, n.ID)}, Tags: tagSet(at, n.ID),
	}
	for _, p := range n.IPv6 {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, newSubnetIPv6Block(s, n, p, blockAssociated))
	}
	return item
}
