package ec2_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/vpc"
)

func TestTransitRouteTable(t *testing.T) {
	c := newTransit(t)
	own := c.newTable(t)
	associations := func(table string) (out []string) {
		for _, a := range must(c.GetTransitGatewayRouteTableAssociations(t.Context(), &sdk.GetTransitGatewayRouteTableAssociationsInput{TransitGatewayRouteTableId: &table}))(t).Associations {
			out = append(out, *a.TransitGatewayAttachmentId+" "+string(a.ResourceType)+" "+*a.ResourceId+" "+string(a.State))
		}
		return out
	}
	associate := func(table string) error {
		_, err := c.AssociateTransitGatewayRouteTable(t.Context(), &sdk.AssociateTransitGatewayRouteTableInput{TransitGatewayRouteTableId: &table, TransitGatewayAttachmentId: &c.attachment})
		return err
	}
	disassociate := func(table string) error {
		_, err := c.DisassociateTransitGatewayRouteTable(t.Context(), &sdk.DisassociateTransitGatewayRouteTableInput{TransitGatewayRouteTableId: &table, TransitGatewayAttachmentId: &c.attachment})
		return err
	}
	remove := func(table string) error {
		_, err := c.DeleteTransitGatewayRouteTable(t.Context(), &sdk.DeleteTransitGatewayRouteTableInput{TransitGatewayRouteTableId: &table})
		return err
	}
	want := []string{c.attachment + " vpc " + c.vpcID + " associated"}
	if got := associations(c.table); !slices.Equal(got, want) {
		t.Errorf("of the default table: %v", got)
	}
	wants(t, associate(own), "Resource.AlreadyAssociated", "Transit Gateway Attachment "+c.attachment+" is already associated to a route table.") // associate twice
	wants(t, disassociate(own), "InvalidparameterValue", "")                                                                                      // disassociate from another
	wants(t, remove(c.table), "IncorrectState", c.table+" is set as default association route table for "+c.gateway)                              // delete the default
	if err := disassociate(c.table); err != nil {
		t.Fatal(err)
	}
	if err := associate(own); err != nil {
		t.Fatal(err)
	}
	if got := associations(own); !slices.Equal(got, want) || associations(c.table) != nil {
		t.Errorf("of its own table: %v", got)
	}
	a := must(c.DescribeTransitGatewayAttachments(t.Context(), &sdk.DescribeTransitGatewayAttachmentsInput{Filters: filtersBy("association.transit-gateway-route-table-id", own)}))(t).TransitGatewayAttachments
	if len(a) != 1 || *a[0].Association.TransitGatewayRouteTableId != own || a[0].ResourceType != "vpc" || *a[0].ResourceId != c.vpcID {
		t.Errorf("attachments of the table: %+v", a)
	}
	wants(t, remove(own), "IncorrectState", own+" has associated attachments") // delete while associated
	if err := disassociate(own); err != nil {
		t.Fatal(err)
	}
	if err := remove(own); err != nil {
		t.Fatal(err)
	}
	wants(t, associate(own), "InvalidRouteTableID.NotFound", "Transit Gateway Route Table "+own+" was deleted or does not exist.") // associate with what is gone
}

