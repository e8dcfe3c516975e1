package capture

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// closed is a network that rejects everything of one interface.
type closed string

func (c closed) Evaluate(id string, _ flow.Direction, _ *flow.Tuple) flow.Verdict {
	if id == string(c) {
		return flow.Verdict{Action: flow.Reject}
	}
	return flow.Verdict{}
}

func (r *rig) rebind(to ...Binding) {
	r.t.Helper()
	if err := r.engine.Rebind(r.t.Context(), to...); err != nil {
		r.t.Fatal(err)
	}
}

// bound compares whose the taps are, each as name=interface.
func (r *rig) bound(want ...string) {
	r.t.Helper()
	var got []string
	for _, s := range r.engine.Interfaces() {
		got = append(got, s.Name+"="+s.InterfaceID)
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("bound: %v, want %v", got, want)
	}
}

func TestRebind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Network: closed("eni-b")})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a", Addrs: addrs("10.0.0.1")})
		r.run()
		pass(2 * time.Second)
		a.send(true, r.frame(1, true))
		a.send(false, r.frame(1, true), r.frame(2, false)) // nobody wakes the goroutine
		mine := addrs("10.0.0.9")
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-b", Addrs: mine})
		mine[0] = addrs("9.9.9.9")[0] // it was copied
		r.exported([]row{{id: "eni-a", start: 0, end: 2001, flows: 2, packets: 3}})
		r.bound("eth0=eni-b")
		s := r.engine.Interfaces()[0]
		if !slices.Equal(s.Addrs, addrs("10.0.0.9")) || s.Stats.Frames != 3 || s.Since.Second() != 0 {
			t.Errorf("%+v", s)
		}
		a.send(true, r.frame(1, true), r.frame(1, true)) // the same flow
		pass(time.Second)
		if err := r.engine.Flush(t.Context(), "eni-a"); err != nil {
			t.Error(err)
		}
		r.exported()
		pass(7*time.Second + grace)
		r.exported([]row{{id: "eni-b", start: 2001, end: 10000, flows: 1, packets: 2, rejected: 2}})
		a.send(true, r.frame(1, true)) // into the table that was eni-a's
		pass(time.Second)
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-a"})
		r.exported([]row{{id: "eni-b", start: 10000, end: 11052, flows: 1, packets: 1, rejected: 1}})
		r.bound("eth0=eni-a")
		r.open(Tap{Name: "eth1", InterfaceID: "eni-b"}) // it is free
		a.send(false, r.frame(1, true))
		r.stop()
		r.exported([]row{{id: "eni-a", start: 11052, end: 11053, flows: 1, packets: 1}, {id: "eni-b", start: 11052, end: 11053}})
		if err := r.engine.Rebind(t.Context(), Binding{Name: "eth0", InterfaceID: "eni-c"}); !errors.Is(err, errStopped) {
			t.Errorf("after the end: %v", err)
		}
		r.bound("eth0=eni-a", "eth1=eni-b")
	})
}

func TestRebindErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.engine.Close()
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		r.open(Tap{Name: "eth1", InterfaceID: "eni-b"})
		a.send(false, r.frame(1, true))
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		good := Binding{Name: "eth0", InterfaceID: "eni-c", Addrs: addrs("10.0.0.9")}
		for _, c := range []struct {
			name string
			ctx  context.Context
			to   []Binding
			want string
		}{
			{"unknown name", t.Context(), []Binding{good, {Name: "eth7", InterfaceID: "eni-d"}}, "rebind eth7: there is no capture of that name"},
			{"another tap's", t.Context(), []Binding{{Name: "eth0", InterfaceID: "eni-b"}}, "rebind eth0: eni-b is already captured on eth1"},
			{"another tap's that stays", t.Context(), []Binding{{Name: "eth1", InterfaceID: "eni-b"}, {Name: "eth0", InterfaceID: "eni-b"}}, "rebind eth0: eni-b is already captured on eth1"},
			{"one for two", t.Context(), []Binding{good, {Name: "eth1", InterfaceID: "eni-c"}}, "rebind eth1: eni-c is already captured on eth0"},
			{"no interface", t.Context(), []Binding{{Name: "eth0"}}, "rebind eth0: no interface id"},
			{"named twice", t.Context(), []Binding{good, {Name: "eth0", InterfaceID: "eni-d"}}, "rebind eth0: it is named twice"},
			{"the caller went away", cancelled, []Binding{good}, "rebind: context canceled"},
		} {
			if err := r.engine.Rebind(c.ctx, c.to...); err == nil || err.Error() != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		r.exported()
		r.bound("eth0=eni-a", "eth1=eni-b")
		if s := r.engine.Interfaces()[0]; len(s.Addrs) != 0 {
			t.Errorf("%+v", s)
		}
		err := r.engine.Open(Tap{Name: "eth0", InterfaceID: "eni-c"})
		if err == nil || !strings.Contains(err.Error(), "already captured, as eni-a") {
			t.Errorf("open a name twice: %v", err)
		}
	})
}

