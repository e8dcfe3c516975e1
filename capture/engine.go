package capture

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// grace is how long after an edge the windows are collected, so that the blocks
// that the kernel still held then belong to the window they were seen in.
const grace = 50 * time.Millisecond

// Engine watches taps and hands their windows to the Exporter. Its methods may be
// called concurrently.
type Engine struct {
	opt  Options
	seed hashSeed
	dial func(t Tap, bytes, n int) ([]source, error)

	sealing sync.Mutex // one seal and export at a time; taken before mu

	mu       sync.Mutex
	fans     map[string]*fan  // by interface id
	replaced []*fan           // ended taps, perhaps with a window to collect
	injected map[string]int64 // where the next window of an interface without a tap starts
	state    state
	wg       sync.WaitGroup
}

type state uint8

const (
	idle state = iota
	running
	stopped
)

// errStopped is what a call gets that comes too late.
var errStopped = errors.New("capture: the engine has stopped")

// New makes an engine without taps.
func New(o Options) (*Engine, error) { return newEngine(o, openRings) }

func newEngine(o Options, dial func(Tap, int, int) ([]source, error)) (*Engine, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	o.SelfPorts = slices.Clone(o.SelfPorts)
	return &Engine{
		opt: o, seed: newSeed(), dial: dial,
		fans: make(map[string]*fan), injected: make(map[string]int64),
	}, nil
}

// Open binds t, in the network namespace of the calling thread, and returns when
// frames are seen. They are counted from the start of Run on, or at once if it
// was called. An interface has at most one tap, and so has a name; one that ended
// is replaced. Without CAP_NET_RAW the error is os.ErrPermission.
func (e *Engine) Open(t Tap) error {
	if t.InterfaceID == "" {
		return fmt.Errorf("capture on %s: no interface id", t.Name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == stopped {
		return errStopped
	}
	if old := e.fans[t.InterfaceID]; old != nil && old.ended() == nil {
		return fmt.Errorf("capture on %s: %s is already captured on %s", t.Name, t.InterfaceID, old.name())
	}
	namesake, _ := e.named(t.Name)
	if old := e.fans[namesake]; old != nil && old.ended() == nil {
		return fmt.Errorf("capture on %s: it is already captured, as %s", t.Name, namesake)
	}
	sources, err := e.dial(t, e.opt.RingBytes, e.opt.Fanout)
	if err != nil {
		return fmt.Errorf("capture on %s: %w", t.Name, err)
	}
	opened, err := newFan(t, sources, &e.opt, e.seed)
	if err != nil {
		return fmt.Errorf("capture on %s: %w", t.Name, err)
	}
	e.giveWay(t.InterfaceID)
	e.giveWay(namesake)
	e.fans[t.InterfaceID] = opened
	if e.state == running {
		opened.run(&e.wg)
	}
	return nil
}

// Run captures until ctx ends, and exports at each multiple of Options.Window.
// Then it stops the sources, drains them, seals and exports everything once more
// and closes the taps. It can be called once.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.start(); err != nil {
		return err
	}
	for e.sleep(ctx, e.untilEdge()) == nil {
		e.Advance(ctx, e.opt.Now())
	}
	e.shutdown(ctx)
	return nil
}

func (e *Engine) start() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != idle {
		return errors.New("capture: Run was called before")
	}
	e.state = running
	for _, f := range e.fans {
		f.run(&e.wg)
	}
	return nil
}

// untilEdge is never less than grace, so that a clock that stands still does not
// make Run spin.
func (e *Engine) untilEdge() time.Duration {
	now := e.opt.Now().UnixNano()
	edge := alignedAfter(now-int64(grace), int64(e.opt.Window))
	return max(time.Duration(edge-now)+grace, grace)
}

func (e *Engine) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Advance seals and exports what ended by now: Run calls it at each edge, the
// owner of a clock that is moved by hand after each move.
func (e *Engine) Advance(ctx context.Context, now time.Time) {
	e.sealing.Lock()
	defer e.sealing.Unlock()
	windows := e.collect(e.fansOf(), now.UnixNano(), false)
	for {
		empty := e.injectedWindows(now.UnixNano())
		windows = append(windows, empty...)
		e.exportLocked(ctx, windows)
		if len(empty) == 0 {
			return
		}
		windows = nil
	}
}

// Flush drains the taps of the interfaces, all if none is named, seals their
// open windows now and exports them. The next window starts where the flushed one
// ended. Interfaces without a tap have nothing to flush, which is no error.
func (e *Engine) Flush(ctx context.Context, interfaceIDs ...string) error {
	fans := e.fansOf(interfaceIDs...)
	if len(fans) == 0 {
		return nil
	}
	if err := e.sleep(ctx, latency(fans)); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	e.sealing.Lock()
	defer e.sealing.Unlock()
	e.exportLocked(ctx, e.collect(fans, e.opt.Now().UnixNano(), true))
	return nil
}

