package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/flowemu/flowemu/flow"
)

// Injection is a packet file for an interface, with or without a tap. Of Tap,
// InterfaceID, Addrs and MAC are used.
type Injection struct {
	Tap        Tap
	Reader     io.Reader // pcap or pcapng
	ShiftToNow bool      // move all packets so that the latest is now
}

// FileError says that a packet file could not be read to its end.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }

func (e *FileError) Unwrap() error { return e.Err }

// groupFlows is how many flows are exported together at the least: the windows
// of a small file go as one, those of a large one must not take the memory.
const groupFlows = 100_000

// group gathers windows that are exported together.
type group struct {
	windows []flow.Window
	flows   int
}

// Inject counts in.Reader as Replay does and exports the windows, with Offline
// set, together or in large groups; the last ones before Inject returns. Packets
// that were read before an error are exported too, and Stats are valid with every
// error. A file that is none, or is damaged, gives a *FileError.
func (e *Engine) Inject(ctx context.Context, in Injection) (Stats, error) {
	id := in.Tap.InterfaceID
	if id == "" || in.Reader == nil {
		return Stats{}, errors.New("capture: an injection needs an interface id and a reader")
	}
	e.mu.Lock()
	late := e.state == stopped
	e.mu.Unlock()
	if late {
		return Stats{}, errStopped
	}
	t, err := newTable(id, e.opt.Network, e.seed, e.opt.MaxFlows)
	if err != nil {
		return Stats{}, err
	}
	defer t.free()
	var g group
	file := &offline{
		table: t, width: int64(e.opt.Window),
		side: newSide(in.Tap.MAC, in.Tap.Addrs, flow.Ingress), parts: newFragments(t.seed),
		emit: func(w flow.Window) error {
			g.windows, g.flows = append(g.windows, w), g.flows+len(w.Flows)
			if g.flows >= groupFlows {
				e.export(ctx, g.windows)
				g = group{}
			}
			return nil
		},
	}
	onRead := func(int64) error { return ctx.Err() }
	r := in.Reader
	if in.ShiftToNow {
		var done func()
		if r, file.shift, done, err = e.shift(r, onRead); err != nil {
			return Stats{}, &FileError{fmt.Errorf("inject into %s: %w", id, err)}
		}
		defer done()
	}
	stats, err := file.run(r, onRead)
	e.export(ctx, g.windows)
	e.noteInjection(id)
	if err != nil {
		err = &FileError{fmt.Errorf("inject into %s: %w", id, err)}
	}
	return stats, err
}

// noteInjection makes id an interface that has windows without a tap, too. They
// begin at the next edge: the present window is not without data.
func (e *Engine) noteInjection(id string) {
	next := alignedAfter(e.opt.Now().UnixNano(), int64(e.opt.Window))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.injected[id] = max(next, e.injected[id])
}

// shift finds how far r's packets are from now. The reader it gives starts where
// r did; done releases it.
func (e *Engine) shift(r io.Reader, onRead func(int64) error) (again io.Reader, shift int64, done func(), err error) {
	done = func() {}
	s, start, ok := seekable(r)
	if !ok {
		if s, done, err = spool(r); err != nil {
			return nil, 0, nil, err
		}
	}
	last, err := latest(s, onRead)
	if err == nil {
		_, err = s.Seek(start, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, 0, nil, err
	}
	if last == 0 {
		return s, 0, done, nil
	}
	return s, e.opt.Now().UnixNano() - last, done, nil
}

// seekable says whether r can be read twice, and from where. Pipes are files
// whose Seek fails.
func seekable(r io.Reader) (io.ReadSeeker, int64, bool) {
	s, ok := r.(io.ReadSeeker)
	if !ok {
		return nil, 0, false
	}
	at, err := s.Seek(0, io.SeekCurrent)
	return s, at, err == nil
}

// spool copies r into a file without a name, which is gone when it is closed.
func spool(r io.Reader) (io.ReadSeeker, func(), error) {
	f, err := os.CreateTemp("", "flowemu-inject-*")
	if err != nil {
		return nil, nil, fmt.Errorf("spool packets: %w", err)
	}
	done := func() {
		_ = f.Close()
		_ = os.Remove(f.Name()) // where open files cannot be removed, now; else it is gone already
	}
	_ = os.Remove(f.Name())
	if _, err = io.Copy(f, r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("spool packets: %w", err)
	}
	return f, done, nil
}

// latest is the time of the youngest packet, 0 if there is none. A file that is
// damaged further on is walked up to there: the second walk reports it.
func latest(r io.Reader, onRead func(int64) error) (int64, error) {
	var stopped error
	packets, err := openPackets(r, func(n int64) error {
		stopped = onRead(n)
		return stopped
	})
	if err != nil {
		return 0, err
	}
	var f frame
	var last int64
	for packets.next(&f) == nil {
		last = max(last, f.at)
	}
	return last, stopped
}
