package capture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/gopacket/layers"

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
	sources map[string]*fake
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
	e, err := newEngine(o, func(tap Tap, _ int) (source, error) {
		r.sources[tap.InterfaceID] = newFake()
		return r.sources[tap.InterfaceID], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r.engine = e
	return r
}

func (r *rig) open(tap Tap) *fake {
	r.t.Helper()
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
	lost       uint64
	offline    bool
	noTap      bool
}

func rows(windows []flow.Window) []row {
	var all []row
	for _, w := range windows {
		day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		r := row{id: w.InterfaceID, start: w.Start.Sub(day).Milliseconds(), end: w.End.Sub(day).Milliseconds(), flows: len(w.Flows), lost: w.Lost, offline: w.Offline, noTap: w.NoTap}
		for _, f := range w.Flows {
			r.packets += f.Packets
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

func TestRunExportsAtEachEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		pass(3 * time.Second)
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.open(Tap{InterfaceID: "eni-b"})
		r.run()
		pass(time.Second)
		a.send(true, r.frame(1, true), r.frame(1, true), r.frame(2, false))
		pass(6 * time.Second)
		r.exported()
		pass(60 * time.Millisecond) // 10.06
		r.exported([]row{{id: "eni-a", start: 3000, end: 10000, flows: 2, packets: 3}, {id: "eni-b", start: 3000, end: 10000}})
		a.send(false, r.frame(1, true)) // nobody wakes the goroutine: Run finds it
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-a", start: 10000, end: 20000, flows: 1, packets: 1}, {id: "eni-b", start: 10000, end: 20000}})
		pass(time.Second) // 21.06
		a.send(false, r.frame(9, true))
		r.stop()
		r.exported([]row{{id: "eni-a", start: 20000, end: 21061, flows: 1, packets: 1}, {id: "eni-b", start: 20000, end: 21061}})
		if !a.stopped || !a.closed {
			t.Error("the source was not closed")
		}
		if err := r.engine.Open(Tap{InterfaceID: "eni-c"}); err == nil {
			t.Error("open after the end")
		}
		if err := r.engine.Run(t.Context()); err == nil {
			t.Error("run twice")
		}
		if err := r.engine.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		r.exported()
	})
}

func TestPacketPastTheEdgeTurnsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		pass(9 * time.Second)
		early := r.frame(1, true)
		pass(time.Second + 10*time.Millisecond) // before Run looks
		late := r.frame(2, true)
		a.send(true, early, late, early) // the last is older than the open window
		pass(time.Second)
		r.exported([]row{{id: "eni-a", start: 0, end: 10000, flows: 1, packets: 1}})
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-a", start: 10000, end: 20000, flows: 2, packets: 2}})
		r.stop()
	})
}

func TestSlowExporterMakesWindowsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		r.exports.mu.Lock()
		r.exports.block = make(chan struct{})
		r.exports.mu.Unlock()
		for range 5 { // 0, 9, 18, 27, 36
			a.send(true, r.frame(1, true))
			pass(9 * time.Second)
		}
		close(r.exports.block)
		pass(10 * time.Second)
		r.stop()
		// The packet at 27 took the spare table, so that the one at 36 had none
		// to turn the window with.
		r.exported(
			[]row{{id: "eni-a", start: 0, end: 10000, flows: 1, packets: 2}},
			[]row{{id: "eni-a", start: 10000, end: 20000, flows: 1, packets: 1}, {id: "eni-a", start: 20000, end: 40000, flows: 1, packets: 2}},
			[]row{{id: "eni-a", start: 50000, end: 55001}},
		)
	})
}

func TestSleepOfTheMachineIsNotAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{InterfaceID: "eni-a"}) // never run: nobody ticks
		pass(65 * time.Second)
		a.send(false, r.frame(1, true))
		r.engine.Advance(t.Context(), time.Now())
		pass(5 * time.Second)
		r.engine.Advance(t.Context(), time.Now())
		r.exported(
			[]row{{id: "eni-a", start: 0, end: 10000}},
			[]row{{id: "eni-a", start: 60000, end: 70000, flows: 1, packets: 1}},
		)
		if err := r.engine.Close(); err != nil || !a.closed {
			t.Error("not closed", err)
		}
	})
}