func TestTransitPropagation(t *testing.T) {
	c := newTransit(t)
	own := c.newTable(t)
	enable := func(table, attachment string) error {
		_, err := c.EnableTransitGatewayRouteTablePropagation(t.Context(), &sdk.EnableTransitGatewayRouteTablePropagationInput{TransitGatewayRouteTableId: &table, TransitGatewayAttachmentId: &attachment})
		return err
	}
	disable := func(table string) error {
		_, err := c.DisableTransitGatewayRouteTablePropagation(t.Context(), &sdk.DisableTransitGatewayRouteTablePropagationInput{TransitGatewayRouteTableId: &table, TransitGatewayAttachmentId: &c.attachment})
		return err
	}
	propagatesTo := func() (out []string) {
		for _, p := range must(c.GetTransitGatewayAttachmentPropagations(t.Context(), &sdk.GetTransitGatewayAttachmentPropagationsInput{TransitGatewayAttachmentId: &c.attachment}))(t).TransitGatewayAttachmentPropagations {
			out = append(out, *p.TransitGatewayRouteTableId)
		}
		return out
	}
	routes := func(table string) (out []string) {
		for _, r := range c.search(t, table, "type", "static", "propagated") {
			out = append(out, *r.DestinationCidrBlock+" "+string(r.Type)+" "+string(r.State))
		}
		return out
	}
	if got := propagatesTo(); !slices.Equal(got, []string{c.table}) {
		t.Errorf("by default: %v", got)
	}
	if err := enable(own, c.attachment); err != nil {
		t.Fatal(err)
	}
	if got := propagatesTo(); !slices.Equal(got, slices.Sorted(slices.Values([]string{c.table, own}))) {
		t.Errorf("with another: %v", got)
	}
	if got := routes(own); !slices.Equal(got, []string{"172.31.0.0/16 propagated active"}) {
		t.Errorf("routes %v", got)
	}
	wants(t, enable(own, c.attachment), "TransitGatewayRouteTablePropagation.Duplicate", "Propagation "+c.attachment+" already exists in Transit Gateway Route Table "+own+".") // enable twice
	listed := must(c.GetTransitGatewayRouteTablePropagations(t.Context(), &sdk.GetTransitGatewayRouteTablePropagationsInput{TransitGatewayRouteTableId: &own, Filters: filtersBy("resource-id", c.vpcID)}))(t).TransitGatewayRouteTablePropagations
	if len(listed) != 1 || *listed[0].TransitGatewayAttachmentId != c.attachment || listed[0].State != "enabled" || *listed[0].ResourceId != c.vpcID {
		t.Errorf("%+v", listed)
	}
	if err := disable(own); err != nil || routes(own) != nil {
		t.Errorf("disabled: %v, routes %v", err, routes(own))
	}
	wants(t, disable(own), "InvalidparameterValue", "") // disable twice

	other := *must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{}))(t).TransitGateway.TransitGatewayId
	foreign := c.attach(t, other, c.subnets[:1])
	wants(t, enable(own, foreign), "InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment "+foreign+" was deleted or does not exist.") // another gateway's attachment

	if err := enable(own, c.attachment); err != nil {
		t.Fatal(err)
	}
	must(c.DeleteTransitGatewayRouteTable(t.Context(), &sdk.DeleteTransitGatewayRouteTableInput{TransitGatewayRouteTableId: &own}))(t)
	if got := propagatesTo(); !slices.Equal(got, []string{c.table}) {
		t.Errorf("after the table went: %v", got)
	}
}

func (c *transit) search(t *testing.T, table, filter string, values ...string) []types.TransitGatewayRoute {
	t.Helper()
	return must(c.SearchTransitGatewayRoutes(t.Context(), &sdk.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: &table, Filters: filtersBy(filter, values...)}))(t).Routes
}

