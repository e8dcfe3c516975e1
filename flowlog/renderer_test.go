package flowlog

import (
	"net/netip"
	"slices"
	"strconv"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// everyField gives formats: each field alone, each between two others, and all together.
func everyField() (out []Format) {
	for _, kind := range []ResourceType{VPC, TransitGateway} {
		fields := Fields(kind)
		out = append(out, Format{Fields: fields, Version: 11})
		for _, f := range fields {
			out = append(out, Format{Fields: []*Field{f}, Version: f.Version}, Format{Fields: []*Field{fields[0], f, lookup(fields, "bytes")}, Version: 9})
		}
	}
	return append(out, Default())
}

// changedRecords gives records that follow each other with all that can change
// in between: the flow, the window, the status, the interface.
func changedRecords() []*Record {
	other := *testRecord().Interface
	other.ID, other.Account, other.PrivateIP = "eni-2", "210987654321", netip.Addr{}
	out := []*Record{testRecord(), testRecord()} // each with an Interface of its own
	for _, change := range []func(*Record){
		func(r *Record) { r.SrcPort, r.Src, r.Dst = 0, addr16("255.9.10.99"), addr16("0.0.0.100") },
		func(r *Record) { r.Direction = flow.Egress },
		func(r *Record) { r.Direction, r.Verdict.Action = flow.Unknown, flow.Reject },
		func(r *Record) { r.Src, r.Dst, r.IPVersion = addr16("2001:db8::2"), addr16("fe80::1"), 6 },
		func(r *Record) { r.Start, r.End = r.End, r.End.Add(60e9) },
		func(r *Record) { r.End = r.End.Add(60e9) },
		func(r *Record) { r.Packets, r.Bytes = 1<<63+5, 1<<63 },
		func(r *Record) { r.Flow, r.Status = flow.Flow{}, NoData },
		func(r *Record) { r.Flow, r.Status = flow.Flow{}, SkipData },
		func(r *Record) { r.Interface = &other },
		func(r *Record) {
			r.Lookup = &Lookup{TagFields: []TagField{{"instance", []string{"team", "env"}}, {"network-interface", []string{"name"}}}, Services: documented{}}
		},
		func(r *Record) {
			r.Hop = &Hop{8, "eni-3", "subnet-3", "use1-az3", "vpc-3", "vpc_endpoint", vpc.NitroEncrypted}
			r.Lookup, r.Direction, r.Dst = &Lookup{Services: documented{}}, flow.Egress, addr16("52.95.128.179")
		},
		func(r *Record) { *r = *transitRecord() },
		func(r *Record) { r.Interface = &Interface{RegionalNAT: "nat-1"} },
	} {
		r := testRecord()
		r.Interface = out[0].Interface
		change(r)
		out = append(out, r, out[0])
	}
	return out
}

// TestRendererLines: a Renderer gives what Format gives, whatever came before.
func TestRendererLines(t *testing.T) {
	for _, f := range everyField() {
		r := NewRenderer(f)
		for i, rec := range changedRecords() {
			if got, want := r.Append(nil, rec), f.Append(nil, rec); !slices.Equal(got, want) {
				t.Fatalf("%s, record %d:\ngot  %q\nwant %q", f, i, got, want)
			}
		}
	}
}

func TestAppendInt(t *testing.T) {
	for _, n := range []int64{0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 12_345, 99_999, 100_000, 1<<63 - 1, -1, -1 << 63} {
		if got, want := string(appendInt(nil, n)), strconv.FormatInt(n, 10); got != want {
			t.Errorf("%s is %s", want, got)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	records, dst := changedRecords(), make([]byte, 0, 4096)
	for _, f := range everyField() {
		r := NewRenderer(f)
		if n := testing.AllocsPerRun(10, func() {
			for _, rec := range records {
				dst = r.Append(f.Append(dst[:0], rec), rec)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", f, n)
		}
	}
}

func BenchmarkRenderer(b *testing.B) {
	r, rec, dst := NewRenderer(Default()), testRecord(), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = r.Append(dst[:0], rec)
	}
}
