package ec2

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeVpcsInput struct {
	paging
	DryRun  bool     `query:"DryRun"`
	VpcIDs  []string `query:"VpcId"`
	Filters []filter `query:"Filter"`
}

type describeVpcsOutput struct {
	Vpcs      api.Set[vpcItem] `xml:"vpcSet"`
	NextToken string           `xml:"nextToken,omitempty"`
}

type vpcItem struct {
	VpcID           string            `xml:"vpcId"`
	OwnerID         string            `xml:"ownerId"`
	State           string            `xml:"state"`
	CidrBlock       string            `xml:"cidrBlock"`
	DhcpOptionsID   string            `xml:"dhcpOptionsId"`
	InstanceTenancy string            `xml:"instanceTenancy"`
	IsDefault       bool              `xml:"isDefault"`
	CidrBlocks      api.Set[vpcCIDR]  `xml:"cidrBlockAssociationSet"`
	IPv6CidrBlocks  api.Set[ipv6CIDR] `xml:"ipv6CidrBlockAssociationSet"`
	Tags            api.Set[tag]      `xml:"tagSet"`
}

type vpcCIDR struct {
	AssociationID string    `xml:"associationId"`
	CidrBlock     string    `xml:"cidrBlock"`
	State         cidrState `xml:"cidrBlockState"`
}

type ipv6CIDR struct {
	AssociationID string    `xml:"associationId"`
	CidrBlock     string    `xml:"ipv6CidrBlock"`
	State         cidrState `xml:"ipv6CidrBlockState"`
}

type cidrState struct {
	State string `xml:"state"`
}

var vpcFilters = []string{"cidr", "cidr-block-association.cidr-block", "ipv6-cidr-block-association.ipv6-cidr-block", "is-default", "isDefault", "owner-id", "state", "vpc-id"}

func (s *server) describeVpcs(ctx context.Context, in *describeVpcsInput) (*describeVpcsOutput, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	found, next, err := describe(ctx, s, c, s.Network.Snapshot().VPCs(c.Account, c.Region), query[vpc.VPC]{
		paging: in.paging, dryRun: in.DryRun, ids: in.VpcIDs, filters: in.Filters, known: vpcFilters,
		id: func(v *vpc.VPC) string { return v.ID }, attributes: vpcAttributes,
		missing: func(id string) error {
			return &api.Error{Code: "InvalidVpcID.NotFound", Message: fmt.Sprintf("The vpc ID '%s' does not exist", id)}
		},
	})
	out := &describeVpcsOutput{NextToken: next}
	for _, f := range found {
		out.Vpcs = append(out.Vpcs, newVPCItem(f.resource, f.tags))
	}
	return out, err
}

func vpcAttributes(v *vpc.VPC) attributes {
	v4, v6 := families(v.CIDRs)
	a := attributes{
		"cidr-block-association.cidr-block": v4, "ipv6-cidr-block-association.ipv6-cidr-block": v6,
		"is-default": one(fmt.Sprint(v.Default)), "isDefault": one(fmt.Sprint(v.Default)),
		"owner-id": one(v.Account), "state": one("available"), "vpc-id": one(v.ID),
	}
	if len(v4) > 0 {
		a["cidr"] = v4[:1]
	}
	return a
}

// families parts prefixes into IPv4 and IPv6.
func families(prefixes []netip.Prefix) (v4, v6 []string) {
	for _, p := range prefixes {
		if p.Addr().Is4() {
			v4 = append(v4, p.String())
		} else {
			v6 = append(v6, p.String())
		}
	}
	return v4, v6
}

func newVPCItem(v *vpc.VPC, tags []tag) vpcItem {
	item := vpcItem{
		VpcID: v.ID, OwnerID: v.Account, State: "available", DhcpOptionsID: vpc.NewID("dopt", v.Account, v.Region),
		InstanceTenancy: "default", IsDefault: v.Default, Tags: api.Set[tag](tags),
	}
	v4, v6 := families(v.CIDRs)
	for _, p := range v4 {
		item.CidrBlocks = append(item.CidrBlocks, vpcCIDR{vpc.NewID("vpc-cidr-assoc", v.ID, p), p, cidrState{"associated"}})
	}
	for _, p := range v6 {
		item.IPv6CidrBlocks = append(item.IPv6CidrBlocks, ipv6CIDR{vpc.NewID("vpc-cidr-assoc", v.ID, p), p, cidrState{"associated"}})
	}
	if len(v4) > 0 {
		item.CidrBlock = v4[0]
	}
	return item
}

// query is what a Describe action asks of the resources of a kind.
type query[T any] struct {
	paging
	dryRun     bool
	ids        []string
	filters    []filter
	known      []string // names of filters
	id         func(*T) string
	attributes func(*T) attributes
	missing    func(id string) error // the error for an id that does not exist
}

type described[T any] struct {
	resource *T
	tags     []tag
}

// describe gives the page of the resources that q asks for, with their tags.
func describe[T any](ctx context.Context, s *server, c api.Caller, all []*T, q query[T]) ([]described[T], string, error) {
	if err := checkFilters(q.filters, q.known...); err != nil {
		return nil, "", err
	}
	for _, id := range q.ids {
		if !slices.ContainsFunc(all, func(v *T) bool { return q.id(v) == id }) {
			return nil, "", q.missing(id)
		}
	}
	if err := api.DryRun(q.dryRun); err != nil {
		return nil, "", err
	}
	tags, err := s.tagsOf(ctx, c)
	if err != nil {
		return nil, "", err
	}
	var found []described[T]
	for _, v := range all {
		own := tags[q.id(v)]
		if (len(q.ids) == 0 || slices.Contains(q.ids, q.id(v))) && q.attributes(v).withTags(own).matches(q.filters) {
			found = append(found, described[T]{v, own})
		}
	}
	return page(q.paging, found)
}
