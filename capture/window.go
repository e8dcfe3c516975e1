package capture

import (
	"time"

	"github.com/flowemu/flowemu/flow"
)

// span is a window's extent in nanoseconds since 1970, the end exclusive.
type span struct{ start, end int64 }

// alignedAfter is the first multiple of width after t.
func alignedAfter(t, width int64) int64 { return alignedDown(t, width) + width }

// alignedDown is the last multiple of width up to t.
func alignedDown(t, width int64) int64 {
	r := t % width
	if r < 0 {
		r += width
	}
	return t - r
}

// full is a sealed table on its way to become a flow.Window.
type full struct {
	table *table
	span  span
	lost  uint64 // in the ring; the table knows its own
	tap   *tap   // whose table it is, nil of a file
}

// window converts f, with all its flows.
func (f *full) window(offline bool) flow.Window {
	f.table.foldParts()
	var flows []flow.Flow
	if n := f.table.n; n > 0 {
		flows = f.table.flows(make([]flow.Flow, 0, n), 0, n)
	}
	return f.with(flows, offline)
}

// pieces converts f a piece at a time, so that the flows are never twice in memory.
func (f *full) pieces(buf []flow.Flow, emit func(flow.Window) error) error {
	f.table.foldParts()
	n := f.table.n
	for from := uint32(0); ; {
		to := min(from+uint32(cap(buf)), n)
		w := f.with(f.table.flows(buf[:0], from, to), true)
		if to < n {
			w.Lost = 0
		}
		if len(w.Flows) > 0 || w.Lost > 0 {
			if err := emit(w); err != nil {
				return err
			}
		}
		if from = to; from == n {
			return nil
		}
	}
}

func (f *full) with(flows []flow.Flow, offline bool) flow.Window {
	return flow.Window{
		InterfaceID: f.table.interfaceID,
		Start:       time.Unix(0, f.span.start).UTC(),
		End:         time.Unix(0, f.span.end).UTC(),
		Flows:       flows,
		Lost:        f.lost + f.table.lostPackets,
		Offline:     offline,
	}
}