func TestTransitRoutes(t *testing.T) {
	c := newTransit(t)
	create := func(cidr, attachment string) error {
		_, err := c.CreateTransitGatewayRoute(t.Context(), &sdk.CreateTransitGatewayRouteInput{
			TransitGatewayRouteTableId: &c.table, DestinationCidrBlock: &cidr, TransitGatewayAttachmentId: &attachment, Blackhole: aws.Bool(attachment == ""),
		})
		return err
	}
	remove := func(cidr string) error {
		_, err := c.DeleteTransitGatewayRoute(t.Context(), &sdk.DeleteTransitGatewayRouteInput{TransitGatewayRouteTableId: &c.table, DestinationCidrBlock: &cidr})
		return err
	}
	route := func(cidr string) string {
		found := c.search(t, c.table, "route-search.exact-match", cidr)
		if len(found) != 1 {
			return fmt.Sprint(len(found))
		}
		to := ""
		for _, a := range found[0].TransitGatewayAttachments {
			to += " " + *a.TransitGatewayAttachmentId + " " + *a.ResourceId
		}
		return string(found[0].Type) + " " + string(found[0].State) + to
	}
	const vpcRange = "172.31.0.0/16"
	target := " " + c.attachment + " " + c.vpcID
	steps := []struct {
		name string
		do   func() error
		cidr string
		want string
	}{
		{"propagated", func() error { return nil }, vpcRange, "propagated active" + target},
		{"a blackhole hides it", func() error { return create(vpcRange, "") }, vpcRange, "static blackhole"},
		{"until it goes", func() error { return remove(vpcRange) }, vpcRange, "propagated active" + target},
		{"static", func() error { return create("0.0.0.0/0", c.attachment) }, "0.0.0.0/0", "static active" + target},
		{"replaced by a blackhole", func() error {
			_, err := c.ReplaceTransitGatewayRoute(t.Context(), &sdk.ReplaceTransitGatewayRouteInput{TransitGatewayRouteTableId: &c.table, DestinationCidrBlock: aws.String("0.0.0.0/0"), Blackhole: aws.Bool(true)})
			return err
		}, "0.0.0.0/0", "static blackhole"},
		{"replaced where there was none", func() error {
			_, err := c.ReplaceTransitGatewayRoute(t.Context(), &sdk.ReplaceTransitGatewayRouteInput{TransitGatewayRouteTableId: &c.table, DestinationCidrBlock: aws.String("fd00::/8"), TransitGatewayAttachmentId: &c.attachment})
			return err
		}, "fd00::/8", "static active" + target},
		{"removed", func() error { return remove("0.0.0.0/0") }, "0.0.0.0/0", "0"},
		{"without its attachment", func() error {
			_, err := c.DeleteTransitGatewayVpcAttachment(t.Context(), &sdk.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &c.attachment})
			return err
		}, "fd00::/8", "static blackhole"},
		{"what it propagated", func() error { return nil }, vpcRange, "0"},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if got := route(s.cidr); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
	wants(t, create("fd00::/8", ""), "RouteAlreadyExists", "Route fd00::/8 already exists in Transit Gateway Route Table "+c.table+".")        // twice
	wants(t, remove("10.0.0.0/8"), "InvalidRoute.NotFound", "The route 10.0.0.0/8 does not exist in Transit Gateway Route Table "+c.table+".") // remove what is not there
	wants(t, create("10.0.0.0", ""), "InvalidParameterValue", "")                                                                              // no range
	wants(t, create("10.0.0.0/8", c.attachment), "InvalidTransitGatewayAttachmentID.NotFound", "")                                             // to an attachment that is gone
}

