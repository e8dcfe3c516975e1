package capture

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// fan is the taps of one interface: one, or of a busy interface several, among
// which the kernel shares out the flows, and whose tables become one window.
type fan struct {
	opt    *Options
	seed   hashSeed
	since  time.Time
	shares *shares // nil with one tap
	taps   []*tap
	once   sync.Once // of fail
}

// newFan makes a tap for each source, which with an error are closed.
func newFan(info Tap, sources []source, opt *Options, seed hashSeed) (*fan, error) {
	f := &fan{opt: opt, seed: seed, since: opt.Now()}
	if len(sources) > 1 {
		f.shares = &shares{limit: int64(opt.MaxFlows)}
	}
	for i, src := range sources {
		t, err := newTap(f, info, src)
		if err != nil {
			f.release()
			for _, src := range sources[i:] {
				src.close()
			}
			return nil, err
		}
		f.taps = append(f.taps, t)
	}
	return f, nil
}

// shares bounds the flows that the taps of one interface have in a window together.
type shares struct {
	limit int64

	mu    sync.Mutex
	start int64
	last  *share
}

// share is what is left of a window's flows.
type share struct{ left atomic.Int64 }

// of gives the share of the window from start on. Without a receiver there is none.
func (s *shares) of(start int64) *share {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.start != start {
		s.start, s.last = start, &share{}
		s.last.left.Store(s.limit)
	}
	return s.last
}

// take says whether there may be one flow more.
func (s *share) take() bool { return s == nil || s.left.Add(-1) >= 0 }

func (f *fan) name() string { return f.taps[0].info.Name }

func (f *fan) interfaceID() string { return f.taps[0].interfaceID() }

// run starts the capture goroutines. The end of one source is that of all.
func (f *fan) run(wg *sync.WaitGroup) {
	for _, t := range f.taps {
		wg.Go(func() {
			if err := t.run(); err != nil {
				f.once.Do(func() { f.fail(err) })
			}
		})
	}
}

func (f *fan) fail(err error) {
	f.opt.Logger.Warn("capture ended", "interface", f.name(), "interface_id", f.interfaceID(), "error", err)
	for _, t := range f.taps {
		t.fail(err)
	}
}

// collect gives the windows that ended by now. The flows of several taps come tap
// by tap, those of each in order of their first packet.
func (f *fan) collect(now int64, force bool, to *Binding) []flow.Window {
	var windows []flow.Window
	sealed := make([]bool, len(f.taps))
	for {
		var fulls []*full
		for i, t := range f.taps {
			if s := t.take(now, force, to, &sealed[i]); s != nil {
				fulls = append(fulls, s)
			}
		}
		if len(fulls) == 0 {
			return windows
		}
		for _, same := range overlapping(fulls) {
			windows = append(windows, joined(same)...)
		}
		for _, s := range fulls {
			s.tap.recycle(s.table)
		}
	}
}

// overlapping sorts windows and groups those that are of one time. Mostly all have
// the same edges; but a tap whose last window was still being exported at an edge
// has a longer one.
func overlapping(fulls []*full) [][]*full {
	slices.SortStableFunc(fulls, func(a, b *full) int { return cmp.Compare(a.span.start, b.span.start) })
	var groups [][]*full
	end := int64(0)
	for _, s := range fulls {
		if last := len(groups) - 1; last >= 0 && s.span.start < end && s.table.interfaceID == groups[last][0].table.interfaceID {
			groups[last] = append(groups[last], s)
		} else {
			groups = append(groups, []*full{s})
		}
		end = max(end, s.span.end)
	}
	return groups
}

// joined makes one window of those of several taps. A flow is in more than one
// where the kernel looks deeper than we do: into tunnels; or less: at fragments.
// Without memory for it they stay as they are.
func joined(fulls []*full) []flow.Window {
	first, n := fulls[0], 0
	if len(fulls) == 1 {
		return []flow.Window{first.window(false)}
	}
	for _, s := range fulls {
		n += int(s.table.n)
	}
	all, err := newTable(first.table.interfaceID, nil, first.table.seed, n)
	if err != nil {
		var windows []flow.Window
		for _, s := range fulls {
			windows = append(windows, s.window(false))
		}
		return windows
	}
	defer all.free()
	all.presize(n)
	sum := full{table: all, span: first.span}
	for _, s := range fulls {
		all.absorb(s.table)
		sum.span.end = max(sum.span.end, s.span.end)
		sum.lost += s.lost + s.table.lostPackets
	}
	return []flow.Window{sum.window(false)}
}

func (f *fan) readdress(addrs []netip.Addr) {
	for _, t := range f.taps {
		t.readdress(addrs)
	}
}

func (f *fan) latency() time.Duration { return f.taps[0].src.latency() }

func (f *fan) stop() {
	for _, t := range f.taps {
		t.stop()
	}
}

func (f *fan) interrupt() {
	for _, t := range f.taps {
		t.src.interrupt()
	}
}

// ended says whether the sources came to their end, and why.
func (f *fan) ended() error { return f.taps[0].ended() }

// done says whether the last window was collected.
func (f *fan) done() bool {
	return !slices.ContainsFunc(f.taps, func(t *tap) bool { return !t.isDone() })
}

func (f *fan) status() InterfaceStatus {
	s := f.taps[0].status()
	for _, t := range f.taps[1:] {
		o := t.status()
		s.Stats.Add(o.Stats)
		if o.LastPacket.After(s.LastPacket) {
			s.LastPacket = o.LastPacket
		}
	}
	return s
}

func (f *fan) release() {
	for _, t := range f.taps {
		t.release()
	}
}
