package capture

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// source is where a tap's frames come from. wait and interrupt may be called at
// any time; the others only with the tap's lock held.
type source interface {
	// wait blocks until next may have a frame. os.ErrClosed follows
	// interrupt; any other error is the end of the source.
	wait() error
	// next gives the next frame that is ready, without blocking.
	next(f *frame) bool
	// drops gives the frames that did not fit since the last call.
	drops() uint64
	// latency is how long a frame may stay invisible to next.
	latency() time.Duration
	// stop lets no more frames in; those that are in can be read.
	stop() error
	interrupt()
	close()
}

// pumpFrames bounds how long the lock is held.
const pumpFrames = 1 << 14

// tap counts one source. Its capture goroutine takes the lock once per block of
// frames, the engine when it seals; so the engine can seal the window of an idle
// tap without waking its goroutine.
type tap struct {
	info   Tap
	opt    *Options
	src    source
	since  time.Time
	shares *shares // nil if it is the interface's only tap

	mu      sync.Mutex
	frame   frame
	parts   fragments
	open    span
	cur     *table // counts the open window
	spare   *table // empty, or nil while full is being exported
	full    *full  // sealed, not yet collected
	tally   tally
	settled settled // of cur, what tally has already
	dropped uint64  // in the ring during the open window
	last    int64
	err     error
	done    bool // ended, and its last window collected
}

// newTap makes a tap of f.
func newTap(f *fan, info Tap, src source) (*tap, error) {
	cur, err := newTable(info.InterfaceID, f.opt.Network, f.seed, f.opt.MaxFlows)
	if err != nil {
		return nil, err
	}
	spare, err := newTable(info.InterfaceID, f.opt.Network, f.seed, f.opt.MaxFlows)
	if err != nil {
		cur.free()
		return nil, err
	}
	at := f.since.UnixNano()
	cur.share = f.shares.of(at)
	return &tap{
		info: info, opt: f.opt, src: src, since: f.since, shares: f.shares, cur: cur, spare: spare, parts: newFragments(f.seed),
		open: span{at, alignedAfter(at, int64(f.opt.Window))},
	}, nil
}

func (t *tap) interfaceID() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.info.InterfaceID
}

