package publisher

import (
	"slices"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// NoDataInterval is how long an interface must have been quiet for a NODATA
// record, and the most that one speaks of.
const NoDataInterval = time.Minute

// matcher decides what of a sealed window goes to which flow logs.
type matcher struct {
	// quiet says since when an interface, or an attachment of a transit gateway,
	// has had nothing for a flow log. One that never had traffic is not in it: "no
	// data appears until there is active traffic" (Flow logs, "Log status").
	quiet map[quietKey]time.Time
	seen  map[string]bool // what had traffic once
	hops  map[string]bool // whether the records of a format need hops
	// told says of a sender and a receiver whether the sender was the first to tell
	// what passes between them.
	told map[[2]string]bool
}

type quietKey struct{ flowLog, name string }

func newMatcher() *matcher {
	return &matcher{quiet: map[quietKey]time.Time{}, seen: map[string]bool{}, hops: map[string]bool{}, told: map[[2]string]bool{}}
}

// view is a window as it was seen at one place, and what is known of the ways of its flows.
type view struct {
	*flow.Window // its InterfaceID is that of the place
	iface        *flowlog.Interface
	hops         []flowlog.Hop
	// hop gives where in hops that of each flow is. Without it they are found by
	// router or, if there is none either, are all the first one.
	hop    []uint32
	router *vpc.Router
}

// entries gives what a window has for the flow logs: its flows, a SKIPDATA record
// where packets were lost, a NODATA record where nothing has come for NoDataInterval.
func (m *matcher) entries(w *view, logs []*flowlog.FlowLog) []entry {
	base := entry{Interface: *w.iface, Start: w.Start.UnixNano(), End: w.End.UnixNano()}
	ok, skip := base, base
	ok.flows, skip.Status = w.Flows, flowlog.SkipData
	has := actions(w.Flows)
	busy := len(w.Flows) > 0 || w.Lost > 0
	hops, tags := false, false
	var out []entry
	for _, f := range logs {
		if !covers(f, w) {
			continue
		}
		if f.Wants(flow.Accept.String()) && has[flow.Accept] || f.Wants(flow.Reject.String()) && has[flow.Reject] {
			ok.FlowLogs = append(ok.FlowLogs, f.ID)
			hops = hops || m.needsHop(f)
		}
		tags = tags || len(f.TagFields) > 0
		if w.Lost > 0 {
			skip.FlowLogs = append(skip.FlowLogs, f.ID)
		}
		if since, yes := m.noData(f, w, busy); yes {
			e := base
			e.Start, e.Status, e.FlowLogs = since.UnixNano(), flowlog.NoData, []string{f.ID}
			out = append(out, e)
		}
	}
	if busy {
		m.seen[w.InterfaceID] = true
	}
	if hops {
		ok.Hops, ok.hop = w.ways()
	}
	for _, e := range []entry{ok, skip} {
		if len(e.FlowLogs) > 0 {
			out = append(out, e)
		}
	}
	if !tags {
		for i := range out {
			out[i].Interface.Tags, out[i].Interface.InstanceTags = nil, nil
		}
	}
	return out
}

func (m *matcher) needsHop(f *flowlog.FlowLog) bool {
	kind := string(f.ResourceType) + f.Format
	needs, known := m.hops[kind]
	if !known {
		format, err := flowlog.ParseFormat(f.ResourceType, f.Format)
		needs = err == nil && format.NeedsHop()
		m.hops[kind] = needs
	}
	return needs
}

// ways gives the hops of the window's flows, each once, and which is whose.
func (w *view) ways() ([]flowlog.Hop, []uint32) {
	if w.hop != nil || w.router == nil {
		return w.hops, w.hop
	}
	var hops []flowlog.Hop
	index := map[flowlog.Hop]uint32{}
	of := make([]uint32, len(w.Flows))
	for i := range w.Flows {
		h := hopOf(w.router, w.iface, &w.Flows[i])
		n, known := index[h]
		if !known {
			n = uint32(len(hops))
			index[h] = n
			hops = append(hops, h)
		}
		of[i] = n
	}
	return hops, of
}

// hopOf gives the hop of a flow of an interface.
func hopOf(r *vpc.Router, i *flowlog.Interface, f *flow.Flow) flowlog.Hop {
	switch f.Direction {
	case flow.Egress:
		return flowlog.NewHop(i.Account, r.Egress(f.DstAddr()))
	case flow.Ingress:
		return flowlog.NewHop(i.Account, r.Ingress(f.SrcAddr()))
	}
	return flowlog.Hop{}
}

// covers says whether w belongs into f: its place does, and it does not reach
// back before f was created. Injected packets keep their own time.
func covers(f *flowlog.FlowLog, w *view) bool {
	return f.Covers(w.iface) && (w.Offline || !w.Start.Before(f.Created))
}

func actions(flows []flow.Flow) (has [2]bool) {
	for i := range flows {
		has[flows[i].Verdict.Action] = true
	}
	return has
}

// noData says whether f is due a NODATA record that ends with w, and since when nothing came.
func (m *matcher) noData(f *flowlog.FlowLog, w *view, busy bool) (since time.Time, due bool) {
	if w.Offline || !busy && !m.seen[w.InterfaceID] {
		return time.Time{}, false
	}
	key := quietKey{f.ID, w.InterfaceID}
	since, known := m.quiet[key]
	switch {
	case busy:
		since = w.End
	case !known:
		since = w.Start
	}
	m.quiet[key] = since
	if due = w.End.Sub(since) >= NoDataInterval; due {
		m.quiet[key] = w.End
	}
	return since, due
}

// partition splits the flow logs into those of interfaces and those of gateways without one.
func partition(all []*flowlog.FlowLog) (interfaces, gateways []*flowlog.FlowLog) {
	for _, f := range all {
		if f.ResourceType.Transit() || f.ResourceType == flowlog.RegionalNatGateway {
			gateways = append(gateways, f)
		} else {
			interfaces = append(interfaces, f)
		}
	}
	return slices.Clip(interfaces), slices.Clip(gateways)
}