// latency is how long to wait until everything that was sent before is readable.
func latency(fans []*fan) time.Duration {
	var d time.Duration
	for _, f := range fans {
		d = max(d, f.latency())
	}
	return d
}

// fansOf lists the taps of the interfaces, all if none is named, in order of
// interface id, replaced ones first.
func (e *Engine) fansOf(interfaceIDs ...string) []*fan {
	wanted := func(id string) bool { return len(interfaceIDs) == 0 || slices.Contains(interfaceIDs, id) }
	var fans []*fan
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.replaced {
		if wanted(f.interfaceID()) {
			fans = append(fans, f)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.fans)) {
		if wanted(id) {
			fans = append(fans, e.fans[id])
		}
	}
	return fans
}

// collect needs sealing.
func (e *Engine) collect(fans []*fan, now int64, force bool) []flow.Window {
	var windows []flow.Window
	for _, f := range fans {
		windows = append(windows, f.collect(now, force, nil)...)
	}
	return e.collected(windows)
}

// collected tells what the windows lost, and forgets the taps that had their last.
func (e *Engine) collected(windows []flow.Window) []flow.Window {
	for _, w := range windows {
		if w.Lost > 0 {
			e.opt.Logger.Warn("packets lost", "interface_id", w.InterfaceID, "packets", w.Lost, "from", w.Start, "to", w.End)
		}
	}
	e.forget()
	return windows
}

// forget releases the replaced taps that were collected.
func (e *Engine) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.replaced = slices.DeleteFunc(e.replaced, func(t *fan) bool {
		done := t.done()
		if done {
			t.release()
		}
		return done
	})
}

// injectedWindows gives an empty window for each interface that was injected
// into, has no tap and ends a window at the earliest edge up to now.
func (e *Engine) injectedWindows(now int64) []flow.Window {
	e.mu.Lock()
	defer e.mu.Unlock()
	width := int64(e.opt.Window)
	edge := alignedDown(now, width)
	for id, start := range e.injected {
		if t := e.fans[id]; t != nil && t.ended() == nil {
			e.injected[id] = max(start, alignedDown(now, width)) // its windows are the tap's
			continue
		}
		edge = min(edge, start+width)
	}
	var windows []flow.Window
	for id, start := range e.injected {
		if start+width <= edge && edge <= now {
			windows = append(windows, flow.Window{
				InterfaceID: id,
				Start:       time.Unix(0, start).UTC(),
				End:         time.Unix(0, start+width).UTC(),
				NoTap:       true,
			})
			e.injected[id] = start + width
		}
	}
	slices.SortFunc(windows, func(a, b flow.Window) int { return strings.Compare(a.InterfaceID, b.InterfaceID) })
	return windows
}

func (e *Engine) export(ctx context.Context, windows []flow.Window) {
	e.sealing.Lock()
	defer e.sealing.Unlock()
	e.exportLocked(ctx, windows)
}

// exportLocked needs sealing. A caller that goes away must not take the windows
// with it.
func (e *Engine) exportLocked(ctx context.Context, windows []flow.Window) {
	if len(windows) > 0 {
		e.opt.Exporter.Export(context.WithoutCancel(ctx), windows)
	}
}

// shutdown goes with the data: no more frames come in, those that are in the
// rings are counted, all is sealed and exported, and then the taps close.
func (e *Engine) shutdown(ctx context.Context) {
	e.mu.Lock()
	e.state = stopped
	e.mu.Unlock()
	fans := e.fansOf()
	for _, f := range fans {
		f.stop()
	}
	_ = e.sleep(context.WithoutCancel(ctx), latency(fans)) // cannot be cancelled
	for _, f := range fans {
		f.interrupt()
	}
	e.wg.Wait()
	e.sealing.Lock()
	defer e.sealing.Unlock()
	windows := e.collect(fans, e.opt.Now().UnixNano(), true)
	e.exportLocked(ctx, windows)
	for _, f := range fans {
		f.release()
	}
}

// Close releases the taps of an engine that was never run.
func (e *Engine) Close() error {
	e.mu.Lock()
	was := e.state
	e.state = stopped
	e.mu.Unlock()
	if was != idle {
		return nil
	}
	e.sealing.Lock()
	defer e.sealing.Unlock()
	for _, f := range e.fansOf() {
		f.interrupt()
		f.release()
	}
	return nil
}

// Interfaces tells about the taps, in order of interface id.
func (e *Engine) Interfaces() []InterfaceStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]InterfaceStatus, 0, len(e.fans))
	for id, f := range e.fans {
		s := f.status()
		s.InterfaceID = id // of a tap that is being bound to another, too
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b InterfaceStatus) int { return strings.Compare(a.InterfaceID, b.InterfaceID) })
	return all
}
