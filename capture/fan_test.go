package capture

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// TestFanMerges: what the rings of one interface saw is one window, each flow
// once, with the loss of all rings and of the limit that they share.
func TestFanMerges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Fanout: 3, MaxFlows: 4})
		r.open(Tap{InterfaceID: "eni-a"})
		rings := r.rings
		r.run()
		rings[0].send(true, r.frame(1, true), r.frame(2, true))
		synctest.Wait()
		rings[1].send(true, r.frame(2, true), r.frame(3, true))
		synctest.Wait()
		rings[2].send(true, r.frame(4, true), r.frame(5, true), r.frame(4, true)) // past the limit: 2 was counted in both
		for i, s := range rings {
			s.mu.Lock()
			s.dropped = uint64(10 * i)
			s.mu.Unlock()
		}
		pass(10*time.Second + grace)
		r.exported([]row{{id: "eni-a", start: 0, end: 10_000, flows: 3, packets: 4, lost: 33}})
		s := r.engine.Interfaces()[0].Stats
		if want := (flow.Counts{Frames: 37, Recorded: 4, Lost: 33}); s.Counts != want || s.Reasons["ring"] != 30 || s.Reasons["table"] != 3 {
			t.Errorf("%+v", s)
		}
		rings[2].send(true, r.frame(4, true)) // a window of its own has a limit of its own
		rings[0].send(true, r.frame(4, true))
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-a", start: 10_000, end: 20_000, flows: 1, packets: 2}})
		r.stop()
	})
}

// TestFanEnds: an interface that goes away ends all its rings, and is told once.
func TestFanEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Fanout: 2})
		r.open(Tap{InterfaceID: "eni-a"})
		rings := r.rings
		r.run()
		rings[0].send(true, r.frame(1, true))
		rings[1].send(true, r.frame(2, true))
		synctest.Wait()
		gone := errors.New("gone")
		rings[1].wake <- gone
		pass(10*time.Second + grace)
		r.exported([]row{{id: "eni-a", start: 0, end: 50, flows: 2, packets: 2}})
		if s := r.engine.Interfaces()[0]; !errors.Is(s.Err, gone) || !rings[0].closed || !rings[1].closed {
			t.Errorf("%+v", s)
		}
		rings[0].interrupt() // as a closed socket does
		r.open(Tap{InterfaceID: "eni-a"})
		r.stop()
	})
}

// TestOverlapping: windows of one time go together, whatever their length.
func TestOverlapping(t *testing.T) {
	own := &table{interfaceID: "eni-a"}
	of := func(start, end int64) *full { return &full{span: span{start, end}, table: own} }
	groups := overlapping([]*full{of(20, 30), of(0, 10), of(10, 20), of(5, 10), of(10, 30)})
	var sizes []int
	for _, g := range groups {
		sizes = append(sizes, len(g))
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 3 {
		t.Errorf("%v", sizes)
	}
	other := of(0, 10) // while the taps are being bound to another interface
	other.table = &table{interfaceID: "eni-b"}
	if groups := overlapping([]*full{of(0, 10), other}); len(groups) != 2 {
		t.Errorf("windows of two interfaces went together")
	}
}
