package publisher

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// How long a flow log whose delivery failed waits for the next try: the first
// time, then twice as long each time, up to the last.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// maxFiles bounds what one delivery carries.
const maxFiles = 64

// backoff is when a flow log may be tried again.
type backoff struct {
	next  time.Time
	delay time.Duration
}

// Result is what a round of deliveries did.
type Result struct {
	Receipts []Receipt
	Errors   []error
}

// Run delivers what is sealed until ctx ends.
func (p *Publisher) Run(ctx context.Context) error {
	tick := time.NewTicker(firstRetry)
	defer tick.Stop()
	p.wake() // what an earlier run left
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.kick:
		case <-tick.C:
			if !p.due() {
				continue
			}
		}
		for _, err := range p.round(ctx, false).Errors {
			p.opt.Logger.Warn("delivery failed; it is tried again", "error", err)
		}
	}
}

// due says whether anything waits for another try.
func (p *Publisher) due() bool {
	now := p.opt.Now()
	p.delivering.Lock()
	defer p.delivering.Unlock()
	for _, b := range p.retry {
		if !b.next.After(now) {
			return true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.backlog) > 0
}

// Deliver delivers everything that is sealed now, also what waits for another try.
func (p *Publisher) Deliver(ctx context.Context) Result { return p.round(ctx, true) }

// round makes deliveries of what waits and tries all that have not arrived,
// flow log by flow log, each in a goroutine of its own.
func (p *Publisher) round(ctx context.Context, all bool) Result {
	p.delivering.Lock()
	defer p.delivering.Unlock()
	var res Result
	note := func(err error) {
		if err != nil {
			res.Errors = append(res.Errors, err)
		}
	}
	p.mu.Lock()
	note(p.writeBacklog(ctx))
	p.mu.Unlock()
	note(p.failWithoutSink(ctx))
	note(p.createDeliveries(ctx))
	waiting, err := p.opt.Store.Deliveries(ctx)
	note(err)
	work, has := map[string][]flowlog.Delivery{}, map[string]bool{}
	for _, d := range waiting {
		has[d.FlowLogID] = true
		if b, failed := p.retry[d.FlowLogID]; all || !failed || !b.next.After(p.opt.Now()) {
			work[d.FlowLogID] = append(work[d.FlowLogID], d)
		}
	}
	if err == nil { // what is not there any more is not tried again
		maps.DeleteFunc(p.retry, func(id string, _ backoff) bool { return !has[id] })
	}
	outcomes := p.deliverAll(ctx, newSpoolReader(p.spool), work)
	for id, o := range outcomes {
		res.Receipts = append(res.Receipts, o.receipts...)
		note(o.err)
		p.noteRetry(id, o.err)
	}
	note(p.sweep(ctx))
	return res
}

// failWithoutSink says of flow logs whose destination does not exist that they fail.
func (p *Publisher) failWithoutSink(ctx context.Context) (err error) {
	for _, f := range vpc.All[flowlog.FlowLog](p.opt.Network.Snapshot()) {
		if p.hasNoSink(f) && f.Failure != AccessError {
			err = errors.Join(err, flowlog.SetFailure(ctx, p.opt.Network, f.ID, AccessError))
		}
	}
	return err
}

// createDeliveries commits manifests for the spool files that have none. A flow
// log for which that fails does not hold up the others.
func (p *Publisher) createDeliveries(ctx context.Context) error {
	waiting, err := p.opt.Store.WaitingSpool(ctx)
	for _, w := range waiting {
		err = errors.Join(err, p.createDelivery(ctx, w))
	}
	return err
}

func (p *Publisher) createDelivery(ctx context.Context, w flowlog.Waiting) error {
	f, err := p.opt.Store.FlowLog(ctx, w.FlowLogID)
	if err != nil {
		return fmt.Errorf("flow log %s: %w", w.FlowLogID, err)
	}
	sink := p.opt.Sinks[f.DestinationType]
	for files := range slices.Chunk(w.Files, maxFiles) {
		part := flowlog.Waiting{FlowLogID: w.FlowLogID, Slot: w.Slot, Files: files}
		_, err := p.opt.Store.CreateDelivery(ctx, part, func(id int64) string {
			return sink.Destination(&f, &flowlog.Delivery{ID: id, FlowLogID: f.ID, Slot: part.Slot})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type outcome struct {
	receipts []Receipt
	err      error
}

// maxDelivering is how many flow logs are being delivered at once: each has its
// part of the records in memory.
const maxDelivering = 16

func (p *Publisher) deliverAll(ctx context.Context, files *spoolReader, work map[string][]flowlog.Delivery) map[string]outcome {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		out  = map[string]outcome{}
		free = make(chan struct{}, maxDelivering)
	)
	for id, deliveries := range work {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			o := p.deliverFlowLog(ctx, files, id, deliveries)
			mu.Lock()
			defer mu.Unlock()
			out[id] = o
		})
	}
	wg.Wait()
	return out
}

// deliverFlowLog tries a flow log's deliveries in order, up to the first that fails.
func (p *Publisher) deliverFlowLog(ctx context.Context, files *spoolReader, id string, deliveries []flowlog.Delivery) (o outcome) {
	f, err := p.opt.Store.FlowLog(ctx, id)
	if err != nil {
		return outcome{err: fmt.Errorf("flow log %s: %w", id, err)}
	}
	sink, failure := p.opt.Sinks[f.DestinationType], ""
	for i := range deliveries {
		d := &deliveries[i]
		r, err := sink.Deliver(ctx, &f, d, files.records(d.Files, &f))
		if err != nil {
			failure = message(err)
			var bad *spoolError
			if errors.As(err, &bad) && bad.lost() {
				err = errors.Join(err, p.setAside(ctx, bad))
			}
			o.err = fmt.Errorf("deliver flow log %s to %s%s: %w", id, f.Destination, f.LogGroupName, err)
			break
		}
		o.receipts = append(o.receipts, r)
	}
	if ctx.Err() != nil && o.err != nil {
		return o // stopped, which is not the sink's failure
	}
	if err := flowlog.SetFailure(ctx, p.opt.Network, id, failure); err != nil {
		o.err = errors.Join(o.err, err)
	}
	return o
}

func (p *Publisher) noteRetry(id string, err error) {
	if err == nil {
		delete(p.retry, id)
		return
	}
	b := p.retry[id]
	b.delay = min(max(firstRetry, 2*b.delay), lastRetry)
	b.next = p.opt.Now().Add(b.delay)
	p.retry[id] = b
}

// sweep removes spool files that every flow log has. The file goes first: a row
// without a file is forgotten at the next sweep, a file without a row would be
// delivered again.
func (p *Publisher) sweep(ctx context.Context) error {
	done, err := p.opt.Store.DoneSpool(ctx)
	if err != nil || len(done) == 0 {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, file := range done {
		if err := os.Remove(p.spool.path(file)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a delivered spool file: %w", err)
		}
		delete(p.sizes, file)
	}
	if err := syncDir(p.spool.dir); err != nil {
		return fmt.Errorf("remove delivered spool files: %w", err)
	}
	return p.opt.Store.ForgetSpool(ctx, done)
}

// Waiting gives the number and bytes of spool files that are not delivered everywhere.
func (p *Publisher) Waiting() (files int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, size := range p.sizes {
		bytes += size
	}
	return len(p.sizes), bytes
}