// TestSearchTransitGatewayRoutes: the supernet and subnet cases extend the
// example in EC2's API reference, SearchTransitGatewayRoutes.
func TestSearchTransitGatewayRoutes(t *testing.T) {
	c := newTransit(t)
	for _, cidr := range []string{"10.0.1.0/29", "10.0.1.0/31", "10.0.0.0/8", "0.0.0.0/0", "10.9.0.0/16", "::/0"} {
		must(c.CreateTransitGatewayRoute(t.Context(), &sdk.CreateTransitGatewayRouteInput{TransitGatewayRouteTableId: &c.table, DestinationCidrBlock: &cidr, Blackhole: aws.Bool(cidr == "10.9.0.0/16"), TransitGatewayAttachmentId: &c.attachment}))(t)
	}
	tests := []struct {
		name  string
		value string
		want  string
	}{
		{"route-search.exact-match", "10.0.1.0/29", "10.0.1.0/29"},
		{"route-search.exact-match", "10.0.1.0/30", ""},
		{"route-search.supernet-of-match", "10.0.1.0/30", "0.0.0.0/0 10.0.0.0/8 10.0.1.0/29"},
		{"route-search.supernet-of-match", "10.0.1.0/29", "0.0.0.0/0 10.0.0.0/8 10.0.1.0/29"},
		{"route-search.subnet-of-match", "10.0.1.0/30", "10.0.1.0/31"},
		{"route-search.subnet-of-match", "10.0.0.0/8", "10.0.0.0/8 10.0.1.0/29 10.0.1.0/31 10.9.0.0/16"},
		{"route-search.longest-prefix-match", "10.0.1.1", "10.0.1.0/31"},
		{"route-search.longest-prefix-match", "10.0.1.2", "10.0.1.0/29"},
		{"route-search.longest-prefix-match", "10.0.1.0/30", "10.0.1.0/29"},
		{"route-search.longest-prefix-match", "172.31.0.1", "172.31.0.0/16"},
		{"route-search.longest-prefix-match", "8.8.8.8", "0.0.0.0/0"},
		{"route-search.longest-prefix-match", "2001:db8::1", "::/0"},
		{"route-search.longest-prefix-match", "nonsense", ""},
		{"type", "propagated", "172.31.0.0/16"},
		{"state", "blackhole", "10.9.0.0/16"},
		{"attachment.transit-gateway-attachment-id", c.attachment, "0.0.0.0/0 10.0.0.0/8 10.0.1.0/29 10.0.1.0/31 172.31.0.0/16 ::/0"},
		{"attachment.resource-id", c.vpcID, "0.0.0.0/0 10.0.0.0/8 10.0.1.0/29 10.0.1.0/31 172.31.0.0/16 ::/0"},
		{"attachment.resource-type", "vpn", ""},
		{"prefix-list-id", "pl-1", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(cidrs(c.search(t, c.table, tt.name, tt.value)), " "); got != tt.want {
			t.Errorf("%s=%s: %s, want %s", tt.name, tt.value, got, tt.want)
		}
	}
	in := &sdk.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: &c.table, Filters: append(filtersBy("state", "active"), filtersBy("type", "static")...), MaxResults: aws.Int32(5)}
	out := must(c.SearchTransitGatewayRoutes(t.Context(), in))(t)
	if got := cidrs(out.Routes); len(got) != 5 || *out.AdditionalRoutesAvailable {
		t.Errorf("two filters: %v", got)
	}
	in.Filters = filtersBy("state", "*")
	out = must(c.SearchTransitGatewayRoutes(t.Context(), in))(t)
	all := cidrs(out.Routes)
	if len(all) != 5 || !*out.AdditionalRoutesAvailable {
		t.Errorf("first page: %v", all)
	}
	in.NextToken = out.NextToken
	out = must(c.SearchTransitGatewayRoutes(t.Context(), in))(t)
	if all = append(all, cidrs(out.Routes)...); strings.Join(all, " ") != "0.0.0.0/0 10.0.0.0/8 10.0.1.0/29 10.0.1.0/31 10.9.0.0/16 172.31.0.0/16 ::/0" || *out.AdditionalRoutesAvailable || out.NextToken != nil {
		t.Errorf("all pages: %v", all)
	}
	in.Filters, in.NextToken = []types.Filter{}, nil
	_, err := c.SearchTransitGatewayRoutes(t.Context(), in)
	wants(t, err, "MissingParameter", "") // no filter
	in.Filters = filtersBy("vpc-id", "x")
	_, err = c.SearchTransitGatewayRoutes(t.Context(), in)
	wants(t, err, "InvalidParameterValue", "") // unknown filter
}

func cidrs(routes []types.TransitGatewayRoute) (out []string) {
	for _, r := range routes {
		out = append(out, *r.DestinationCidrBlock)
	}
	return out
}

