package flowemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile"
	"github.com/flowemu/flowemu/vpc"
)

// ReplayOptions configure NewReplay. One of Output and Dir is set.
type ReplayOptions struct {
	Format      string        // of the records; "" is the default format
	Window      time.Duration // length of a capture window
	Addresses   []netip.Addr  // of the interface; none leaves addresses and direction as in the packet
	InterfaceID string
	IPRanges    string    // AWS's ip-ranges.json; "" is the built-in table
	Output      io.Writer // text with a header line
	Dir         string    // a directory for gzipped files under the keys that they would have in S3
}

// ReplayStats accounts for all frames read, and counts the records written.
type ReplayStats struct {
	capture.Stats
	Records uint64 `json:"records"`
}

// Replay turns packet files into records, with the decoding, aggregation and
// rendering of live capture. Windows follow packet time.
type Replay struct {
	opt    ReplayOptions
	format flowlog.Format
	iface  flowlog.Interface
	policy *vpc.Policy
	lookup *flowlog.Lookup
	sheet  *sheet             // the open file of Dir
	out    *recordfile.Writer // Output
	files  uint32
	stats  ReplayStats
}

// NewReplay checks o. The error of a bad format is a
// *flowlog.FormatError.
func NewReplay(o ReplayOptions) (*Replay, error) {
	if o.Format == "" {
		o.Format = flowlog.DefaultFormat(flowlog.VPC)
	}
	format, err := flowlog.ParseFormat(flowlog.VPC, o.Format)
	if err != nil {
		return nil, err
	}
	services, err := openIPRanges(o.IPRanges)
	if err != nil {
		return nil, err
	}
	r := &Replay{opt: o, format: format, iface: flowlog.Interface{ENI: replayENI(o)}, lookup: &flowlog.Lookup{Services: services}}
	r.policy = (&vpc.Snapshot{}).NewPolicy(&r.iface.ENI, vpc.PolicyOptions{})
	if o.Dir == "" {
		r.out = recordfile.New(o.Output, recordfile.Text, format)
	}
	return r, nil
}

func replayENI(o ReplayOptions) vpc.ENI {
	e := vpc.ENI{Head: vpc.Head{ID: o.InterfaceID, Account: DefaultAccount, Region: DefaultRegion}, Zone: vpc.RegionNamed(DefaultRegion).Zones[0]}
	for _, a := range o.Addresses {
		switch {
		case a.Is4() && !e.PrivateIP.IsValid():
			e.PrivateIP = a
		case a.Is4():
			e.Secondary = append(e.Secondary, a)
		default:
			e.IPv6 = append(e.IPv6, a)
		}
	}
	return e
}

// Read replays one file.
func (r *Replay) Read(ctx context.Context, in io.Reader) error {
	stats, err := capture.Replay(ctx, in, capture.ReplayOptions{
		Window: r.opt.Window, InterfaceID: r.opt.InterfaceID, Addrs: r.opt.Addresses, Network: policyOf{r.policy}, Emit: r.emit,
	})
	r.stats.Add(stats)
	return err
}

// policyOf judges the flows of one interface.
type policyOf struct{ *vpc.Policy }

func (p policyOf) Evaluate(_ string, d flow.Direction, t *flow.Tuple) flow.Verdict {
	return p.Policy.Evaluate(d, t)
}

// emit writes a window's records.
func (r *Replay) emit(w flow.Window) error {
	out := r.out
	if r.opt.Dir != "" {
		if err := r.turn(w.End.UTC().Truncate(flowlog.Slot)); err != nil {
			return err
		}
		out = r.sheet.records
	}
	rec := flowlog.Record{Interface: &r.iface, Start: w.Start, End: w.End, Lookup: r.lookup}
	for i := range w.Flows {
		rec.Flow = w.Flows[i]
		if err := r.write(out, &rec); err != nil {
			return err
		}
	}
	if w.Lost > 0 {
		rec.Flow, rec.Status = flow.Flow{}, flowlog.SkipData
		return r.write(out, &rec)
	}
	return nil
}

func (r *Replay) write(out *recordfile.Writer, rec *flowlog.Record) error {
	r.stats.Records++
	return out.Write(rec)
}

// sheet is a file of Dir: the records that end within one slot.
type sheet struct {
	slot    time.Time
	file    *os.File
	records *recordfile.Writer
}

// turn makes the file of a slot the open one.
func (r *Replay) turn(slot time.Time) error {
	if r.sheet != nil && r.sheet.slot.Equal(slot) {
		return nil
	}
	if err := r.Close(); err != nil {
		return err
	}
	r.files++
	f := flowlog.FlowLog{Head: vpc.Head{ID: "fl-00000000000000000", Account: r.iface.Account, Region: r.iface.Region}}
	path := filepath.Join(r.opt.Dir, filepath.FromSlash(flowlog.ObjectKey(&f, slot, r.files)))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	r.sheet = &sheet{slot: slot, file: file, records: recordfile.New(file, recordfile.GzipText, r.format)}
	return nil
}

// Close ends what is written.
func (r *Replay) Close() error {
	if r.out != nil {
		return r.out.Close()
	}
	if r.sheet == nil {
		return nil
	}
	s := r.sheet
	r.sheet = nil
	return errors.Join(s.records.Close(), s.file.Close())
}

// Stats accounts for what was read so far.
func (r *Replay) Stats() ReplayStats { return r.stats }
