package ec2

import (
	"fmt"

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
	SubnetID                    string            `xml:"subnetId"`
	SubnetArn                   string            `xml:"subnetArn"`
	State                       string            `xml:"state"`
	OwnerID                     string            `xml:"ownerId"`
	VpcID                       string            `xml:"vpcId"`
	CidrBlock                   string            `xml:"cidrBlock"`
	IPv6CidrBlocks              api.Set[ipv6CIDR] `xml:"ipv6CidrBlockAssociationSet"`
	AvailableIPAddressCount     int               `xml:"availableIpAddressCount"`
	AvailabilityZone            string            `xml:"availabilityZone"`
	AvailabilityZoneID          string            `xml:"availabilityZoneId"`
	DefaultForAz                bool              `xml:"defaultForAz"`
	MapPublicIPOnLaunch         bool              `xml:"mapPublicIpOnLaunch"`
	AssignIPv6AddressOnCreation bool              `xml:"assignIpv6AddressOnCreation"`
	Tags                        api.Set[tag]      `xml:"tagSet"`
}

var subnetFilters = filters[vpc.Subnet]{
	"available-ip-address-count": func(v *view, n *vpc.Subnet) []string { return oneInt(available(v.Snapshot, n)) },
	"availability-zone":          subnetZone,
	"availabilityZone":           subnetZone,
	"availability-zone-id":       func(_ *view, n *vpc.Subnet) []string { return one(n.Zone.ID) },
	"cidr":                       subnetCIDR,
	"cidr-block":                 subnetCIDR,
	"cidrBlock":                  subnetCIDR,
	"default-for-az":             subnetDefault,
	"defaultForAz":               subnetDefault,
	"map-public-ip-on-launch":    func(_ *view, n *vpc.Subnet) []string { return oneBool(n.MapPublicIP) },
	"owner-id":                   func(_ *view, n *vpc.Subnet) []string { return one(n.Account) },
	"state":                      func(*view, *vpc.Subnet) []string { return one("available") },
	"subnet-arn":                 func(_ *view, n *vpc.Subnet) []string { return one(subnetArn(n)) },
	"subnet-id":                  func(_ *view, n *vpc.Subnet) []string { return one(n.ID) },
	"vpc-id":                     func(_ *view, n *vpc.Subnet) []string { return one(n.VPCID) },
	"ipv6-cidr-block-association.ipv6-cidr-block": func(_ *view, n *vpc.Subnet) []string { return prefixTexts(n.IPv6) },
}

func subnetZone(_ *view, n *vpc.Subnet) []string    { return one(n.Zone.Name) }
func subnetCIDR(_ *view, n *vpc.Subnet) []string    { return onePrefix(n.CIDR) }
func subnetDefault(_ *view, n *vpc.Subnet) []string { return oneBool(n.DefaultFor) }

func describeSubnets(v *view, in *describeSubnetsInput) (*describeSubnetsOutput, error) {
	found, next, err := describe(v, &in.describing, "subnetIdSet", in.SubnetIDs, subnetFilters)
	out := &describeSubnetsOutput{NextToken: next}
	for _, n := range found {
		out.Subnets = append(out.Subnets, newSubnetItem(v, n))
	}
	return out, err
}

func subnetArn(n *vpc.Subnet) string {
	return fmt.Sprintf("arn:aws:ec2:%s:%s:subnet/%s", n.Region, n.Account, n.ID)
}

func newSubnetItem(at place, n *vpc.Subnet) subnetItem {
	s, _ := at.in()
	item := subnetItem{
		SubnetID: n.ID, SubnetArn: subnetArn(n), State: "available", OwnerID: n.Account, VpcID: n.VPCID, CidrBlock: prefixText(n.CIDR),
		AvailableIPAddressCount: available(s, n), AvailabilityZone: n.Zone.Name, AvailabilityZoneID: n.Zone.ID,
		DefaultForAz: n.DefaultFor, MapPublicIPOnLaunch: n.MapPublicIP, AssignIPv6AddressOnCreation: n.AssignIPv6, Tags: tagSet(at, n.ID),
	}
	for _, p := range prefixTexts(n.IPv6) {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, ipv6CIDR{vpc.NewID("subnet-cidr-assoc", n.ID, p), p, cidrState{"associated"}})
	}
	return item
}

// reservedAddresses is how many addresses of a subnet nobody can have.
// Source: "Subnet CIDR blocks", VPC user guide.
const reservedAddresses = 5

// available gives how many IPv4 addresses of a subnet nobody has.
func available(s *vpc.Snapshot, n *vpc.Subnet) int {
	if !n.CIDR.IsValid() {
		return 0
	}
	free := 1<<(n.CIDR.Addr().BitLen()-n.CIDR.Bits()) - reservedAddresses
	for _, e := range vpc.Referring[vpc.ENI](s, n.ID) {
		free -= len(e.PrivateIPs())
	}
	return max(free, 0)
}