// routeModel says where a route table sends addresses, in the plainest way: by
// going through those that can tell the ranges of the test apart.
type routeModel struct {
	t        *testing.T
	c        *transit
	random   *rand.Rand
	vpcs     []*vpc.VPC // whose ranges overlap here and there
	subnets  map[string]string
	attached []string          // VPC ids in the order in which they were attached
	ids      map[string]string // VPC id to attachment id
	sends    map[string]bool   // attachments that propagate
	static   map[string]string // range to attachment id, "" for a blackhole
}

// TestTransitRoutesModel compares the routes after random changes with the model's.
func TestTransitRoutesModel(t *testing.T) {
	for seed := range uint64(4) {
		m := newRouteModel(t, seed)
		for range 60 {
			m.step()
			if got, want := m.actual(), m.expected(); got != want {
				t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
			}
		}
	}
}

func newRouteModel(t *testing.T, seed uint64) *routeModel {
	t.Helper()
	c, inv, _ := newNetwork(t)
	m := &routeModel{t: t, c: &transit{Client: c}, random: rand.New(rand.NewPCG(seed, 1)), subnets: map[string]string{}, ids: map[string]string{}, sends: map[string]bool{}, static: map[string]string{}}
	for i, ranges := range [][]string{{"10.1.0.0/16"}, {"10.2.0.0/16", "10.3.0.0/24"}, {"10.1.0.0/16"}, {"10.3.0.0/16"}, {"10.1.128.0/17", "10.4.0.0/16"}} {
		v := &vpc.VPC{Head: vpc.Head{ID: vpc.NewID("vpc", fmt.Sprint(i)), Account: account, Region: region}}
		for _, r := range ranges {
			v.CIDRs = append(v.CIDRs, netip.MustParsePrefix(r))
		}
		n := &vpc.Subnet{Head: v.Head, VPCID: v.ID, CIDR: netip.PrefixFrom(v.CIDRs[0].Addr(), 24)}
		n.ID = vpc.NewID("subnet", v.ID)
		if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(v); tx.Put(n); return nil }); err != nil {
			t.Fatal(err)
		}
		m.vpcs, m.subnets[v.ID] = append(m.vpcs, v), n.ID
	}
	g := must(c.CreateTransitGateway(t.Context(), &sdk.CreateTransitGatewayInput{}))(t).TransitGateway
	m.c.gateway, m.c.table = *g.TransitGatewayId, *g.Options.PropagationDefaultRouteTableId
	return m
}

// step makes one change.
func (m *routeModel) step() {
	v := m.vpcs[m.random.IntN(len(m.vpcs))]
	id, cidr := m.ids[v.ID], []string{"10.1.0.0/16", "10.3.0.0/24", "10.0.0.0/8", "10.2.7.0/24"}[m.random.IntN(4)]
	_, has := m.static[cidr]
	switch m.random.IntN(6) {
	case 0, 1:
		if id == "" {
			m.attach(v)
		} else {
			m.toggle(id)
		}
	case 2:
		if id != "" {
			m.detach(v)
		}
	default:
		m.setRoute(cidr, id, has)
	}
}

func (m *routeModel) attach(v *vpc.VPC) {
	m.c.vpcID = v.ID
	m.ids[v.ID] = m.c.attach(m.t, m.c.gateway, []string{m.subnets[v.ID]})
	m.attached, m.sends[m.ids[v.ID]] = append(m.attached, v.ID), true
}

func (m *routeModel) detach(v *vpc.VPC) {
	id := m.ids[v.ID]
	must(m.c.DeleteTransitGatewayVpcAttachment(m.t.Context(), &sdk.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &id}))(m.t)
	m.attached = slices.DeleteFunc(m.attached, func(o string) bool { return o == v.ID })
	delete(m.ids, v.ID)
	for cidr, to := range m.static {
		if to == id {
			m.static[cidr] = ""
		}
	}
}

