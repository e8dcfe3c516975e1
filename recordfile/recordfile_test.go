package recordfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile/recordfiletest"
	"github.com/flowemu/flowemu/vpc"
)

const eniID = "eni-0123456789abcdef0"

// newInterface makes an interface that has everything but an instance.
func newInterface() *flowlog.Interface {
	return &flowlog.Interface{
		ENI: vpc.ENI{
			Head: vpc.Head{ID: eniID, Account: "123456789012", Region: "us-east-1"}, VPCID: "vpc-1", SubnetID: "subnet-1",
			Zone: vpc.Zone{ID: "use1-az1"}, PrivateIP: netip.MustParseAddr("10.0.0.5"),
		},
	}
}

// traffic gives n records: connections of clients in another subnet in both
// directions, some rejected, and between them NODATA and SKIPDATA.
func traffic(n int) []*flowlog.Record {
	start, iface := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), newInterface()
	out := make([]*flowlog.Record, n)
	for k := range out {
		s := start.Add(time.Duration(k/10_000) * time.Minute)
		r := &flowlog.Record{Interface: iface, Start: s, End: s.Add(time.Minute)}
		out[k] = r
		switch k % 500 {
		case 7:
			r.Status = flowlog.NoData
		case 8:
			r.Status = flowlog.SkipData
		default:
			r.Flow = connection(k)
		}
	}
	return out
}

// connection makes the flow of the k-th record.
func connection(k int) flow.Flow {
	spread := uint32(k) * 0x9e3779b1
	f := flow.Flow{
		Tuple:     flow.Tuple{Src: [16]byte{10, 0, 1, byte(spread >> 8)}, Dst: [16]byte{10, 0, 0, 5}, SrcPort: uint16(32768 + spread>>18), DstPort: 80, Protocol: 6, IPVersion: 4},
		Direction: flow.Ingress, Verdict: flow.Verdict{Action: flow.Action(k % 3 % 2)},
	}
	f.Packets = uint64(1 + spread>>26)
	f.Bytes = f.Packets * uint64(40+spread>>22)
	if k%4 == 3 {
		f.Direction, f.Src, f.Dst = flow.Egress, f.Dst, f.Src
	}
	return f
}

// scan gives records of ever other addresses, more than a dictionary has room for.
func scan() []*flowlog.Record {
	records := traffic(66_000)
	for i, r := range records {
		r.Flow, r.Status = connection(1), flowlog.OK
		r.IPVersion = 6
		for n := range 4 {
			binary.BigEndian.PutUint32(r.Src[4*n:], uint32(i+1)*0x9e3779b1)
		}
	}
	return records
}

func mustWrite(t testing.TB, kind Kind, format flowlog.Format, records []*flowlog.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	w := New(&out, kind, format)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Records() != len(records) {
		t.Fatalf("%d records, %v", w.Records(), err)
	}
	return out.Bytes()
}

// TestText: a line for each record under the header line, compressed or not,
// over many buffers; and nothing but the header line for no records.
func TestText(t *testing.T) {
	format, records := flowlog.Default(), traffic(3000)
	var want []string
	for _, r := range records {
		want = append(want, string(format.Append(nil, r)))
	}
	for _, kind := range []Kind{Text, GzipText} {
		for _, n := range []int{len(want), 1, 0} {
			header, got := recordfiletest.Lines(t, mustWrite(t, kind, format, records[:n]))
			if header != format.Header() || !slices.Equal(got, want[:n]) {
				t.Errorf("kind %d: %d lines under %q, want %d", kind, len(got), header, n)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, kind := range []Kind{Text, GzipText, Parquet} {
		if !bytes.Equal(mustWrite(t, kind, flowlog.AllFields(), traffic(500)), mustWrite(t, kind, flowlog.AllFields(), traffic(500))) {
			t.Errorf("kind %d: the bytes differ", kind)
		}
	}
}

// TestFlush: lines of text are there before the end.
func TestFlush(t *testing.T) {
	var out bytes.Buffer
	w := New(&out, Text, flowlog.Default())
	if err := errors.Join(w.Write(traffic(1)[0]), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if _, got := recordfiletest.Lines(t, out.Bytes()); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// full is a disk that has room for some bytes.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriteError: a full disk is told of by Write or at the latest by Close, and
// nothing is written after it.
func TestWriteError(t *testing.T) {
	records := traffic(5000)
	for _, kind := range []Kind{Text, GzipText, Parquet} {
		for _, room := range []int{0, 3, 20_000} {
			disk := &full{room}
			w := New(disk, kind, flowlog.Default())
			for _, r := range records {
				if w.Write(r) != nil {
					break
				}
			}
			first, left := w.Close(), disk.room
			if !errors.Is(first, errFull) || !errors.Is(w.Write(records[0]), errFull) || !errors.Is(w.Close(), errFull) || disk.room != left {
				t.Errorf("kind %d with room for %d bytes: %v", kind, room, first)
			}
		}
	}
}

func TestKindOf(t *testing.T) {
	for fileFormat, want := range map[string]Kind{"": GzipText, flowlog.PlainText: GzipText, flowlog.Parquet: Parquet} {
		if got := KindOf(fileFormat); got != want {
			t.Errorf("%q: %d", fileFormat, got)
		}
	}
}