func TestRebindToTheSameIsNoSeal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a", Addrs: addrs("10.0.0.1")})
		r.run()
		pass(time.Second)
		a.send(true, r.frame(1, true))
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-a", Addrs: addrs("10.0.0.1", "10.0.0.2")})
		if s := r.engine.Interfaces()[0]; !slices.Equal(s.Addrs, addrs("10.0.0.1", "10.0.0.2")) {
			t.Errorf("%+v", s)
		}
		a.send(true, r.frame(1, true))
		r.rebind()
		r.exported()
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-a", start: 0, end: 10000, flows: 1, packets: 2}})
		r.stop()
	})
}

func TestRebindSwaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{}) // not run yet
		a, b := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"}), r.open(Tap{Name: "eth1", InterfaceID: "eni-b"})
		c := r.open(Tap{Name: "eth2", InterfaceID: "eni-c"})
		pass(time.Second)
		a.send(false, r.frame(1, true))
		b.send(false, r.frame(1, true), r.frame(2, true))
		c.send(false, r.frame(1, true))
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-b"}, Binding{Name: "eth1", InterfaceID: "eni-a"}, Binding{Name: "eth2", InterfaceID: "eni-c"})
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 1, packets: 1}, {id: "eni-b", start: 0, end: 1001, flows: 2, packets: 2}})
		r.bound("eth1=eni-a", "eth0=eni-b", "eth2=eni-c")
		b.send(false, r.frame(3, true))
		r.run()
		pass(10 * time.Second)
		r.exported([]row{
			{id: "eni-a", start: 1001, end: 10000, flows: 1, packets: 1},
			{id: "eni-b", start: 1001, end: 10000},
			{id: "eni-c", start: 0, end: 10000, flows: 1, packets: 1},
		})
		r.stop()
	})
}

func TestRebindAfterAnEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		r.run()
		pass(9 * time.Second)
		a.send(false, r.frame(1, true))
		pass(time.Second + 10*time.Millisecond) // before Run looks
		a.send(false, r.frame(2, true), r.frame(3, true))
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-b"})
		r.exported([]row{{id: "eni-a", start: 0, end: 10000, flows: 1, packets: 1}, {id: "eni-a", start: 10000, end: 10011, flows: 2, packets: 2}})
		pass(grace)
		r.exported()
		r.stop()
		r.exported([]row{{id: "eni-b", start: 10011, end: 10062}})
	})
}

func TestRebindWaitsForASlowExporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		r.run()
		r.exports.mu.Lock()
		r.exports.block = make(chan struct{})
		r.exports.mu.Unlock()
		a.send(true, r.frame(1, true))
		pass(21 * time.Second) // the window up to 10 is with the exporter
		a.send(true, r.frame(2, true))
		synctest.Wait() // it took the spare table: without one no window can be sealed
		go func() {
			<-time.After(a.latency() / 2)  // while Rebind waits; the bubble's clock
			a.send(true, r.frame(3, true)) // still eni-a's
			close(r.exports.block)
		}()
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-b"})
		a.send(true, r.frame(4, true))
		pass(10 * time.Second)
		r.stop()
		r.exported(
			[]row{{id: "eni-a", start: 0, end: 10000, flows: 1, packets: 1}},
			[]row{{id: "eni-a", start: 10000, end: 20000}, {id: "eni-a", start: 20000, end: 21001, flows: 2, packets: 2}},
			[]row{{id: "eni-b", start: 21001, end: 30000, flows: 1, packets: 1}},
			[]row{{id: "eni-b", start: 30000, end: 31002}},
		)
	})
}