func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a, b := r.open(Tap{InterfaceID: "eni-a"}), r.open(Tap{InterfaceID: "eni-b"})
		r.run()
		pass(2 * time.Second)
		a.send(false, r.frame(1, true))
		b.send(false, r.frame(1, true))
		ctx, cancel := context.WithCancel(t.Context())
		if err := r.engine.Flush(ctx, "eni-a", "eni-unknown"); err != nil {
			t.Fatal(err)
		}
		cancel()
		r.exported([]row{{id: "eni-a", start: 0, end: 2001, flows: 1, packets: 1}})
		if err := r.engine.Flush(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := r.engine.Flush(t.Context(), "eni-unknown"); err != nil {
			t.Error(err)
		}
		r.exported()
		pass(8 * time.Second) // 10.001
		a.send(true, r.frame(1, true))
		if err := r.engine.Flush(t.Context()); err != nil { // two windows of a at once
			t.Error(err)
		}
		r.exported([]row{
			{id: "eni-a", start: 2001, end: 10000},
			{id: "eni-a", start: 10000, end: 10002, flows: 1, packets: 1},
			{id: "eni-b", start: 0, end: 10002, flows: 1, packets: 1},
		})
		pass(10*time.Second + grace)
		r.exported([]row{{id: "eni-a", start: 10002, end: 20000}, {id: "eni-b", start: 10002, end: 20000}})
		r.stop()
	})
}

func TestDropsAndReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{SelfPorts: []uint16{4566}, MaxFlows: 3})
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		other := r.frame(1, false)
		other.other = true
		in, out := r.frame(4566, false), r.frame(4566, true) // source port
		a.send(false, other, out, in, r.frame(2, true), r.frame(3, true), r.frame(4, true), r.frame(5, true))
		a.mu.Lock()
		a.dropped = 5
		a.mu.Unlock()
		pass(time.Second)
		if err := r.engine.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 3, packets: 3, lost: 7}})
		s := r.engine.Interfaces()[0]
		want := flow.Counts{Frames: 12, Recorded: 3, Excluded: 2, Lost: 7}
		if s.Stats.Counts != want || s.Stats.Reasons["self"] != 1 || s.Stats.Reasons["other-host"] != 1 ||
			s.Stats.Reasons["ring"] != 5 || s.Stats.Reasons["table"] != 2 {
			t.Errorf("%+v", s.Stats)
		}
		if s.LastPacket.IsZero() || s.Since.IsZero() || s.Err != nil {
			t.Errorf("%+v", s)
		}
		r.stop()
		if again := r.engine.Interfaces()[0]; again.Stats.Counts != want {
			t.Errorf("after the end: %+v", again.Stats)
		}
	})
}

