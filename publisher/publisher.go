// Package publisher takes sealed windows, keeps them safe in the spool and delivers them as flow log records.
package publisher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// Network is where the flow logs and an interface's attributes come from, and
// where it is noted how deliveries fare.
type Network interface {
	Snapshot() *vpc.Snapshot
	Update(ctx context.Context, f func(*vpc.Tx) error) error
}

// Store is what the publisher needs remembered.
type Store interface {
	FlowLog(ctx context.Context, id string) (flowlog.FlowLog, error)
	LastSpoolFile(ctx context.Context) (int64, error)
	AddSpool(ctx context.Context, file int64, slot time.Time, flowLogs []string) error
	WaitingSpool(ctx context.Context) ([]flowlog.Waiting, error)
	CreateDelivery(ctx context.Context, w flowlog.Waiting, destination func(id int64) string) (flowlog.Delivery, error)
	Deliveries(ctx context.Context) ([]flowlog.Delivery, error)
	DoneSpool(ctx context.Context) ([]int64, error)
	ForgetSpool(ctx context.Context, files []int64) error
	SetOpenWindows(ctx context.Context, open map[string]time.Time) error
	OpenWindows(ctx context.Context) (map[string]time.Time, error)
}

// Options configure New. Dir, Network, Store and Sinks are required. SpoolLimit
// is in bytes; past it new windows become SKIPDATA until there is room. Recent
// is how many of the last flows Records can give. Services knows AWS's addresses.
type Options struct {
	Dir        string
	Network    Network
	Store      Store
	Sinks      map[flowlog.DestinationType]Sink
	Services   flowlog.Services // nil leaves the services' fields empty
	SpoolLimit int64
	Recent     int
	Logger     *slog.Logger
	Now        func() time.Time
}

// Publisher receives sealed windows and delivers them. Safe for concurrent use.
type Publisher struct {
	opt  Options
	feed *feed
	kick chan struct{} // something waits to be delivered

	delivering sync.Mutex // held over a round of deliveries
	retry      map[string]backoff

	mu      sync.Mutex // guards what follows
	match   *matcher
	spool   spool
	last    int64                         // the number of the last spool file
	sizes   map[int64]int64               // of the spool files, in bytes
	known   map[string]*flowlog.Interface // as last seen, for the last window of one that was deleted
	backlog []batch                       // matched, but not yet on disk: it was full
	open    map[string]time.Time
}

// batch is entries whose records end in one slot, and the spool file that holds
// them, or 0 if none does yet.
type batch struct {
	file    int64
	slot    time.Time
	entries []entry
}

const (
	defaultSpoolLimit = 1 << 30
	defaultRecent     = 100_000
)