func (m *routeModel) toggle(id string) {
	if m.sends[id] {
		must(m.c.DisableTransitGatewayRouteTablePropagation(m.t.Context(), &sdk.DisableTransitGatewayRouteTablePropagationInput{TransitGatewayRouteTableId: &m.c.table, TransitGatewayAttachmentId: &id}))(m.t)
	} else {
		must(m.c.EnableTransitGatewayRouteTablePropagation(m.t.Context(), &sdk.EnableTransitGatewayRouteTablePropagationInput{TransitGatewayRouteTableId: &m.c.table, TransitGatewayAttachmentId: &id}))(m.t)
	}
	m.sends[id] = !m.sends[id]
}

func (m *routeModel) setRoute(cidr, id string, has bool) {
	switch {
	case !has:
		must(m.c.CreateTransitGatewayRoute(m.t.Context(), &sdk.CreateTransitGatewayRouteInput{TransitGatewayRouteTableId: &m.c.table, DestinationCidrBlock: &cidr, TransitGatewayAttachmentId: &id, Blackhole: aws.Bool(id == "")}))(m.t)
	case m.random.IntN(2) == 0:
		must(m.c.ReplaceTransitGatewayRoute(m.t.Context(), &sdk.ReplaceTransitGatewayRouteInput{TransitGatewayRouteTableId: &m.c.table, DestinationCidrBlock: &cidr, TransitGatewayAttachmentId: &id, Blackhole: aws.Bool(id == "")}))(m.t)
	default:
		must(m.c.DeleteTransitGatewayRoute(m.t.Context(), &sdk.DeleteTransitGatewayRouteInput{TransitGatewayRouteTableId: &m.c.table, DestinationCidrBlock: &cidr}))(m.t)
		delete(m.static, cidr)
		return
	}
	m.static[cidr] = id
}

// probes has an address of every part into which the ranges of the test divide 10.0.0.0/8.
func probes(yield func(netip.Addr) bool) {
	for i := range byte(6) {
		for _, j := range []byte{0, 7, 8, 128} {
			if !yield(netip.AddrFrom4([4]byte{10, i, j, 1})) {
				return
			}
		}
	}
}

// actual gives the attachment that each probe is sent to by the routes that the
// table says it has.
func (m *routeModel) actual() string {
	to := map[netip.Prefix]string{}
	for _, r := range m.c.search(m.t, m.c.table, "state", "active", "blackhole") {
		p := netip.MustParsePrefix(*r.DestinationCidrBlock)
		if _, twice := to[p]; twice {
			m.t.Fatalf("two routes for %s", p)
		}
		to[p] = string(r.Type)
		for _, a := range r.TransitGatewayAttachments {
			to[p] += " " + *a.TransitGatewayAttachmentId
		}
	}
	return m.follow(to)
}

// follow tells where the probes go by the most specific route.
func (m *routeModel) follow(to map[netip.Prefix]string) string {
	var out strings.Builder
	last := "nowhere"
	for a := range probes {
		now := ""
		for bits := 32; bits >= 0 && now == ""; bits-- {
			now = to[netip.PrefixFrom(a, bits).Masked()]
		}
		if now != last {
			fmt.Fprintf(&out, "%s %s\n", a, now)
			last = now
		}
	}
	return out.String()
}

// expected gives the same by the model. An older attachment keeps the newer ones' overlapping ranges out.
func (m *routeModel) expected() string {
	to := map[netip.Prefix]string{}
	taken := map[netip.Addr]bool{}
	for _, vpcID := range m.attached {
		id := m.ids[vpcID]
		i := slices.IndexFunc(m.vpcs, func(v *vpc.VPC) bool { return v.ID == vpcID })
		for _, p := range m.vpcs[i].CIDRs {
			free := m.sends[id]
			for a := range probes {
				free = free && (!p.Contains(a) || !taken[a])
			}
			for a := range probes {
				taken[a] = taken[a] || free && p.Contains(a)
			}
			if free {
				to[p] = "propagated " + id
			}
		}
	}
	for cidr, id := range m.static {
		to[netip.MustParsePrefix(cidr)] = strings.TrimSpace("static " + id)
	}
	return m.follow(to)
}