func TestDirectionOfATap(t *testing.T) {
	tcp := func(src, dst uint16) []byte {
		l := syn()
		l.SrcPort, l.DstPort = layers.TCPPort(src), layers.TCPPort(dst)
		return bytesOf(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolTCP), l) // to macB
	}
	plain, web := tcp(1, 2), tcp(1, 80)
	cases := []struct {
		name            string
		tap             Tap
		data            []byte
		outgoing, other bool
		reason          reason
		want            flow.Direction
	}{
		{"sent", Tap{}, plain, true, false, recorded, flow.Egress},
		{"received", Tap{}, plain, false, false, recorded, flow.Ingress},
		{"flooded", Tap{}, plain, false, true, otherHost, 0},
		{"host side sent", Tap{HostSide: true, MAC: macB}, plain, true, false, recorded, flow.Ingress},
		{"host side received, for another host than this", Tap{HostSide: true, MAC: macA}, plain, false, true, recorded, flow.Egress},
		{"host side flooded", Tap{HostSide: true, MAC: macA}, plain, true, false, otherHost, 0},
		{"host side broadcast", Tap{HostSide: true, MAC: macA}, edit(plain, func(b []byte) { b[0] = 0xff }), true, false, recorded, flow.Ingress},
		{"loopback", Tap{Loopback: true}, plain, false, false, recorded, flow.Ingress},
		{"to self", Tap{}, web, false, false, self, 0},
		{"to another's port", Tap{}, web, true, false, recorded, flow.Egress},
		{"loopback from self", Tap{Loopback: true}, tcp(80, 1), false, false, self, 0},
		{"loopback to self", Tap{Loopback: true}, web, false, false, self, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Exporter: &exports{}, SelfPorts: []uint16{80}, Window: time.Second}
			if err := o.complete(); err != nil {
				t.Fatal(err)
			}
			tap, err := newTap(c.tap, newFake(), &o, newSeed())
			if err != nil {
				t.Fatal(err)
			}
			defer tap.release()
			tap.add(&frame{data: c.data, length: uint32(len(c.data)), at: tap.open.start, link: linkEthernet, outgoing: c.outgoing, other: c.other})
			tap.cur.flush()
			if tap.tally[c.reason] != 1 {
				t.Fatalf("%+v", tap.tally.stats())
			}
			if c.reason == recorded && tap.cur.record(0).key.direction != c.want {
				t.Errorf("%v", tap.cur.record(0).key.direction)
			}
		})
	}
}

func TestTapDoesNotAllocate(t *testing.T) {
	o := Options{Exporter: &exports{}, SelfPorts: []uint16{80}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	tap, err := newTap(Tap{}, newFake(), &o, newSeed())
	if err != nil {
		t.Fatal(err)
	}
	defer tap.release()
	data := etherTCP(t, 5)
	tap.frame = frame{data: data, length: uint32(len(data)), at: tap.open.start, link: linkEthernet, gso: 1000}
	if n := testing.AllocsPerRun(1000, func() { tap.add(&tap.frame) }); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

func TestEndOfATap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		r.run()
		if err := r.engine.Open(Tap{Name: "eth1", InterfaceID: "eni-a"}); err == nil {
			t.Error("a second tap was not refused")
		}
		pass(4 * time.Second)
		a.send(true, r.frame(1, true))
		gone := errors.New("gone")
		a.wake <- gone
		pass(time.Second)
		if s := r.engine.Interfaces(); len(s) != 1 || !errors.Is(s[0].Err, gone) {
			t.Errorf("%+v", s)
		}
		b := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"}) // it is back before its window was collected
		b.send(true, r.frame(1, true))
		pass(6 * time.Second)
		r.exported([]row{{id: "eni-a", start: 0, end: 10050, flows: 1, packets: 1}, {id: "eni-a", start: 5000, end: 10000, flows: 1, packets: 1}})
		if !a.closed || b.closed {
			t.Error("closed the wrong source")
		}
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-a", start: 10000, end: 20000}})
		r.stop()
	})
}