func TestRebindOfAnEndedTap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		b := r.open(Tap{Name: "eth1", InterfaceID: "eni-b"})
		r.run()
		pass(time.Second)
		a.send(false, r.frame(1, true))
		gone := errors.New("gone")
		a.wake <- gone
		synctest.Wait()
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-c"}) // what it saw is eni-a's
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 1, packets: 1}})
		r.bound("eth1=eni-b", "eth0=eni-c")
		r.rebind(Binding{Name: "eth1", InterfaceID: "eni-c"}) // an ended tap gives way
		r.exported([]row{{id: "eni-b", start: 0, end: 1002}})
		r.bound("eth1=eni-c")
		b.wake <- gone
		synctest.Wait()
		r.open(Tap{Name: "eth1", InterfaceID: "eni-d"}) // back under another id, its window not yet collected
		r.bound("eth1=eni-d")
		r.rebind(Binding{Name: "eth1", InterfaceID: "eni-e"})
		r.exported([]row{{id: "eni-d", start: 1002, end: 1003}})
		c := r.open(Tap{Name: "eth2", InterfaceID: "eni-f"})
		c.send(false, r.frame(1, true))
		c.wake <- gone
		synctest.Wait()
		r.rebind(Binding{Name: "eth1", InterfaceID: "eni-f"}) // also before its window was collected
		r.exported([]row{{id: "eni-e", start: 1003, end: 1004}})
		pass(9*time.Second - 4*time.Millisecond + grace) // 10.05
		r.exported([]row{
			{id: "eni-c", start: 1002, end: 10050},
			{id: "eni-f", start: 1003, end: 10050, flows: 1, packets: 1},
			{id: "eni-f", start: 1004, end: 10000},
		})
		r.stop()
		if !a.closed || !b.closed || !c.closed {
			t.Error("a source was not closed")
		}
	})
}

// TestRebindAndInjectedWindows: an interface that was injected into has windows
// of its own, but only while it has no tap.
func TestRebindAndInjectedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		for _, id := range []string{"eni-a", "eni-b"} {
			if _, err := r.engine.Inject(t.Context(), Injection{Tap: Tap{InterfaceID: id}, Reader: bytes.NewReader(timedFile())}); err != nil {
				t.Fatal(err)
			}
		}
		r.run()
		pass(21 * time.Second)
		r.exports.take()
		r.rebind(Binding{Name: "eth0", InterfaceID: "eni-b"})
		r.exported([]row{{id: "eni-a", start: 20000, end: 21001}})
		pass(20 * time.Second) // 41.001
		r.exported(
			[]row{{id: "eni-b", start: 21001, end: 30000}},
			[]row{{id: "eni-b", start: 30000, end: 40000}, {id: "eni-a", start: 30000, end: 40000, noTap: true}},
		)
		r.stop()
	})
}