// New opens the spool in o.Dir, and takes up what an earlier run left there.
func New(ctx context.Context, o Options) (*Publisher, error) {
	if o.Dir == "" || o.Network == nil || o.Store == nil || o.Sinks == nil {
		return nil, errors.New("publisher: Dir, Network, Store and Sinks are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.SpoolLimit == 0 {
		o.SpoolLimit = defaultSpoolLimit
	}
	if o.Recent == 0 {
		o.Recent = defaultRecent
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the spool: %w", err)
	}
	p := &Publisher{
		opt: o, feed: newFeed(o.Recent, &flowlog.Lookup{Services: o.Services}), kick: make(chan struct{}, 1), retry: map[string]backoff{},
		match: newMatcher(), spool: spool{o.Dir, o.Services}, open: map[string]time.Time{}, known: map[string]*flowlog.Interface{},
	}
	return p, p.recover(ctx)
}

// recover makes the database and the spool agree: a file that was written just
// before a crash is added, one that is damaged is set aside.
func (p *Publisher) recover(ctx context.Context) error {
	files, sizes, err := p.spool.list()
	if err != nil {
		return err
	}
	p.sizes = sizes
	if p.last, err = p.opt.Store.LastSpoolFile(ctx); err != nil {
		return err
	}
	for _, file := range files {
		x, err := p.spool.index(file)
		var bad *spoolError
		if errors.As(err, &bad) && bad.lost() {
			if err := p.setAside(ctx, bad); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := p.opt.Store.AddSpool(ctx, file, x.slot, flowLogs(x.entries)); err != nil {
			return err
		}
		p.last = max(p.last, file)
	}
	return p.skipLost(ctx)
}

// setAside puts a damaged spool file out of the way, so that what comes after it
// can be delivered.
func (p *Publisher) setAside(ctx context.Context, bad *spoolError) error {
	path := p.spool.path(bad.file)
	p.opt.Logger.Error("a spool file is damaged and set aside; its records are lost", "file", path, "error", bad)
	if err := os.Rename(path, path+".damaged"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("set a damaged spool file aside: %w", err)
	}
	p.mu.Lock()
	delete(p.sizes, bad.file)
	p.mu.Unlock()
	return p.opt.Store.ForgetSpool(ctx, []int64{bad.file})
}

// skipLost says with a SKIPDATA record per interface that the windows that were
// open at a crash are lost. How long they lasted is not known, so each record
// is as short as can be.
func (p *Publisher) skipLost(ctx context.Context) error {
	lost, err := p.opt.Store.OpenWindows(ctx)
	if err != nil || len(lost) == 0 {
		return err
	}
	var windows []flow.Window
	for id, since := range lost {
		windows = append(windows, flow.Window{InterfaceID: id, Start: since, End: since.Add(time.Second), Lost: 1})
		p.opt.Logger.Warn("flowemu was not stopped properly; packets that were not yet sealed are lost", "interface", id, "since", since)
	}
	p.Export(ctx, windows)
	clear(p.open) // Export took them for windows of now
	return p.opt.Store.SetOpenWindows(ctx, nil)
}

// Export takes the windows of one seal. What flow logs want of them is on disk
// when it returns, or waits in memory if the disk has no room.
func (p *Publisher) Export(ctx context.Context, windows []flow.Window) {
	ctx = context.WithoutCancel(ctx) // what is sealed is kept, whoever gave up
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := make([]*view, 0, len(windows))
	s := p.opt.Network.Snapshot()
	for i := range windows {
		w := &windows[i]
		iface, deleted := p.interfaceOf(w.InterfaceID)
		if deleted && len(w.Flows) == 0 && w.Lost == 0 {
			continue
		}
		if iface == nil {
			p.opt.Logger.Error("a window of an unknown interface is dropped", "interface", w.InterfaceID)
			continue
		}
		v := &view{Window: w, iface: iface}
		if len(w.Flows) > 0 {
			v.router = s.NewRouter(&iface.ENI)
		}
		p.feed.publish(v)
		if p.full() {
			w.Lost += packets(w.Flows)
			w.Flows = nil
		}
		taken = append(taken, v)
		p.noteOpen(w)
	}
	p.backlog = append(p.backlog, bySlot(p.matched(s, taken))...)
	if err := p.writeBacklog(ctx); err != nil {
		p.opt.Logger.Error("cannot spool", "error", err)
	}
	if err := p.opt.Store.SetOpenWindows(ctx, p.open); err != nil {
		p.opt.Logger.Error("cannot note the open windows", "error", err)
	}
	p.wake()
}

// matched gives what the flow logs want of windows.
func (p *Publisher) matched(s *vpc.Snapshot, windows []*view) (entries []entry) {
	interfaces, gateways := partition(slices.DeleteFunc(vpc.All[flowlog.FlowLog](s), p.hasNoSink))
	for _, w := range windows {
		entries = append(entries, p.match.entries(w, interfaces)...)
	}
	if len(gateways) == 0 {
		return entries
	}
	var seen []*view // by gateways
	for _, w := range windows {
		seen = append(seen, newGateways(s, w, p.tells).find()...)
	}
	for _, w := range append(seen, idle(s, gateways, windows, seen)...) {
		entries = append(entries, p.match.entries(w, gateways)...)
	}
	return entries
}

// tells says whether the sender, or the receiver, tells of what passes between two
// interfaces in different VPCs: the sender while it is captured, else the one of
// the two that was the first to.
func (p *Publisher) tells(sender, receiver *vpc.ENI, isSender bool) bool {
	if _, live := p.open[sender.ID]; live {
		return isSender
	}
	between := [2]string{sender.ID, receiver.ID}
	told, known := p.match.told[between]
	if !known {
		told = isSender
		p.match.told[between] = told
	}
	return told == isSender
}

func (p *Publisher) hasNoSink(f *flowlog.FlowLog) bool { return p.opt.Sinks[f.DestinationType] == nil }

// Opened notes that the interfaces are captured from now on, so that a crash
// before their first seal is told of, too.
func (p *Publisher) Opened(ctx context.Context, interfaceIDs ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range interfaceIDs {
		p.interfaceOf(id) // which may be deleted before its first window is sealed
		p.open[id] = p.opt.Now()
	}
	return p.opt.Store.SetOpenWindows(ctx, p.open)
}

// Closed notes that the interfaces are no longer captured: a crash loses nothing of theirs.
func (p *Publisher) Closed(ctx context.Context, interfaceIDs ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range interfaceIDs {
		delete(p.open, id)
	}
	return p.opt.Store.SetOpenWindows(ctx, p.open)
}

func (p *Publisher) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// interfaceOf gives an interface as it is or, if it was deleted, as it was at its last window.
func (p *Publisher) interfaceOf(id string) (i *flowlog.Interface, deleted bool) {
	s := p.opt.Network.Snapshot()
	e := s.ENI(id)
	if e == nil {
		return p.known[id], true
	}
	out := &flowlog.Interface{ENI: *e, Tags: s.Tags(e.ID), InstanceTags: s.Tags(e.InstanceID)}
	p.known[id] = out
	return out, false
}

func packets(flows []flow.Flow) (n uint64) {
	for i := range flows {
		n += flows[i].Packets
	}
	return n
}

// noteOpen remembers since when an interface's open window is open.
func (p *Publisher) noteOpen(w *flow.Window) {
	if !w.Offline && !w.NoTap {
		p.open[w.InterfaceID] = w.End
	}
}

// bySlot parts entries by the five minutes in which they end, since an object
// holds only records of one slot.
func bySlot(entries []entry) []batch {
	var out []batch
	for _, e := range entries {
		slot := time.Unix(0, e.End).UTC().Truncate(flowlog.Slot)
		i := slices.IndexFunc(out, func(b batch) bool { return b.slot.Equal(slot) })
		if i < 0 {
			i = len(out)
			out = append(out, batch{slot: slot})
		}
		out[i].entries = append(out[i].entries, e)
	}
	return out
}

// full says whether the spool has reached its limit.
func (p *Publisher) full() bool {
	var n int64
	for _, size := range p.sizes {
		n += size
	}
	for i := range p.backlog {
		for j := range p.backlog[i].entries {
			e := &p.backlog[i].entries[j]
			n += int64(len(e.flows)) * e.size()
		}
	}
	return n >= p.opt.SpoolLimit
}

// writeBacklog writes what is sealed into spool files, in order, as far as the disk takes it.
func (p *Publisher) writeBacklog(ctx context.Context) error {
	for len(p.backlog) > 0 {
		if err := p.writeBatch(ctx, &p.backlog[0]); err != nil {
			return fmt.Errorf("%d batches of sealed windows wait in memory: %w", len(p.backlog), err)
		}
		p.backlog = p.backlog[1:]
	}
	return nil
}

func (p *Publisher) writeBatch(ctx context.Context, b *batch) error {
	if b.file == 0 {
		size, err := p.spool.write(p.last+1, b.slot, b.entries)
		if err != nil {
			return err
		}
		p.last++
		b.file = p.last
		p.sizes[b.file] = size
	}
	return p.opt.Store.AddSpool(ctx, b.file, b.slot, flowLogs(b.entries))
}

// Close notes that nothing is open any more: call it after the last Export.
func (p *Publisher) Close(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.open)
	return p.opt.Store.SetOpenWindows(ctx, nil)
}