// run is the capture goroutine. It gives the reason why the source ended by itself.
func (t *tap) run() error {
	for {
		err := t.src.wait()
		more := true
		for more {
			t.mu.Lock()
			more = !t.done && t.pump()
			t.mu.Unlock()
		}
		if errors.Is(err, os.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// fail says that the source has ended.
func (t *tap) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
}

// pump counts the frames that are ready and says whether there may be more.
func (t *tap) pump() bool {
	for range pumpFrames {
		if !t.src.next(&t.frame) {
			return false
		}
		t.add(&t.frame)
	}
	return true
}

func (t *tap) add(f *frame) {
	if f.at >= t.open.end {
		t.seal(t.open.end, f.at)
	}
	t.last = max(t.last, f.at)
	d, r := t.direct(f)
	if r == recorded {
		p := t.cur.next()
		if r = t.parts.decode(f, p); r == recorded && t.isSelf(&p.key, d) {
			r = self
		}
		if r == recorded {
			p.key.direction = d
			t.cur.commit()
		}
	}
	t.tally[r]++
}

// direct gives the direction by the packet's type, never by its addresses. What
// a bridge floods to a port although it is for another host is not the
// interface's traffic.
func (t *tap) direct(f *frame) (flow.Direction, reason) {
	if t.info.Loopback {
		return flow.Ingress, recorded // its outgoing copies stay in the kernel
	}
	if f.outgoing != t.info.HostSide {
		return flow.Egress, recorded
	}
	flooded := f.other
	if t.info.HostSide {
		flooded = len(t.info.MAC) == 6 && f.link == linkEthernet && len(f.data) >= 6 &&
			f.data[0]&1 == 0 && string(f.data[:6]) != string(t.info.MAC)
	}
	if flooded {
		return flow.Ingress, otherHost
	}
	return flow.Ingress, recorded
}

func (t *tap) isSelf(k *key, d flow.Direction) bool {
	if len(t.opt.SelfPorts) == 0 || k.Protocol != protoTCP {
		return false
	}
	in, out := slices.Contains(t.opt.SelfPorts, k.DstPort), slices.Contains(t.opt.SelfPorts, k.SrcPort)
	if t.info.Loopback {
		return in || out
	}
	return d == flow.Ingress && in || d == flow.Egress && out
}

// seal ends the open window at end and opens the next, which begins there. If
// the last window is still with the engine the open one goes on, past now: it
// becomes longer rather than lost, and memory stays bounded.
func (t *tap) seal(end, now int64) {
	width := int64(t.opt.Window)
	if t.spare == nil {
		t.open.end = alignedAfter(now, width)
		return
	}
	t.settle()
	t.full = &full{table: t.cur, span: span{t.open.start, end}, lost: t.dropped, tap: t}
	t.cur, t.spare, t.settled, t.dropped = t.spare, nil, settled{}, 0
	t.cur.interfaceID = t.info.InterfaceID
	if now >= end+width { // the machine slept, or an idle tap was not asked: nothing to tell of in between
		end = alignedDown(now, width)
	}
	t.open = span{end, alignedAfter(max(end, now), width)}
	t.cur.share = t.shares.of(end)
}

// settle brings the counts up to date.
func (t *tap) settle() {
	t.cur.flush()
	t.tally.settle(t.cur.lostFrames, &t.cur.exempt, &t.settled)
	if t.done {
		return
	}
	drops := t.src.drops()
	t.dropped += drops
	t.tally[lostRing] += drops
}

// take gives the next window that ended by now, or nil; with force the open one
// ends now, and what is seen from then on is to's, if that is not nil. A source
// that ended has its last window sealed in any case. sealed is false at first and
// kept from call to call. Only one caller at a time, which recycles each window:
// then there is a spare table whenever there is no full one.
func (t *tap) take(now int64, force bool, to *Binding, sealed *bool) *full {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full == nil && !*sealed {
		*sealed = t.drain(now, force)
		if *sealed && to != nil {
			t.bind(to)
		}
	}
	f := t.full
	t.full = nil
	return f
}

// drain counts the frames that are ready and then seals what is due. False means
// that a frame turned the window, which has to be collected first. Frames that
// come in meanwhile, perhaps faster than they are counted, are not waited for.
func (t *tap) drain(now int64, force bool) bool {
	if t.done {
		return true
	}
	for t.pump() && t.full == nil && t.frame.at < now {
	}
	if t.full != nil {
		return false
	}
	t.sealDue(now, force)
	return true
}

// bind makes t another interface's tap. The open window is empty.
func (t *tap) bind(to *Binding) {
	t.info.InterfaceID, t.info.Addrs = to.InterfaceID, to.Addrs
	t.cur.interfaceID = to.InterfaceID
}

// readdress changes the addresses, which decide nothing of what is counted.
func (t *tap) readdress(addrs []netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.info.Addrs = addrs
}

// sealDue seals the open window if now is past it or if it is forced to end.
func (t *tap) sealDue(now int64, force bool) {
	switch {
	case force || t.err != nil:
		t.settle()
		if now <= t.open.start && t.cur.n == 0 && t.dropped == 0 && t.err == nil {
			return // it was sealed this very instant
		}
		t.seal(max(now, t.open.start+1), now)
	case now >= t.open.end:
		t.seal(t.open.end, now)
	}
	if t.err != nil {
		t.done = true
		t.src.close()
	}
}

// recycle makes a table whose window was converted the spare one. The clearing
// happens outside of the lock, and not in the capture goroutine.
func (t *tap) recycle(used *table) {
	n := int(used.n)
	used.reset()
	t.mu.Lock()
	n = max(n, int(t.cur.n))
	t.mu.Unlock()
	used.presize(n)
	t.mu.Lock()
	t.spare = used
	t.mu.Unlock()
}

// stop lets no more frames into the source.
func (t *tap) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return
	}
	if err := t.src.stop(); err != nil {
		t.opt.Logger.Warn("stop capture", "interface", t.info.Name, "error", err) // an interface that is gone
	}
}

// ended says whether the source came to its end, and why.
func (t *tap) ended() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *tap) isDone() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done
}

func (t *tap) status() InterfaceStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cur.slots != nil { // not shut down
		t.settle()
	}
	s := InterfaceStatus{Tap: t.info, Since: t.since, Stats: t.tally.stats(), Err: t.err}
	if t.last != 0 {
		s.LastPacket = time.Unix(0, t.last).UTC()
	}
	return s
}

// release closes the source and frees the tables. The capture goroutine has
// ended and everything was collected.
func (t *tap) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.done {
		t.done = true
		t.src.close()
	}
	t.cur.free()
	if t.spare != nil {
		t.spare.free()
	}
}