func TestInject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		r.run()
		pass(4 * time.Second)
		file := timedFile(timed{7 * time.Second, etherTCP(t, 1)}, timed{22 * time.Second, etherTCP(t, 2)}, timed{20 * time.Second, etherTCP(t, 2)})
		tap := Tap{InterfaceID: "eni-x", Addrs: addrs("10.0.0.1")}
		for _, reader := range []io.Reader{bytes.NewReader(file), io.MultiReader(bytes.NewReader(file))} {
			stats, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: reader, ShiftToNow: true})
			if err != nil || stats.Recorded != 3 {
				t.Fatal(stats, err)
			}
			// 7 s and 22 s become -11 s and 4 s
			r.exported([]row{
				{id: "eni-x", start: -20000, end: -10000, flows: 1, packets: 1, offline: true},
				{id: "eni-x", start: 0, end: 10000, flows: 1, packets: 2, offline: true},
			})
		}
		stats, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: bytes.NewReader(file[:len(file)-1])})
		if !errors.Is(err, io.ErrUnexpectedEOF) || stats.Recorded != 2 {
			t.Error(stats, err)
		}
		if calls := r.exports.take(); len(calls) != 1 || len(calls[0]) != 2 || calls[0][0].Start.Unix() != 0 || calls[0][0].Flows[0].Direction != flow.Egress {
			t.Errorf("%+v", calls)
		}
		pass(7 * time.Second) // 11: the window that was injected into is not empty
		r.exported()
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-x", start: 10000, end: 20000, noTap: true}})
		r.open(tap)
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-x", start: 21000, end: 30000}}) // the tap's own
		r.stop()
		if _, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: bytes.NewReader(file)}); err == nil {
			t.Error("inject after the end")
		}
	})
}

func TestInjectErrors(t *testing.T) {
	r := newRig(t, Options{})
	defer r.engine.Close()
	tap := Tap{InterfaceID: "eni-x"}
	for name, in := range map[string]Injection{
		"no id": {Reader: bytes.NewReader(nil)}, "no reader": {Tap: tap},
		"no capture": {Tap: tap, Reader: bytes.NewReader([]byte("hello"))}, "no capture, shifted": {Tap: tap, Reader: bytes.NewReader([]byte("hello")), ShiftToNow: true},
	} {
		if _, err := r.engine.Inject(t.Context(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := timedFile(timed{1, etherTCP(t, 1)})
	if _, err := r.engine.Inject(ctx, Injection{Tap: tap, Reader: bytes.NewReader(file), ShiftToNow: true}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAdvanceByHand(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 3, 0, time.UTC)
	r := newRig(t, Options{Now: func() time.Time { return now }})
	defer r.engine.Close()
	for _, id := range []string{"eni-b", "eni-a"} {
		if _, err := r.engine.Inject(t.Context(), Injection{Tap: Tap{InterfaceID: id}, Reader: bytes.NewReader(timedFile())}); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(30 * time.Second)
	r.engine.Advance(t.Context(), now)
	calls := r.exports.take()
	if len(calls) != 2 {
		t.Fatalf("%d exports", len(calls))
	}
	for i, c := range calls {
		start := time.Date(2026, 1, 1, 0, 0, 10+10*i, 0, time.UTC)
		if len(c) != 2 || c[0].InterfaceID != "eni-a" || c[1].InterfaceID != "eni-b" || !c[0].Start.Equal(start) || !c[1].End.Equal(start.Add(10*time.Second)) {
			t.Errorf("export %d: %+v", i, c)
		}
	}
}

func TestExportOutlivesTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		pass(time.Second)
		r.stop()
		if len(r.exports.seen) != 1 || r.exports.seen[0] != nil {
			t.Errorf("the last export got %v", r.exports.seen)
		}
	})
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no exporter": {}, "window too short": {Exporter: &exports{}, Window: time.Millisecond}, "window too long": {Exporter: &exports{}, Window: time.Hour},
		"flows": {Exporter: &exports{}, MaxFlows: -1}, "ring": {Exporter: &exports{}, RingBytes: 1},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	e, err := New(Options{Exporter: &exports{}})
	if err != nil {
		t.Fatal(err)
	}
	if o := e.opt; o.Window != 10*time.Second || o.MaxFlows != 1_000_000 || o.RingBytes != 64<<20 || o.Now == nil || o.Logger == nil {
		t.Errorf("%+v", o)
	}
	if err := e.Open(Tap{Name: "eth0"}); err == nil {
		t.Error("a tap without an interface id")
	}
	if err := e.Open(Tap{Name: "none", InterfaceID: "eni-1", Index: 1 << 30}); err == nil {
		t.Error("an interface that is not there")
	}
}
