package publisher

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"slices"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

func testEntries() []entry {
	return []entry{
		{Interface: flowlog.Interface{}, Start: start.UnixNano(), End: start.UnixNano() + 1e10, FlowLogs: []string{"fl-1", "fl-2"}, flows: []flow.Flow{tcp(1, flow.Accept), tcp(2, flow.Reject)}},
		{
			Start: start.UnixNano(), End: start.UnixNano() + 1e10, FlowLogs: []string{"fl-hops"}, Hops: []flowlog.Hop{{Path: 1}, {Path: 8}}, hop: []uint32{1, 0},
			flows: []flow.Flow{tcp(3, flow.Accept), blocked()},
		},
		{Start: start.UnixNano(), End: start.UnixNano() + 1e10, FlowLogs: []string{"fl-hop"}, Hops: []flowlog.Hop{{Path: 3}}, flows: []flow.Flow{tcp(4, flow.Accept)}},
		{Start: start.UnixNano(), End: start.UnixNano() + 1e10, FlowLogs: []string{"fl-2"}, Status: flowlog.SkipData},
	}
}

// blocked is a flow that Block Public Access rejected.
func blocked() flow.Flow {
	f := tcp(9, flow.Reject)
	f.Verdict.Reason = flow.PublicAccessBlocked
	return f
}

// TestSpooledHops: each flow has its hop again, its verdict and the reason.
func TestSpooledHops(t *testing.T) {
	s := spool{dir: t.TempDir()}
	if _, err := s.write(1, start, testEntries()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]int{"fl-hops": {8, 1}, "fl-hop": {3}} {
		var got []int
		for r, err := range newSpoolReader(s).records([]int64{1}, &flowlog.FlowLog{Head: vpc.Head{ID: id}, TrafficType: flowlog.AllTraffic}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Hop.Path)
			if r.SrcPort == 9 && r.Verdict != blocked().Verdict {
				t.Errorf("verdict %+v", r.Verdict)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

// TestFirstSpoolFormat: what an earlier flowemu left is read. Its files are those
// of today without hops, but for their name.
func TestFirstSpoolFormat(t *testing.T) {
	var b bytes.Buffer
	if _, err := encodeSpool(&b, start, testEntries()[:1]); err != nil {
		t.Fatal(err)
	}
	text := append([]byte("flowspl1"), b.Bytes()[len(spoolMagic):b.Len()-4]...)
	text = binary.LittleEndian.AppendUint32(text, crc32.ChecksumIEEE(text))
	if x, err := readIndex(bytes.NewReader(text), int64(len(text))); err != nil || x.entries[0].Count != 2 {
		t.Errorf("%+v %v", x, err)
	}
}

func TestSpoolRoundTrip(t *testing.T) {
	s := spool{dir: t.TempDir()}
	size, err := s.write(7, start, testEntries())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.path(7)); err != nil || info.Size() != size {
		t.Errorf("size %d, %v %v", size, info, err)
	}
	for id, want := range map[string]int{"fl-1": 2, "fl-2": 3, "fl-3": 0} {
		n := 0
		for r, err := range newSpoolReader(s).records([]int64{7}, &flowlog.FlowLog{Head: vpc.Head{ID: id}, TrafficType: flowlog.AllTraffic}) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Status == flowlog.OK && r.Flow != testEntries()[0].flows[n] {
				t.Errorf("%s: record %d is %+v", id, n, r.Flow)
			}
			n++
		}
		if n != want {
			t.Errorf("%s: %d records, want %d", id, n, want)
		}
	}
}

// TestDamagedSpool: a byte that changed is found, and the records stop with an error.
func TestDamagedSpool(t *testing.T) {
	s := spool{dir: t.TempDir()}
	if _, err := s.write(1, start, testEntries()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.path(1))
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(s.path(1), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.index(1); err == nil {
		t.Error("the damage was not found")
	}
	for r, err := range newSpoolReader(s).records([]int64{1}, &flowlog.FlowLog{Head: vpc.Head{ID: "fl-1"}}) {
		if err == nil {
			t.Errorf("a record of a damaged file: %+v", r)
		}
	}
}

// FuzzSpool: whatever the bytes, reading ends without a panic.
func FuzzSpool(f *testing.F) {
	var b bytes.Buffer
	if _, err := encodeSpool(&b, start, testEntries()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes()[:b.Len()-4])
	f.Add([]byte(spoolMagic))
	f.Fuzz(func(_ *testing.T, text []byte) {
		// With the right sum, so that what is behind it is tried, too.
		text = binary.LittleEndian.AppendUint32(text, crc32.ChecksumIEEE(text))
		r := bytes.NewReader(text)
		if x, err := readIndex(r, r.Size()); err == nil {
			_, _ = x.records(r, &flowlog.FlowLog{Head: vpc.Head{ID: "fl-1"}, TrafficType: flowlog.AllTraffic}, nil, func(*flowlog.Record, error) bool { return true })
		}
	})
}

func BenchmarkRender(b *testing.B) {
	s := spool{dir: b.TempDir()}
	entries := testEntries()
	for i := range 10_000 {
		entries[0].flows = append(entries[0].flows, tcp(uint16(i), flow.Accept))
	}
	if _, err := s.write(1, start, entries); err != nil {
		b.Fatal(err)
	}
	fl := &flowlog.FlowLog{Head: vpc.Head{ID: "fl-1"}, TrafficType: flowlog.AllTraffic}
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		_, n, err := file(fl, flowlog.Default(), newSpoolReader(s).records([]int64{1}, fl))
		if err != nil {
			b.Fatal(err)
		}
		records += n
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
}
