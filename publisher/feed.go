package publisher

import (
	"context"
	"iter"
	"sync"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
)

// feed keeps the last sealed flows, whether a flow log wants them or not, and
// hands new ones to whoever follows.
type feed struct {
	mu     sync.Mutex
	limit  int
	lookup *flowlog.Lookup
	ring   []flowlog.Record
	total  uint64        // records ever
	more   chan struct{} // closed when records come
}

func newFeed(limit int, l *flowlog.Lookup) *feed {
	return &feed{limit: limit, lookup: l, more: make(chan struct{})}
}

// publish takes the flows of a window, of more than it keeps the last ones.
func (f *feed) publish(w *view) {
	if len(w.Flows) == 0 && w.Lost == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	rec := flowlog.Record{Interface: w.iface, Start: w.Start, End: w.End, Lookup: f.lookup}
	last := view{Window: &flow.Window{Flows: w.Flows[max(0, len(w.Flows)-f.limit):]}, iface: w.iface, router: w.router}
	hops, of := last.ways()
	for i := range last.Flows {
		rec.Flow, rec.Hop = last.Flows[i], &hops[of[i]]
		f.add(rec)
	}
	if w.Lost > 0 {
		rec.Flow, rec.Hop, rec.Status = flow.Flow{}, nil, flowlog.SkipData
		f.add(rec)
	}
	close(f.more)
	f.more = make(chan struct{})
}

func (f *feed) add(r flowlog.Record) {
	if len(f.ring) < f.limit {
		f.ring = append(f.ring, r)
	} else {
		f.ring[f.total%uint64(f.limit)] = r
	}
	f.total++
}

// chunk copies up to len(dst) records from number from on, and gives the number
// after them and what tells when there are more. Records that are gone are passed over.
func (f *feed) chunk(from uint64, dst []flowlog.Record) (n int, next uint64, more <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if oldest := f.total - uint64(len(f.ring)); from < oldest {
		from = oldest
	}
	for n < len(dst) && from < f.total {
		dst[n] = f.ring[from%uint64(f.limit)]
		n++
		from++
	}
	return n, from, f.more
}

// Records gives the last sealed records of every interface, oldest first, and
// with follow goes on with new ones until ctx ends or the caller stops. A
// follower that is too slow misses records. The record is valid until the next.
func (p *Publisher) Records(ctx context.Context, follow bool) iter.Seq[*flowlog.Record] {
	return func(yield func(*flowlog.Record) bool) {
		var from uint64
		buf := make([]flowlog.Record, 256)
		for {
			n, next, more := p.feed.chunk(from, buf)
			for i := range n {
				if !yield(&buf[i]) {
					return
				}
			}
			if from = next; n > 0 {
				continue
			}
			if !follow {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-more:
			}
		}
	}
}
