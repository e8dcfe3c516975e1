package publisher

import (
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
	// quiet says since when an interface has had nothing for a flow log. An
	// interface that never had traffic is not in it: "no data appears until there
	// is active traffic" (Flow logs, "Log status").
	quiet map[quietKey]time.Time
	seen  map[string]bool // interfaces that had traffic once
}

type quietKey struct{ flowLog, interfaceID string }

func newMatcher() *matcher {
	return &matcher{quiet: map[quietKey]time.Time{}, seen: map[string]bool{}}
}

// entries gives what window w of an interface has for the flow logs: its flows,
// a SKIPDATA record where packets were lost, a NODATA record where nothing has
// come for NoDataInterval.
func (m *matcher) entries(w *flow.Window, iface *flowlog.Interface, logs []*flowlog.FlowLog) []entry {
	base := entry{Interface: *iface, Start: w.Start.UnixNano(), End: w.End.UnixNano()}
	ok, skip := base, base
	ok.flows, skip.Status = w.Flows, flowlog.SkipData
	has := actions(w.Flows)
	busy := len(w.Flows) > 0 || w.Lost > 0
	var out []entry
	for _, f := range logs {
		if !covers(f, w, &iface.ENI) {
			continue
		}
		if f.Wants(flow.Accept.String()) && has[flow.Accept] || f.Wants(flow.Reject.String()) && has[flow.Reject] {
			ok.FlowLogs = append(ok.FlowLogs, f.ID)
		}
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
	for _, e := range []entry{ok, skip} {
		if len(e.FlowLogs) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// covers says whether w belongs into f: its interface does, and it does not
// reach back before f was created. Injected packets keep their own time.
func covers(f *flowlog.FlowLog, w *flow.Window, e *vpc.ENI) bool {
	return f.Covers(e) && (w.Offline || !w.Start.Before(f.Created))
}

func actions(flows []flow.Flow) (has [2]bool) {
	for i := range flows {
		has[flows[i].Verdict.Action] = true
	}
	return has
}

// noData says whether f is due a NODATA record that ends with w, and since when nothing came.
func (m *matcher) noData(f *flowlog.FlowLog, w *flow.Window, busy bool) (since time.Time, due bool) {
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
