package ec2

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeSubnetsInput struct {
	paging
	DryRun    bool     `query:"DryRun"`
	SubnetIDs []string `query:"SubnetId"`
	Filters   []filter `query:"Filter"`
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

var subnetFilters = []string{
	"availability-zone", "availabilityZone", "availability-zone-id", "cidr", "cidr-block", "cidrBlock", "default-for-az", "defaultForAz",
	"ipv6-cidr-block-association.ipv6-cidr-block", "owner-id", "state", "subnet-arn", "subnet-id", "vpc-id",
}

func (s *server) describeSubnets(ctx context.Context, in *describeSubnetsInput) (*describeSubnetsOutput, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	n := s.Network.Snapshot()
	found, next, err := describe(ctx, s, c, n.Subnets(c.Account, c.Region), query[vpc.Subnet]{
		paging: in.paging, dryRun: in.DryRun, ids: in.SubnetIDs, filters: in.Filters, known: subnetFilters,
		id: func(v *vpc.Subnet) string { return v.ID }, attributes: subnetAttributes,
		missing: func(id string) error {
			return &api.Error{Code: "InvalidSubnetID.NotFound", Message: fmt.Sprintf("The subnet ID '%s' does not exist", id)}
		},
	})
	used := map[string]int{}
	for _, e := range n.ENIs(c.Account, c.Region) {
		used[e.SubnetID] += 1 + len(e.Secondary)
	}
	out := &describeSubnetsOutput{NextToken: next}
	for _, f := range found {
		out.Subnets = append(out.Subnets, newSubnetItem(f.resource, f.tags, used[f.resource.ID]))
	}
	return out, err
}

func subnetArn(v *vpc.Subnet) string {
	return fmt.Sprintf("arn:aws:ec2:%s:%s:subnet/%s", v.Region, v.Account, v.ID)
}

func subnetAttributes(v *vpc.Subnet) attributes {
	cidr, isDefault := one(prefixText(v.CIDR)), one(fmt.Sprint(v.DefaultFor))
	_, v6 := families(v.IPv6)
	return attributes{
		"availability-zone": one(v.Zone.Name), "availabilityZone": one(v.Zone.Name), "availability-zone-id": one(v.Zone.ID),
		"cidr": cidr, "cidr-block": cidr, "cidrBlock": cidr, "default-for-az": isDefault, "defaultForAz": isDefault,
		"ipv6-cidr-block-association.ipv6-cidr-block": v6, "owner-id": one(v.Account), "state": one("available"),
		"subnet-arn": one(subnetArn(v)), "subnet-id": one(v.ID), "vpc-id": one(v.VPCID),
	}
}

func prefixText(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func newSubnetItem(v *vpc.Subnet, tags []tag, used int) subnetItem {
	item := subnetItem{
		SubnetID: v.ID, SubnetArn: subnetArn(v), State: "available", OwnerID: v.Account, VpcID: v.VPCID, CidrBlock: prefixText(v.CIDR),
		AvailableIPAddressCount: available(v.CIDR, used), AvailabilityZone: v.Zone.Name, AvailabilityZoneID: v.Zone.ID,
		DefaultForAz: v.DefaultFor, MapPublicIPOnLaunch: v.DefaultFor, Tags: api.Set[tag](tags),
	}
	_, v6 := families(v.IPv6)
	for _, p := range v6 {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, ipv6CIDR{vpc.NewID("subnet-cidr-assoc", v.ID, p), p, cidrState{"associated"}})
	}
	return item
}

// reservedAddresses is how many addresses of a subnet nobody can have.
// Source: "Subnet CIDR blocks", VPC user guide.
const reservedAddresses = 5

func available(p netip.Prefix, used int) int {
	if !p.IsValid() {
		return 0
	}
	return max(1<<(p.Addr().BitLen()-p.Bits())-reservedAddresses-used, 0)
}
