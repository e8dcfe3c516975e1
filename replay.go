package flowemu

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile"
	"github.com/flowemu/flowemu/vpc"
)

// ReplayOptions configure NewReplay. One of Output, File and Dir is set.
type ReplayOptions struct {
	Format      string        // of the records; "" is the default format
	FileFormat  string        // flowlog.PlainText, the default, or flowlog.Parquet
	Window      time.Duration // length of a capture window
	Addresses   []netip.Addr  // of the interface; none leaves addresses and direction as in the packet
	InterfaceID string
	IPRanges    string // AWS's ip-ranges.json; "" is the built-in table
	EstimateGSO bool   // as in capture.ReplayOptions

	Output io.Writer // text with a header line, each window as it is sealed, or Parquet
	File   string    // the same in a file, compressed if it is text and the name ends in .gz
	// Dir is a directory for files under the keys that they would have in S3. Name
	// tells the files from those of replays with another Name, and the same Name
	// gives the same keys again.
	Dir, Name string

	Progress func(bytes int64) // may be nil; gets how much of the file at hand was read
}

// ReplayStats accounts for all frames read, and counts the records written.
type ReplayStats struct {
	capture.Stats
	Records uint64 `json:"records"`
}

// Replay turns packet files into records, with the decoding, aggregation and
// rendering of live capture. Windows follow packet time. Files have their names
// when they are complete.
type Replay struct {
	opt    ReplayOptions
	format flowlog.Format
	iface  flowlog.Interface
	policy *vpc.Policy
	lookup *flowlog.Lookup
	out    recordWriter // nil in Dir before the first window
	slot   time.Time    // of out in Dir
	files  uint32       // in Dir
	broken bool         // an error of writing was given
	stats  ReplayStats
}

// recordWriter is a *recordfile.Writer or *recordfile.File.
type recordWriter interface {
	Write(r *flowlog.Record) error
	Flush() error
	Close() error
}

// NewReplay checks o and opens File. The error of a bad format is a *flowlog.FormatError.
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
	kind := recordfile.KindOf(o.FileFormat)
	switch {
	case o.Dir != "": // files begin with their first record
	case o.File != "":
		if kind == recordfile.GzipText && !strings.HasSuffix(o.File, ".gz") {
			kind = recordfile.Text
		}
		err = r.create(o.File, kind)
	default:
		if kind == recordfile.GzipText {
			kind = recordfile.Text
		}
		r.out = recordfile.New(o.Output, kind, format)
	}
	return r, err
}

func replayENI(o ReplayOptions) vpc.ENI {
	e := vpc.ENI{Head: vpc.Head{ID: o.InterfaceID, Account: DefaultAccount, Region: DefaultRegion}, Zone: vpc.RegionNamed(DefaultRegion).Zones[0]}
	for _, a := range o.Addresses {
		switch a = a.Unmap(); {
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
		Window: r.opt.Window, InterfaceID: r.opt.InterfaceID, Addrs: r.opt.Addresses, EstimateGSO: r.opt.EstimateGSO,
		Network: policyOf{r.policy}, Emit: r.emit, Progress: r.opt.Progress,
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
	if r.opt.Dir != "" {
		if err := r.turn(w.End.UTC().Truncate(flowlog.Slot)); err != nil {
			return err
		}
	}
	rec := flowlog.Record{Interface: &r.iface, Start: w.Start, End: w.End, Lookup: r.lookup}
	for i := range w.Flows {
		rec.Flow = w.Flows[i]
		if err := r.write(&rec); err != nil {
			return err
		}
	}
	if w.Lost > 0 {
		rec.Flow, rec.Status = flow.Flow{}, flowlog.SkipData
		if err := r.write(&rec); err != nil {
			return err
		}
	}
	if r.opt.Output != nil { // somebody may look on
		return r.wrote(r.out.Flush())
	}
	return nil
}

func (r *Replay) write(rec *flowlog.Record) error {
	if err := r.wrote(r.out.Write(rec)); err != nil {
		return err
	}
	r.stats.Records++
	return nil
}

// wrote says what failed.
func (r *Replay) wrote(err error) error {
	if err == nil {
		return nil
	}
	r.broken = true
	return fmt.Errorf("write records: %w", err)
}

// create begins a file on disk.
func (r *Replay) create(path string, kind recordfile.Kind) error {
	f, err := recordfile.Create(path, kind, r.format)
	if err != nil {
		return r.wrote(err)
	}
	r.out = f
	return nil
}

// turn makes the file of a slot the open one.
func (r *Replay) turn(slot time.Time) error {
	if r.out != nil && r.slot.Equal(slot) {
		return nil
	}
	if err := r.Close(); err != nil {
		return err
	}
	f := flowlog.FlowLog{Head: vpc.Head{ID: "fl-00000000000000000", Account: r.iface.Account, Region: r.iface.Region}, FileFormat: r.opt.FileFormat}
	path := filepath.Join(r.opt.Dir, filepath.FromSlash(flowlog.ObjectKey(&f, slot, r.unique())))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return r.wrote(err)
	}
	r.slot = slot
	return r.create(path, recordfile.KindOf(r.opt.FileFormat))
}

// unique gives the number in the key of the next file.
func (r *Replay) unique() uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, r.opt.Name) // a hash takes everything
	r.files++
	return h.Sum32() + r.files
}

// Close ends what is being written. After an error of Read it still makes what
// was read until then a complete file, unless it was the writing that failed;
// that error it does not give again.
func (r *Replay) Close() error {
	if r.out == nil {
		return nil
	}
	err := r.out.Close()
	if r.out = nil; r.broken {
		return nil
	}
	return r.wrote(err)
}

// Discard ends it without the file that is being written, which has no record: what
// was at its path stays there.
func (r *Replay) Discard() error {
	f, ok := r.out.(*recordfile.File)
	if !ok {
		return r.Close()
	}
	r.out = nil
	return f.Discard()
}

// Stats accounts for what was read so far.
func (r *Replay) Stats() ReplayStats { return r.stats }