// TestRebindCountsDropsForTheOldInterface: also when its window was sealed in
// this very instant.
func TestRebindCountsDropsForTheOldInterface(t *testing.T) {
	o := Options{Exporter: &exports{}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	src := newFake()
	fan, err := newFan(Tap{InterfaceID: "eni-a"}, []source{src}, &o, newSeed())
	if err != nil {
		t.Fatal(err)
	}
	defer fan.release()
	now := fan.taps[0].open.start
	b, c := Binding{InterfaceID: "eni-b"}, Binding{InterfaceID: "eni-c"}
	src.dropped = 3
	w := fan.collect(now, true, &b)
	if len(w) != 1 || w[0].InterfaceID != "eni-a" || w[0].Lost != 3 {
		t.Errorf("%+v", w)
	}
	if w = fan.collect(now, true, &c); len(w) != 0 {
		t.Errorf("an empty instant: %+v", w)
	}
	src.dropped = 4
	w = fan.collect(now+5, true, nil)
	if len(w) != 1 || w[0].InterfaceID != "eni-c" || w[0].Lost != 4 || w[0].Start.UnixNano() != now+1 {
		t.Errorf("%+v", w)
	}
}

// TestRebindWhileEverythingRuns feeds two taps and rebinds them, while others
// flush, look and inject: each frame is in exactly one window, and the windows of
// a tap follow each other without a gap, whatever their interfaces.
func TestRebindWhileEverythingRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Window: time.Second})
		ids := map[string][]string{"eth0": {"eni-0", "eni-1", "eni-2"}, "eth1": {"eni-5", "eni-6"}}
		taps := map[string]*fake{}
		for name, own := range ids {
			taps[name] = r.open(Tap{Name: name, InterfaceID: own[0]})
		}
		r.run()
		var fed atomic.Uint64
		var busy sync.WaitGroup
		loop := func(seed uint64, step func(*rand.Rand)) {
			busy.Go(func() {
				rng := rand.New(rand.NewPCG(1, seed))
				for range 200 {
					step(rng)
					<-time.After(time.Duration(rng.IntN(20_000_000))) // the bubble's clock
				}
			})
		}
		seed := uint64(0)
		for name, own := range ids {
			loop(seed, func(rng *rand.Rand) {
				n := rng.IntN(200)
				for range n {
					taps[name].send(rng.IntN(100) == 0, r.frame(uint16(rng.IntN(50)), rng.IntN(2) == 0))
				}
				fed.Add(uint64(n))
			})
			for range 2 { // two at a time
				seed += 10
				loop(seed, func(rng *rand.Rand) {
					if err := r.engine.Rebind(t.Context(), Binding{Name: name, InterfaceID: own[rng.IntN(len(own))]}); err != nil {
						t.Error(err)
					}
				})
			}
		}
		loop(5, func(rng *rand.Rand) {
			if err := r.engine.Flush(t.Context(), ids["eth0"][rng.IntN(3)]); err != nil {
				t.Error(err)
			}
			if n := len(r.engine.Interfaces()); n != 2 {
				t.Errorf("%d interfaces", n)
			}
		})
		loop(6, func(*rand.Rand) {
			in := Injection{Tap: Tap{InterfaceID: "eni-1"}, Reader: bytes.NewReader(timedFile())}
			if _, err := r.engine.Inject(t.Context(), in); err != nil {
				t.Error(err)
			}
		})
		busy.Wait()
		r.stop()
		checkTogether(t, r, fed.Load())
	})
}

// checkTogether expects fed packets in all windows, and that those of the
// interfaces below eni-5 and those of the others each make a chain.
func checkTogether(t *testing.T, r *rig, fed uint64) {
	t.Helper()
	var packets, frames uint64
	seen := map[string]bool{}
	last := map[bool]row{}
	for _, call := range r.exports.take() {
		for _, w := range rowsIn(call, time.Nanosecond) {
			if w.noTap {
				continue
			}
			chain := w.id < "eni-5"
			if was, ok := last[chain]; ok && was.end != w.start {
				t.Errorf("%s from %d to %d after %s up to %d", w.id, w.start, w.end, was.id, was.end)
			}
			last[chain] = w
			seen[w.id] = true
			packets += w.packets
		}
	}
	for _, s := range r.engine.Interfaces() {
		frames += s.Stats.Recorded
	}
	if packets != fed || frames != fed || len(seen) != 5 {
		t.Errorf("%d packets, %d frames of %d; windows of %v", packets, frames, fed, seen)
	}
}

func TestRebindDuringShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		a := r.open(Tap{Name: "eth0", InterfaceID: "eni-a"})
		r.run()
		pass(time.Second)
		a.send(false, r.frame(1, true))
		bound := make(chan error, 1)
		go func() { bound <- r.engine.Rebind(t.Context(), Binding{Name: "eth0", InterfaceID: "eni-b"}) }()
		synctest.Wait() // it waits until all frames are readable
		r.stop()
		if err := <-bound; !errors.Is(err, errStopped) {
			t.Error(err)
		}
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 1, packets: 1}})
		r.bound("eth0=eni-a")
	})
}
