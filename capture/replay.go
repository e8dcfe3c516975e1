package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// ReplayOptions says how to count a packet file.
type ReplayOptions struct {
	Window      time.Duration // default 10 s
	MaxFlows    int           // default 1,000,000
	InterfaceID string
	// Addrs are the interface's addresses and decide the direction; without
	// any it is unknown.
	Addrs   []netip.Addr
	Network Network // default: everything is accepted
	// EstimateGSO counts the packets that TCP's super-packets (of segmentation or
	// receive offload) were on the wire. Files do not tell their size, so it is
	// estimated: the maximum segment size of the connection's SYNs, if they were
	// seen, less the options; else what an MTU of 1500 allows, for packets that are
	// longer. Without, and for all else, a frame is a packet.
	EstimateGSO bool
	// Emit takes each window when the first packet past it was read: one of many
	// flows in pieces, the last of which has its Lost. The Flows are used again
	// after Emit returned.
	Emit func(flow.Window) error
	// Progress, which may be nil, gets the number of bytes read so far.
	Progress func(bytes int64)
}

// Replay counts the packets of a pcap or pcapng stream. Windows follow the
// packets' time and are aligned to multiples of their length; windows without
// packets are not emitted, and a packet older than the open window goes into the
// open window. A file that ends inside a packet is counted up to there, and then
// the error wraps io.ErrUnexpectedEOF. Stats are valid with every error.
func Replay(ctx context.Context, r io.Reader, o ReplayOptions) (Stats, error) {
	if o.Emit == nil {
		return Stats{}, errors.New("capture: ReplayOptions.Emit is required")
	}
	if o.Window == 0 {
		o.Window = defaultWindow
	}
	if o.Window < 0 {
		return Stats{}, fmt.Errorf("capture: window of %v", o.Window)
	}
	if err := checkFlows(&o.MaxFlows); err != nil {
		return Stats{}, err
	}
	fallback := flow.Ingress
	if len(o.Addrs) == 0 {
		fallback = flow.Unknown
	}
	t, err := newTable(o.InterfaceID, o.Network, newSeed(), o.MaxFlows)
	if err != nil {
		return Stats{}, err
	}
	defer t.free()
	file := &offline{
		table: t, width: int64(o.Window),
		side: newSide(nil, o.Addrs, fallback), emit: o.Emit, buf: make([]flow.Flow, 0, pieceFlows),
		parts: newFragments(t.seed),
	}
	if o.EstimateGSO {
		file.estimate = newEstimate(t.seed)
	}
	return file.run(r, func(offset int64) error {
		if o.Progress != nil {
			o.Progress(offset)
		}
		return ctx.Err()
	})
}

// pieceFlows is how many flows an Emit gets at most.
const pieceFlows = 4096

func newSeed() hashSeed {
	return hashSeed{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}
}

// offline counts the frames of a file, on the file's clock.
type offline struct {
	table *table
	width int64
	shift int64 // added to every packet's time
	side  side
	emit  func(flow.Window) error
	buf   []flow.Flow // if there is one, windows are emitted in pieces of its capacity

	open  bool
	span  span
	parts fragments
	// estimate may be nil.
	estimate *estimate
	tally    tally
}

// run counts everything that r gives.
func (o *offline) run(r io.Reader, onRead func(int64) error) (Stats, error) {
	packets, err := openPackets(r, onRead)
	if err != nil {
		return o.tally.stats(), err
	}
	var f frame
	for {
		if err = packets.next(&f); err != nil {
			break
		}
		if err := o.add(&f); err != nil {
			return o.tally.stats(), err
		}
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	sealed := o.seal()
	return o.tally.stats(), errors.Join(err, sealed)
}

func (o *offline) add(f *frame) error {
	at := f.at + o.shift
	if !o.open || at >= o.span.end {
		if err := o.seal(); err != nil {
			return err
		}
		start := alignedDown(at, o.width)
		o.span, o.open = span{start, start + o.width}, true
	}
	p := o.table.next()
	r := o.parts.decode(f, p)
	o.tally[r]++
	if r == recorded {
		if o.estimate != nil {
			o.estimate.split(f, p)
		}
		p.key.direction = o.side.direction(f, &p.key)
		o.table.commit()
	}
	return nil
}

// seal emits the open window, if anything is in it.
func (o *offline) seal() error {
	if !o.open {
		return nil
	}
	o.open = false
	t := o.table
	t.flush()
	o.tally.settle(t.lostFrames, &t.exempt, &settled{})
	defer t.reset()
	sealed := full{table: t, span: o.span}
	if o.buf == nil {
		if w := sealed.window(true); len(w.Flows) > 0 || w.Lost > 0 {
			return o.emit(w)
		}
		return nil
	}
	return sealed.pieces(o.buf, o.emit)
}
