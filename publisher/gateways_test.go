package publisher

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

func head(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }

// putNetwork adds vpc-1 (10.0.0.0/16, in use1-az1) and vpc-2 (10.1.0.0/16, an
// interface in use1-az2), a transit gateway between them and a regional NAT
// gateway for what goes from vpc-1 to the Internet.
func putNetwork(t *testing.T, f *fixture) {
	t.Helper()
	one, two := vpc.Zone{ID: "use1-az1"}, vpc.Zone{ID: "use1-az2"}
	subnet := func(id, vpcID, cidr string, z vpc.Zone) *vpc.Subnet {
		return &vpc.Subnet{Head: head(id), VPCID: vpcID, CIDR: netip.MustParsePrefix(cidr), Zone: z}
	}
	table := func(vpcID string, routes ...vpc.Route) *vpc.RouteTable {
		return &vpc.RouteTable{Head: head("rtb-" + vpcID), VPCID: vpcID, Associations: []vpc.RouteTableAssociation{{Main: true}}, Routes: routes}
	}
	attachment := func(id, vpcID string, subnets ...vpc.TransitGatewaySubnet) *vpc.TransitGatewayAttachment {
		return &vpc.TransitGatewayAttachment{
			Head: head(id), TransitGatewayID: "tgw-1", VPCID: vpcID, Subnets: subnets, AssociatedTable: "tgw-rtb-1", PropagatesTo: []string{"tgw-rtb-1"},
		}
	}
	ten := netip.MustParsePrefix("10.0.0.0/8")
	f.update(t, func(tx *vpc.Tx) {
		for _, r := range []vpc.Resource{
			&vpc.VPC{Head: head("vpc-1"), CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}},
			&vpc.VPC{Head: head("vpc-2"), CIDRs: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
			subnet("subnet-1", "vpc-1", "10.0.0.0/24", one), subnet("subnet-2", "vpc-2", "10.1.0.0/24", two), subnet("subnet-2a", "vpc-2", "10.1.1.0/24", one),
			&vpc.ENI{Head: head(eniID), VPCID: "vpc-1", SubnetID: "subnet-1", Zone: one, PrivateIP: netip.MustParseAddr("10.0.0.5")},
			&vpc.ENI{Head: head("eni-peer"), VPCID: "vpc-2", SubnetID: "subnet-2", Zone: two, PrivateIP: netip.MustParseAddr("10.1.0.5")},
			table("vpc-1", vpc.Route{CIDR: ten, TransitGatewayID: "tgw-1"}, vpc.Route{CIDR: netip.MustParsePrefix("0.0.0.0/0"), NATGatewayID: "nat-1"}),
			table("vpc-2", vpc.Route{CIDR: ten, TransitGatewayID: "tgw-1"}),
			&vpc.TransitGateway{Head: head("tgw-1")},
			attachment("tgw-attach-1", "vpc-1", vpc.TransitGatewaySubnet{SubnetID: "subnet-1", InterfaceID: "eni-tgw-1"}),
			attachment("tgw-attach-2", "vpc-2", vpc.TransitGatewaySubnet{SubnetID: "subnet-2", InterfaceID: "eni-tgw-2"}, vpc.TransitGatewaySubnet{SubnetID: "subnet-2a", InterfaceID: "eni-tgw-2a"}),
			&vpc.TransitGatewayRouteTable{Head: head("tgw-rtb-1"), TransitGatewayID: "tgw-1", Routes: []vpc.TransitGatewayRoute{{CIDR: netip.MustParsePrefix("10.7.0.0/16")}}},
			&vpc.NATGateway{Head: head("nat-1"), VPCID: "vpc-1", Regional: true, Addresses: []vpc.NATAddress{
				{PublicIP: netip.MustParseAddr("107.22.182.138"), Zone: two}, {PublicIP: netip.MustParseAddr("107.22.182.139"), Zone: one},
			}},
		} {
			tx.Put(r)
		}
	})
}

// watch adds a flow log of a resource whose records have these fields.
func (f *fixture) watch(t *testing.T, kind flowlog.ResourceType, id, fields string) {
	t.Helper()
	l := f.log
	l.ID, l.ResourceID, l.ResourceType, l.TrafficType, l.Format = "fl-"+id, id, kind, "", "${"+strings.ReplaceAll(fields, " ", "} ${")+"}"
	if kind == flowlog.RegionalNatGateway {
		l.TrafficType = flowlog.AllTraffic
	}
	f.put(t, &l)
}

