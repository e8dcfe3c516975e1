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
}

// window converts f. The flows are appended to buf, which may be nil.
func (f *full) window(offline bool, buf []flow.Flow) flow.Window {
	if buf == nil && f.table.n > 0 {
		buf = make([]flow.Flow, 0, f.table.n)
	}
	return flow.Window{
		InterfaceID: f.table.interfaceID,
		Start:       time.Unix(0, f.span.start).UTC(),
		End:         time.Unix(0, f.span.end).UTC(),
		Flows:       f.table.flows(buf),
		Lost:        f.lost + f.table.lostPackets,
		Offline:     offline,
	}
}
