package capture

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// fake is a source without a socket.
type fake struct {
	mu      sync.Mutex
	queue   []frame
	dropped uint64
	wake    chan error
	stopped bool
	closed  bool
}

func newFake() *fake { return &fake{wake: make(chan error, 1)} }

func (s *fake) wait() error            { return <-s.wake }
func (s *fake) latency() time.Duration { return time.Millisecond }
func (s *fake) interrupt()             { s.wake <- os.ErrClosed }
func (s *fake) close()                 { s.closed = true }
func (s *fake) stop() error            { s.stopped = true; return nil }

func (s *fake) drops() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.dropped
	s.dropped = 0
	return n
}

func (s *fake) next(f *frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return false
	}
	*f, s.queue = s.queue[0], s.queue[1:]
	return true
}

// send queues frames; with a wake the capture goroutine sees them at once, without
// one like those in a block that is not full.
func (s *fake) send(wake bool, frames ...frame) {
	s.mu.Lock()
	s.queue = append(s.queue, frames...)
	s.mu.Unlock()
	if wake {
		s.wake <- nil
	}
}

// exports remembers the calls.
type exports struct {
	mu    sync.Mutex
	calls [][]flow.Window
	block chan struct{} // Export waits for it, if it is set
	seen  []error       // ctx.Err of each call
}

func (e *exports) Export(ctx context.Context, w []flow.Window) {
	e.mu.Lock()
	block := e.block
	e.mu.Unlock()
	if block != nil {
		<-block
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, w)
	e.seen = append(e.seen, ctx.Err())
}

// take gives the calls since the last take.
func (e *exports) take() [][]flow.Window {
	e.mu.Lock()
	defer e.mu.Unlock()
	calls := e.calls
	e.calls = nil
	return calls
}

type rig struct {
	t       *testing.T
	engine  *Engine
	exports exports
	sources map[string]*fake // the first ring of each interface
	rings   []*fake          // of the interface opened last
	cancel  context.CancelFunc
	ended   chan error
}

// newRig makes an engine whose taps are fakes, in a bubble where it is
// 2000-01-01T00:00:00Z and windows are 10 s.
func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	r := &rig{t: t, sources: map[string]*fake{}, ended: make(chan error, 1)}
	o.Exporter = &r.exports
	o.Logger = slog.New(slog.DiscardHandler)
	e, err := newEngine(o, func(tap Tap, _, n int) ([]source, error) {
		var all []source
		r.rings = nil
		for range n {
			f := newFake()
			all, r.rings = append(all, f), append(r.rings, f)
		}
		r.sources[tap.InterfaceID] = r.rings[0]
		return all, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r.engine = e
	return r
}

func (r *rig) open(tap Tap) *fake {
	r.t.Helper()
	if tap.Name == "" {
		tap.Name = "if-" + tap.InterfaceID
	}
	if err := r.engine.Open(tap); err != nil {
		r.t.Fatal(err)
	}
	return r.sources[tap.InterfaceID]
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.cancel = cancel
	go func() { r.ended <- r.engine.Run(ctx) }()
	synctest.Wait()
}

func (r *rig) stop() {
	r.t.Helper()
	r.cancel()
	if err := <-r.ended; err != nil {
		r.t.Error(err)
	}
}

// pass lets d go by, and everything settle.
func pass(d time.Duration) {
	<-time.After(d) // the bubble's clock
	synctest.Wait()
}

func (r *rig) frame(port uint16, outgoing bool) frame {
	data := etherTCP(r.t, port)
	return frame{data: data, length: uint32(len(data)), at: time.Now().UnixNano(), link: linkEthernet, outgoing: outgoing}
}

// row is what matters of a window; times in milliseconds of the bubble's day.
type row struct {
	id         string
	start, end int64
	flows      int
	packets    uint64
	rejected   uint64 // of packets
	lost       uint64
	offline    bool
	noTap      bool
}

func rows(windows []flow.Window) []row { return rowsIn(windows, time.Millisecond) }

func rowsIn(windows []flow.Window, unit time.Duration) []row {
	var all []row
	for _, w := range windows {
		day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		r := row{id: w.InterfaceID, start: int64(w.Start.Sub(day) / unit), end: int64(w.End.Sub(day) / unit), flows: len(w.Flows), lost: w.Lost, offline: w.Offline, noTap: w.NoTap}
		for _, f := range w.Flows {
			r.packets += f.Packets
			if f.Verdict.Action == flow.Reject {
				r.rejected += f.Packets
			}
		}
		all = append(all, r)
	}
	return all
}

// exported compares the calls since the last look.
func (r *rig) exported(want ...[]row) {
	r.t.Helper()
	calls := r.exports.take()
	if len(calls) != len(want) {
		r.t.Errorf("%d exports, want %d", len(calls), len(want))
	}
	for i := range min(len(calls), len(want)) {
		if got := rows(calls[i]); !slices.Equal(got, want[i]) {
			r.t.Errorf("export %d:\n got %+v\nwant %+v", i, got, want[i])
		}
	}
}
