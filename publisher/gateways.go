package publisher

import (
	"net/netip"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// gateways finds what transit gateways and regional NAT gateways saw of one
// interface's window. They have no interface that could be captured: what they
// saw follows from the routes.
type gateways struct {
	network *vpc.Snapshot
	window  *view
	// tells says whether it is the part of the sender, or of the receiver, to tell of
	// what passes between two interfaces, so that both do not.
	tells func(sender, receiver *vpc.ENI, isSender bool) bool
	known map[sight][]pass
	views map[passage]*view
	order []*view
}

// sight is what a flow's passes depend on: for ingress on its destination, too,
// which at a middlebox is not the interface.
type sight struct {
	direction flow.Direction
	peer, own netip.Addr
}

// pass is one view of a flow: as in the flow, but for the direction and, at a NAT
// gateway, for the address that stands for the interface's.
type pass struct {
	view      *view
	direction flow.Direction
	src, dst  netip.Addr // instead of the flow's, if they are valid
}

// passage is what the flows of a view have in common.
type passage struct {
	transit flowlog.Transit
	nat     string
	step    int
}

func newGateways(s *vpc.Snapshot, w *view, tells func(sender, receiver *vpc.ENI, isSender bool) bool) *gateways {
	return &gateways{network: s, window: w, tells: tells, known: map[sight][]pass{}, views: map[passage]*view{}}
}

// find gives the views of the window's flows. What transit gateways' own
// interfaces saw is seen on both sides of them already.
func (g *gateways) find() []*view {
	if g.window.iface.Type == "transit_gateway" {
		return nil
	}
	for i := range g.window.Flows {
		g.add(&g.window.Flows[i])
	}
	if g.window.Lost > 0 {
		g.lost()
	}
	return g.order
}

func (g *gateways) add(f *flow.Flow) {
	at := sight{f.Direction, f.SrcAddr(), f.DstAddr()}
	hop := (*vpc.Router).Ingress
	switch {
	case f.Direction == flow.Egress && f.Verdict.Action == flow.Reject, f.Direction == flow.Unknown:
		return // it did not leave the interface
	case f.Direction == flow.Egress:
		at.peer, at.own, hop = f.DstAddr(), netip.Addr{}, (*vpc.Router).Egress
	}
	if h := hop(g.window.router, at.peer); h.Transit == nil && h.NAT == nil {
		return // most flows, of which nothing is remembered
	}
	passes, known := g.known[at]
	if !known {
		passes = g.passes(f)
		g.known[at] = passes
	}
	for _, p := range passes {
		seen := *f
		seen.Direction, seen.Verdict = p.direction, flow.Verdict{}
		if p.src.IsValid() {
			seen.SetSrcAddr(p.src)
		}
		if p.dst.IsValid() {
			seen.SetDstAddr(p.dst)
		}
		p.view.Flows = append(p.view.Flows, seen)
	}
}

func (g *gateways) passes(f *flow.Flow) []pass {
	r := g.window.router
	if f.Direction == flow.Egress {
		switch h := r.Egress(f.DstAddr()); {
		case h.Transit != nil:
			return g.transitOut(h.Transit, f)
		case h.NAT != nil:
			return g.natOut(h.NAT, f)
		}
		return nil
	}
	switch h := r.Ingress(f.SrcAddr()); {
	case h.Transit != nil:
		return g.transitIn(h.Transit, f)
	case h.NAT != nil:
		return g.natIn(h.NAT, f)
	}
	return nil
}

// transitOut is for what the interface sends through a transit gateway.
func (g *gateways) transitOut(from *vpc.TransitGatewayAttachment, f *flow.Flow) []pass {
	p := g.network.TransitPath(from, f.DstAddr())
	if p.To != nil {
		receiver := g.network.Interface(p.To.VPCID, f.DstAddr())
		if receiver != nil && !g.tells(&g.window.iface.ENI, receiver, true) {
			return nil
		}
	}
	return g.transit(p, g.window.iface.Zone.ID, "")
}

// transitIn is for what came to the interface through a transit gateway: by the
// attachment that the way back leads to.
func (g *gateways) transitIn(to *vpc.TransitGatewayAttachment, f *flow.Flow) []pass {
	from := g.network.TransitPath(to, f.SrcAddr()).To
	if from == nil {
		return nil
	}
	zone := ""
	if sender := g.network.Interface(from.VPCID, f.SrcAddr()); sender != nil {
		if !g.tells(sender, &g.window.iface.ENI, false) {
			return nil
		}
		zone = sender.Zone.ID
	}
	p := g.network.TransitPath(from, f.DstAddr())
	if p.To == nil || p.To.ID != to.ID {
		return nil
	}
	return g.transit(p, zone, g.window.iface.Zone.ID)
}

// transit gives the passes at the two attachments, or at the first if the packet
// is dropped. Packets stay in the zone that they come from, if the other
// attachment is in it, too.
func (g *gateways) transit(p vpc.TransitPath, from, to string) []pass {
	t := flowlog.Transit{GatewayID: p.From.TransitGatewayID, AttachmentID: p.From.ID, Src: g.end(p.From, from, to)}
	switch {
	case p.To != nil:
		t.PairID, t.Dst = p.To.ID, g.end(p.To, t.Src.ZoneID, to)
	case p.Blackhole:
		t.Dropped = flowlog.Blackhole
	default:
		t.Dropped = flowlog.NoRoute
	}
	in := []pass{{view: g.at(t), direction: flow.Ingress}}
	if p.To == nil {
		return in
	}
	t.AttachmentID, t.PairID = t.PairID, t.AttachmentID
	return append(in, pass{view: g.at(t), direction: flow.Egress})
}

func (g *gateways) end(a *vpc.TransitGatewayAttachment, zoneIDs ...string) flowlog.TransitEnd {
	n := g.network.Entrance(a, zoneIDs...)
	e := flowlog.TransitEnd{VPCID: a.VPCID, SubnetID: n.SubnetID, InterfaceID: n.InterfaceID}
	if v := g.network.VPC(a.VPCID); v != nil {
		e.Account = v.Account
	}
	if subnet := g.network.Subnet(n.SubnetID); subnet != nil {
		e.ZoneID = subnet.Zone.ID
	}
	return e
}

// at gives the view at an attachment of a transit gateway.
func (g *gateways) at(t flowlog.Transit) *view {
	return g.view(passage{transit: t}, t.AttachmentID, transitPlace(g.network, &t))
}

// transitPlace is what stands for a transit gateway in records.
func transitPlace(s *vpc.Snapshot, t *flowlog.Transit) *flowlog.Interface {
	i := &flowlog.Interface{Transit: t}
	if gateway := vpc.Get[vpc.TransitGateway](s, t.GatewayID); gateway != nil {
		i.Account, i.Region = gateway.Account, gateway.Region
	}
	return i
}

// natPlace is what stands for a regional NAT gateway in records, in a zone of it.
func natPlace(n *vpc.NATGateway, z vpc.Zone) *flowlog.Interface {
	return &flowlog.Interface{ENI: vpc.ENI{Head: vpc.Head{Account: n.Account, Region: n.Region}, VPCID: n.VPCID, Zone: z}, RegionalNAT: n.ID}
}

// The four records that a regional NAT gateway has of a connection.
// Source: "Flow log record examples", regional NAT gateway.
const (
	fromInterface = iota
	toInternet
	fromInternet
	toInterface
)

// natOut is for what goes out. What NAT64 makes of IPv6 is not told.
func (g *gateways) natOut(n *vpc.NATGateway, f *flow.Flow) []pass {
	out := []pass{{view: g.nat(n, fromInterface, &vpc.Hop{Interface: &g.window.iface.ENI}), direction: flow.Ingress}}
	if public := g.publicOf(n); public.IsValid() && f.IPVersion == 4 {
		out = append(out, pass{view: g.nat(n, toInternet, &vpc.Hop{Path: vpc.PathInternet}), direction: flow.Egress, src: public})
	}
	return out
}

func (g *gateways) natIn(n *vpc.NATGateway, f *flow.Flow) (out []pass) {
	if public := g.publicOf(n); public.IsValid() && f.IPVersion == 4 {
		out = append(out, pass{view: g.nat(n, fromInternet, &vpc.Hop{}), direction: flow.Ingress, dst: public})
	}
	return append(out, pass{view: g.nat(n, toInterface, &vpc.Hop{Path: vpc.PathVPC, Interface: &g.window.iface.ENI}), direction: flow.Egress})
}

// publicOf gives the gateway's public address in the interface's zone, or another one.
func (g *gateways) publicOf(n *vpc.NATGateway) (public netip.Addr) {
	for _, a := range n.Addresses {
		if a.PublicIP.IsValid() && (!public.IsValid() || a.Zone.ID == g.window.iface.Zone.ID) {
			public = a.PublicIP
		}
	}
	return public
}

func (g *gateways) nat(n *vpc.NATGateway, step int, h *vpc.Hop) *view {
	v := g.view(passage{nat: n.ID, step: step}, n.ID, natPlace(n, g.window.iface.Zone))
	v.hops = []flowlog.Hop{flowlog.NewHop(n.Account, h)}
	return v
}

// view gives the view of a passage; its window is as long as the interface's.
func (g *gateways) view(p passage, name string, i *flowlog.Interface) *view {
	v := g.views[p]
	if v == nil {
		w := g.window
		v = &view{Window: &flow.Window{InterfaceID: name, Start: w.Start, End: w.End, Offline: w.Offline}, iface: i}
		g.views[p] = v
		g.order = append(g.order, v)
	}
	return v
}

// lost says at every gateway that the interface's lost packets may have passed
// that something is missing.
func (g *gateways) lost() {
	for _, a := range vpc.Referring[vpc.TransitGatewayAttachment](g.network, g.window.iface.VPCID) {
		g.at(flowlog.Transit{GatewayID: a.TransitGatewayID, AttachmentID: a.ID}).Lost += g.window.Lost
	}
	for _, n := range vpc.Referring[vpc.NATGateway](g.network, g.window.iface.VPCID) {
		if n.Regional {
			g.view(passage{nat: n.ID}, n.ID, natPlace(n, g.window.iface.Zone)).Lost += g.window.Lost
		}
	}
}

// idle gives empty windows of the gateways that the flow logs watch and that saw
// nothing of windows that were sealed together.
func idle(s *vpc.Snapshot, logs []*flowlog.FlowLog, sealed, seen []*view) (out []*view) {
	start, end := extent(sealed)
	if end.IsZero() {
		return nil
	}
	had := map[string]bool{}
	for _, w := range seen {
		had[w.InterfaceID] = true
	}
	add := func(name string, i *flowlog.Interface) {
		if !had[name] {
			had[name] = true
			out = append(out, &view{Window: &flow.Window{InterfaceID: name, Start: start, End: end}, iface: i})
		}
	}
	for _, f := range logs {
		attachments := vpc.Referring[vpc.TransitGatewayAttachment](s, f.ResourceID)
		if a := vpc.Get[vpc.TransitGatewayAttachment](s, f.ResourceID); a != nil {
			attachments = append(attachments, a)
		}
		for _, a := range attachments {
			add(a.ID, transitPlace(s, &flowlog.Transit{GatewayID: a.TransitGatewayID, AttachmentID: a.ID}))
		}
		if n := vpc.Get[vpc.NATGateway](s, f.ResourceID); n != nil {
			add(n.ID, natPlace(n, vpc.Zone{}))
		}
	}
	return out
}

// extent gives from when to when windows of the clock go; those of files do not count.
func extent(windows []*view) (start, end time.Time) {
	for _, w := range windows {
		if w.Offline {
			continue
		}
		if start.IsZero() || w.Start.Before(start) {
			start = w.Start
		}
		if w.End.After(end) {
			end = w.End
		}
	}
	return start, end
}
