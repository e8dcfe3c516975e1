package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

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
		"flows": {Exporter: &exports{}, MaxFlows: -1}, "ring": {Exporter: &exports{}, RingBytes: 1}, "fanout": {Exporter: &exports{}, Fanout: -1}, "rings": {Exporter: &exports{}, Fanout: 2, RingBytes: minRing},
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

// TestFlood: more flows than the limit, each a packet, as of a SYN flood. What is
// past the limit is counted and told in the window, and takes no memory.
func TestFlood(t *testing.T) {
	for _, rings := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			const limit, sent, drops = 33_000, 60_000, 77
			r := newRig(t, Options{MaxFlows: limit, Fanout: rings})
			r.open(Tap{InterfaceID: "eni-a"})
			taps := r.engine.fans["eni-a"].taps
			for round := range 2 { // the second takes no more memory than the first
				for i, ring := range r.rings {
					ring.queue = flood(t, sent/rings, i)
				}
				r.rings[0].dropped = drops
				total := uint64(len(r.rings) * (sent / rings))
				if err := r.engine.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				w := r.exports.take()[0]
				if len(w) != 1 || len(w[0].Flows) != limit || w[0].Lost != total-limit+drops {
					t.Fatalf("%d rings: %d flows, %d lost of %d", rings, len(w[0].Flows), w[0].Lost, total)
				}
				s := r.engine.Interfaces()[0].Stats
				n := uint64(round + 1)
				want := flow.Counts{Frames: n * (total + drops), Recorded: n * limit, Lost: n * (total - limit + drops)}
				if s.Counts != want || s.Reasons["ring"] != n*drops {
					t.Errorf("%d rings: %+v, want %+v", rings, s, want)
				}
				chunks := 0
				for _, tap := range taps {
					chunks += len(tap.cur.chunks) + len(tap.spare.chunks)
				}
				if most := 2 * (limit/chunkRecords + rings); chunks > most {
					t.Errorf("%d rings: %d chunks of memory, want at most %d", rings, chunks, most)
				}
			}
			if err := r.engine.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// flood gives frames of n flows; different numbers have different ones.
func flood(t *testing.T, n, number int) []frame {
	t.Helper()
	frames := make([]frame, n)
	data := etherTCP(t, 1)
	for i := range frames {
		own := slices.Clone(data)
		binary.BigEndian.PutUint32(own[26:], uint32(i)) // source address
		own[30] = byte(number)
		frames[i] = frame{data: own, length: uint32(len(own)), link: linkEthernet, outgoing: true}
	}
	return frames
}