// records gives the lines of a flow log's objects, without headers.
func (f *fixture) records(t *testing.T, id string) (out []string) {
	t.Helper()
	for key := range f.objects.puts {
		if !strings.Contains(key, "_fl-"+id+"_") {
			delete(f.objects.puts, key)
		}
	}
	for _, l := range f.lines(t) {
		if l[0] >= '0' && l[0] <= '9' || strings.HasPrefix(l, "nat-") {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

func sent(to string, port uint16, d flow.Direction) flow.Flow {
	f := tcp(port, flow.Accept)
	f.Direction = d
	f.SetSrcAddr(netip.MustParseAddr("10.0.0.5"))
	f.SetDstAddr(netip.MustParseAddr(to))
	if d == flow.Ingress {
		f.Src, f.Dst = f.Dst, f.Src
		f.SrcPort, f.DstPort = f.DstPort, f.SrcPort
	}
	return f
}

// TestTransitGateway: a connection between two VPCs is seen on both attachments
// in both directions, once, whichever of its interfaces are captured.
func TestTransitGateway(t *testing.T) {
	const fields = "version flow-direction srcaddr dstaddr srcport tgw-attachment-id tgw-pair-attachment-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id packets tcp-flags log-status"
	const there, back = "10.0.0.5 10.1.0.5 7 ", "10.1.0.5 10.0.0.5 80 "
	// The answer stays in the zone that it comes from only where the other attachment is in it, too.
	const thereEnds, backEnds = " vpc-1 vpc-2 eni-tgw-1 eni-tgw-2a use1-az1 use1-az1 2 2 OK", " vpc-2 vpc-1 eni-tgw-2 eni-tgw-1 use1-az2 use1-az1 2 2 OK"
	want := []string{
		"6 egress " + there + "tgw-attach-2 tgw-attach-1" + thereEnds,
		"6 egress " + back + "tgw-attach-1 tgw-attach-2" + backEnds,
		"6 ingress " + there + "tgw-attach-1 tgw-attach-2" + thereEnds,
		"6 ingress " + back + "tgw-attach-2 tgw-attach-1" + backEnds,
	}
	atPeer := func(d flow.Direction) flow.Flow {
		other := map[flow.Direction]flow.Direction{flow.Ingress: flow.Egress, flow.Egress: flow.Ingress}
		f := sent("10.1.0.5", 7, other[d])
		f.Direction = d
		return f
	}
	own := window(0, sent("10.1.0.5", 7, flow.Egress), sent("10.1.0.5", 7, flow.Ingress))
	peer := window(0, atPeer(flow.Ingress), atPeer(flow.Egress))
	peer.InterfaceID = "eni-peer"
	for name, windows := range map[string][]flow.Window{
		"one side": {own}, "the other": {peer}, "both": {own, peer}, "both, the other first": {peer, own}, "captured": {peer, own},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, flowlog.AllTraffic)
			putNetwork(t, f)
			f.watch(t, flowlog.TransitGateway, "tgw-1", fields)
			if name == "captured" {
				if err := f.Opened(t.Context(), eniID, "eni-peer"); err != nil {
					t.Fatal(err)
				}
			}
			for _, w := range windows { // injections come one by one
				w.Offline = name != "captured"
				f.Export(t.Context(), []flow.Window{w})
			}
			f.Deliver(t.Context())
			if got := f.records(t, "tgw-1"); !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestTransitGatewayAttachment(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.watch(t, flowlog.TransitGatewayAttachment, "tgw-attach-2", "version flow-direction srcaddr resource-type account-id tgw-id")
	rejected := sent("10.1.0.5", 9, flow.Egress)
	rejected.Verdict.Action = flow.Reject // it never got there
	f.Export(t.Context(), []flow.Window{window(0, sent("10.1.0.5", 7, flow.Egress), sent("10.1.0.5", 8, flow.Ingress), rejected)})
	f.Deliver(t.Context())
	want := []string{
		"6 egress 10.0.0.5 TransitGateway 123456789012 tgw-1",
		"6 ingress 10.1.0.5 TransitGateway 123456789012 tgw-1",
	}
	if got := f.records(t, "tgw-attach-2"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestTransitGatewayDrops: what has no route, or a blackhole route, is seen where
// it came in, and nowhere else.
func TestTransitGatewayDrops(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.watch(t, flowlog.TransitGateway, "tgw-1", "version flow-direction dstaddr tgw-attachment-id tgw-pair-attachment-id tgw-dst-vpc-id packets packets-lost-no-route packets-lost-blackhole")
	f.Export(t.Context(), []flow.Window{window(0, sent("10.7.0.1", 7, flow.Egress), sent("10.8.0.1", 7, flow.Egress))})
	f.Deliver(t.Context())
	want := []string{
		"6 ingress 10.7.0.1 tgw-attach-1 - - 2 0 2",
		"6 ingress 10.8.0.1 tgw-attach-1 - - 2 2 0",
	}
	if got := f.records(t, "tgw-1"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestTransitGatewayQuiet: NODATA comes a minute after the last traffic of an
// attachment that had some, SKIPDATA when its VPC lost packets.
func TestTransitGatewayQuiet(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.watch(t, flowlog.TransitGatewayAttachment, "tgw-attach-1", "version tgw-attachment-id srcaddr packets start end log-status")
	f.Export(t.Context(), []flow.Window{window(0, sent("10.1.0.5", 7, flow.Egress))})
	for i := 1; i <= 7; i++ {
		f.Export(t.Context(), []flow.Window{window(i, sent("10.0.0.9", 7, flow.Egress))}) // stays in the VPC
	}
	lossy := window(8)
	lossy.Lost = 3
	f.Export(t.Context(), []flow.Window{lossy})
	f.Deliver(t.Context())
	want := []string{
		"6 tgw-attach-1 - - 1767268810 1767268870 NODATA",
		"6 tgw-attach-1 - - 1767268880 1767268890 SKIPDATA",
		"6 tgw-attach-1 10.0.0.5 2 1767268800 1767268810 OK",
	}
	if got := f.records(t, "tgw-attach-1"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestRegionalNATGateway: the four records of AWS's example of a connection
// through one, with the addresses of that example but for the instance's.
func TestRegionalNATGateway(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.watch(t, flowlog.RegionalNatGateway, "nat-1", "resource-id instance-id interface-id subnet-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr flow-direction traffic-path next-hop-interface-id interface-type action")
	f.Export(t.Context(), []flow.Window{window(0, sent("203.0.113.5", 7, flow.Egress), sent("203.0.113.5", 7, flow.Ingress))})
	f.Deliver(t.Context())
	want := []string{
		"nat-1 - - - 10.0.0.5 203.0.113.5 10.0.0.5 203.0.113.5 ingress - " + eniID + " regional_nat_gateway ACCEPT",
		"nat-1 - - - 107.22.182.139 203.0.113.5 107.22.182.139 203.0.113.5 egress 8 - regional_nat_gateway ACCEPT",
		"nat-1 - - - 203.0.113.5 10.0.0.5 203.0.113.5 10.0.0.5 egress 1 " + eniID + " regional_nat_gateway ACCEPT",
		"nat-1 - - - 203.0.113.5 107.22.182.139 203.0.113.5 107.22.182.139 ingress - - regional_nat_gateway ACCEPT",
	}
	if got := f.records(t, "nat-1"); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// TestHopsAndTags: an interface's record has the next hop, the path and the tags
// that its flow log asks for.
func TestHopsAndTags(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.update(t, func(tx *vpc.Tx) {
		e := vpc.Clone(tx.ENI(eniID))
		e.InstanceID = "i-1"
		tx.Put(e)
		tx.SetTags(e, []vpc.Tag{{Key: "role", Value: "web & db"}})
		tx.SetTags(&vpc.Instance{Head: head("i-1")}, []vpc.Tag{{Key: "env", Value: "test"}})
		l := f.log
		l.ID, l.Format = "fl-tags", "${version} ${dstaddr} ${traffic-path} ${next-hop-interface-id} ${next-hop-interface-type} ${interface-tag} ${instance-tag}"
		l.TagFields = []flowlog.TagField{{ResourceType: "network-interface", Keys: []string{"role"}}, {ResourceType: "instance", Keys: []string{"env"}}}
		tx.Put(&l)
	})
	f.Export(t.Context(), []flow.Window{window(0, sent("203.0.113.5", 7, flow.Egress), sent("10.1.0.5", 7, flow.Egress), sent(eniOwn, 7, flow.Egress))})
	f.Deliver(t.Context())
	want := []string{
		"11 10.0.0.5 1 " + eniID + " - web%20%26%20db test",
		"11 10.1.0.5 - - - web%20%26%20db test", // the attachment's interface is not known here
		"11 203.0.113.5 1 - regional_nat_gateway web%20%26%20db test",
	}
	if got := f.records(t, "tags"); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for r := range f.Records(t.Context(), false) {
		if r.DstAddr() == netip.MustParseAddr("203.0.113.5") && (r.Hop == nil || r.Hop.Path != 1) {
			t.Errorf("the last records have no hop: %+v", r)
		}
	}
}

const eniOwn = "10.0.0.5"

// TestNAT64: of what a regional NAT gateway makes of IPv6 only the inner side is told.
func TestNAT64(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	putNetwork(t, f)
	f.watch(t, flowlog.RegionalNatGateway, "nat-1", "resource-id srcaddr dstaddr type flow-direction")
	f.update(t, func(tx *vpc.Tx) {
		table := vpc.Clone(vpc.Get[vpc.RouteTable](tx.Snapshot, "rtb-vpc-1"))
		table.Routes = append(table.Routes, vpc.Route{CIDR: netip.MustParsePrefix("64:ff9b::/96"), NATGatewayID: "nat-1"})
		tx.Put(table)
	})
	six := sent("10.1.0.5", 7, flow.Egress)
	six.IPVersion = 6
	six.SetSrcAddr(netip.MustParseAddr("2001:db8::5"))
	six.SetDstAddr(netip.MustParseAddr("64:ff9b::808:808"))
	f.Export(t.Context(), []flow.Window{window(0, six)})
	f.Deliver(t.Context())
	if got := f.records(t, "nat-1"); !slices.Equal(got, []string{"nat-1 2001:db8::5 64:ff9b::808:808 IPv6 ingress"}) {
		t.Errorf("%q", got)
	}
}
