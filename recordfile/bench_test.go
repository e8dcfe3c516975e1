package recordfile

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
)

// sharedPcaps are real captures, which are not part of the repository.
const sharedPcaps = "../../shared/pcaps"

// realMix gives about 280,000 records: the flows of real captures 4000 times,
// each time with other addresses, eight times interleaved.
func realMix(b *testing.B) []flowlog.Record {
	b.Helper()
	files, iface := realFlows(b), newInterface()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 77))
	const replicas, together = 4000, 8
	var out []flowlog.Record
	for base := 0; base < replicas; base += together {
		var open [][]flow.Flow
		for k := range together {
			open = append(open, replica(files, random.Perm(len(files)), uint32(base+k+1)*0x9e3779b1))
		}
		s := start.Add(time.Duration(base/(replicas/2)) * time.Minute)
		for len(open) > 0 {
			i := random.IntN(len(open))
			out = append(out, flowlog.Record{Flow: open[i][0], Interface: iface, Start: s, End: s.Add(time.Minute)})
			if open[i] = open[i][1:]; len(open[i]) == 0 {
				open = slices.Delete(open, i, i+1)
			}
		}
	}
	return out
}

// realFlows gives the flows of each capture.
func realFlows(b *testing.B) (files [][]flow.Flow) {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(sharedPcaps, "*.pcap*"))
	if err != nil || len(names) == 0 {
		b.Skipf("no captures in %s", sharedPcaps)
	}
	for _, name := range names {
		in, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		var flows []flow.Flow
		_, err = capture.Replay(b.Context(), in, capture.ReplayOptions{Window: time.Minute, Emit: func(w flow.Window) error {
			flows = append(flows, w.Flows...)
			return nil
		}})
		if in.Close(); err != nil {
			b.Fatalf("%s: %v", name, err)
		}
		files = append(files, flows)
	}
	return files
}

// replica gives the flows of the files in an order, with other addresses.
func replica(files [][]flow.Flow, order []int, change uint32) (out []flow.Flow) {
	for _, i := range order {
		for _, f := range files[i] {
			other(&f.Src, f.IPVersion, change)
			other(&f.Dst, f.IPVersion, change)
			out = append(out, f)
		}
	}
	return out
}

// other changes an address but for its first byte, and no multicast, broadcast or unspecified one.
func other(a *[16]byte, version uint8, change uint32) {
	at := a[12:]
	if version == 4 {
		at, change = a[:4], change&0xffffff
		if a[0] >= 0xe0 {
			return
		}
	}
	if a[0] == 0 || a[0] == 0xff {
		return
	}
	binary.BigEndian.PutUint32(at, binary.BigEndian.Uint32(at)^change)
}

// counter counts bytes.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchmark reports how many records a CPU second writes, and their size in the file.
func benchmark(b *testing.B, records []flowlog.Record, write func(io.Writer) *Writer) {
	b.ReportAllocs()
	var out counter
	begin := cpu(b)
	for b.Loop() {
		out.n = 0
		w := write(&out)
		for i := range records {
			if err := w.Write(&records[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(records))/(cpu(b)-begin).Seconds(), "records/CPU-s")
	b.ReportMetric(float64(out.n)/float64(len(records)), "B/record")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkText(b *testing.B) {
	benchmark(b, realMix(b), func(out io.Writer) *Writer { return New(out, Text, flowlog.Default()) })
}

func BenchmarkGzipText(b *testing.B) {
	records := realMix(b)
	for name, format := range formats() {
		b.Run(name, func(b *testing.B) {
			benchmark(b, records, func(out io.Writer) *Writer { return New(out, GzipText, format) })
		})
	}
}

func BenchmarkParquet(b *testing.B) {
	records := realMix(b)
	for name, format := range formats() {
		b.Run(name, func(b *testing.B) {
			benchmark(b, records, func(out io.Writer) *Writer { return New(out, Parquet, format) })
		})
	}
}

func formats() map[string]flowlog.Format {
	return map[string]flowlog.Format{"default": flowlog.Default(), "all": flowlog.AllFields()}
}
