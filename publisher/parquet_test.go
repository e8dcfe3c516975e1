package publisher

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	parquetformat "github.com/parquet-go/parquet-go/format"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// traffic gives n records: connections of clients in another subnet in both
// directions, some rejected, and between them NODATA and SKIPDATA.
func traffic(n int) []*flowlog.Record {
	i := &flowlog.Interface{
		ENI: vpc.ENI{
			Head: vpc.Head{ID: eniID, Account: account, Region: region}, VPCID: "vpc-1", SubnetID: "subnet-1",
			Zone: vpc.Zone{ID: "use1-az1"}, PrivateIP: netip.MustParseAddr("10.0.0.5"),
		},
	}
	out := make([]*flowlog.Record, n)
	for k := range out {
		s := start.Add(time.Duration(k/10_000) * time.Minute)
		r := &flowlog.Record{Interface: i, Start: s, End: s.Add(time.Minute), Status: flowlog.OK}
		out[k] = r
		switch k % 500 {
		case 7:
			r.Status = flowlog.NoData
			continue
		case 8:
			r.Status = flowlog.SkipData
			continue
		}
		spread := uint32(k) * 0x9e3779b1
		r.Flow = tcp(uint16(32768+spread>>18), []flow.Action{flow.Accept, flow.Reject}[k%3%2])
		r.Src = [16]byte{10, 0, 1, byte(spread >> 8)}
		r.Packets = uint64(1 + spread>>26)
		r.Bytes = r.Packets * uint64(40+spread>>22)
		if k%4 == 3 {
			r.Direction, r.Src, r.Dst = flow.Egress, r.Dst, r.Src
		}
	}
	return out
}

func each(records []*flowlog.Record) iter.Seq2[*flowlog.Record, error] {
	return func(yield func(*flowlog.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func mustFormat(t *testing.T, kind flowlog.ResourceType, s string) flowlog.Format {
	t.Helper()
	f, err := flowlog.ParseFormat(kind, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustParquet(t *testing.T, format flowlog.Format, records []*flowlog.Record) []byte {
	t.Helper()
	body, n, err := parquetFile(format, each(records))
	if err != nil || n != len(records) {
		t.Fatalf("%d records, %v", n, err)
	}
	return body
}

// wantRows gives the lines of the text format, with null for a number that is not there.
func wantRows(format flowlog.Format, records []*flowlog.Record) (out []string) {
	for _, r := range records {
		values := strings.Split(string(format.Append(nil, r)), " ")
		for i, f := range format.Fields {
			if f.Type != flowlog.String && values[i] == "-" {
				values[i] = "null"
			}
		}
		out = append(out, strings.Join(values, " "))
	}
	return out
}

func mustOpen(t *testing.T, body []byte) *parquet.File {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// libraryRows reads a file's rows with the library that wrote it.
func libraryRows(t *testing.T, body []byte) (out []string) {
	t.Helper()
	for _, group := range mustOpen(t, body).RowGroups() {
		rows, buf := group.Rows(), make([]parquet.Row, 100)
		defer rows.Close()
		for {
			n, err := rows.ReadRows(buf)
			for _, row := range buf[:n] {
				values := make([]string, len(row))
				for i, v := range row {
					if values[i] = v.String(); v.IsNull() {
						values[i] = "null"
					}
				}
				out = append(out, strings.Join(values, " "))
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// TestParquetRows: every row has what the text line of the same record has.
func TestParquetRows(t *testing.T) {
	formats := map[string]flowlog.Format{
		"default":         flowlog.Default(),
		"all fields":      flowlog.AllFields(),
		"version 5":       mustFormat(t, flowlog.VPC, "${traffic-path} ${version} ${log-status} ${tcp-flags} ${subnet-id} ${pkt-dstaddr}"),
		"transit gateway": mustFormat(t, flowlog.TransitGateway, flowlog.DefaultFormat(flowlog.TransitGateway)),
	}
	records := traffic(2*parquetRows + 100)
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			sameRows(t, libraryRows(t, mustParquet(t, format, records)), wantRows(format, records))
		})
	}
}

func sameRows(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("row %d is\n%s, want\n%s", i, got[i], want[i])
		}
	}
}

// TestParquetNoData: the row of AWS's documented NODATA line.
func TestParquetNoData(t *testing.T) {
	records := traffic(8)[7:]
	want := []string{"2 123456789012 " + eniID + " - - null null null null null 1767268800 1767268860 - NODATA"}
	if got := libraryRows(t, mustParquet(t, flowlog.Default(), records)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// defaultSchema is the columns of the default format by AWS's table "Parquet data
// type": INT_32, INT_64 and STRING, which is UTF8, with _ in the names.
func defaultSchema() []string {
	return []string{
		"version INT32 INT_32 GZIP", "account_id BYTE_ARRAY UTF8 GZIP", "interface_id BYTE_ARRAY UTF8 GZIP",
		"srcaddr BYTE_ARRAY UTF8 GZIP", "dstaddr BYTE_ARRAY UTF8 GZIP", "srcport INT32 INT_32 GZIP", "dstport INT32 INT_32 GZIP",
		"protocol INT32 INT_32 GZIP", "packets INT64 INT_64 GZIP", "bytes INT64 INT_64 GZIP", "start INT64 INT_64 GZIP",
		"end INT64 INT_64 GZIP", "action BYTE_ARRAY UTF8 GZIP", "log_status BYTE_ARRAY UTF8 GZIP",
	}
}

func TestParquetSchema(t *testing.T) {
	converted := map[deprecated.ConvertedType]string{deprecated.UTF8: "UTF8", deprecated.Int32: "INT_32", deprecated.Int64: "INT_64"}
	meta := mustOpen(t, mustParquet(t, flowlog.Default(), traffic(10))).Metadata()
	var got []string
	for i, c := range meta.Schema[1:] { // the first is the root
		codec := meta.RowGroups[0].Columns[i].MetaData.Codec
		got = append(got, strings.Join([]string{c.Name, c.Type.V.String(), converted[c.ConvertedType.V], codec.String()}, " "))
	}
	if want := defaultSchema(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestParquetColumns: names in the format's order; what comes again is one column.
func TestParquetColumns(t *testing.T) {
	format := mustFormat(t, flowlog.VPC, "${srcaddr} ${vpc-id} ${bytes} ${srcaddr}")
	body := mustParquet(t, format, traffic(1))
	var got []string
	for _, c := range mustOpen(t, body).Schema().Columns() {
		got = append(got, strings.Join(c, "."))
	}
	if want := []string{"srcaddr", "vpc_id", "bytes"}; !slices.Equal(got, want) {
		t.Errorf("columns %q", got)
	}
	if got := libraryRows(t, body); !slices.Equal(got, []string{"10.0.1.0 vpc-1 40"}) {
		t.Errorf("rows %q", got)
	}
}

// scan gives records of ever other addresses, more than a dictionary has room for.
func scan() []*flowlog.Record {
	records := traffic(70_000)
	for i, r := range records {
		r.Flow, r.Status = tcp(1, flow.Reject), flowlog.OK
		r.IPVersion = 6
		for n := range 4 {
			binary.BigEndian.PutUint32(r.Src[4*n:], uint32(i+1)*0x9e3779b1)
		}
	}
	return records
}

// TestParquetManyValues: a column of values that are all different stops having
// a dictionary within the file, and is read all the same.
func TestParquetManyValues(t *testing.T) {
	format, records := mustFormat(t, flowlog.VPC, "${srcaddr} ${start}"), scan()
	body := mustParquet(t, format, records)
	sameRows(t, libraryRows(t, body), wantRows(format, records))
	encodings := map[parquetformat.Encoding]bool{}
	for _, pages := range mustOpen(t, body).Metadata().RowGroups[0].Columns[0].MetaData.EncodingStats {
		if pages.PageType == parquetformat.DataPage {
			encodings[pages.Encoding] = true
		}
	}
	if want := map[parquetformat.Encoding]bool{parquetformat.RLEDictionary: true, parquetformat.Plain: true}; !maps.Equal(encodings, want) {
		t.Errorf("srcaddr has pages %v", encodings)
	}
}

func TestParquetOfNothing(t *testing.T) {
	if got := libraryRows(t, mustParquet(t, flowlog.Default(), nil)); len(got) != 0 {
		t.Errorf("%q", got)
	}
	broken := errors.New("broken")
	_, _, err := parquetFile(flowlog.Default(), func(yield func(*flowlog.Record, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("an error of the records became %v", err)
	}
}

func TestParquetSameBytes(t *testing.T) {
	if !bytes.Equal(mustParquet(t, flowlog.AllFields(), traffic(3000)), mustParquet(t, flowlog.AllFields(), traffic(3000))) {
		t.Error("the bytes differ")
	}
}

// TestParquetObject: a flow log for Parquet beside one for text has the same records.
func TestParquetObject(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	g := f.log
	g.ID, g.FileFormat = "fl-parquet", flowlog.Parquet
	f.put(t, &g)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept), tcp(2, flow.Reject))})
	res := f.Deliver(t.Context())
	if len(res.Errors) != 0 || len(res.Receipts) != 2 {
		t.Fatalf("%+v", res)
	}
	for _, r := range res.Receipts {
		if !strings.Contains(r.Key, g.ID) {
			continue
		}
		want := []string{
			"2 123456789012 " + eniID + " 192.0.2.1 10.0.0.5 1 80 6 2 120 1767268800 1767268810 ACCEPT OK",
			"2 123456789012 " + eniID + " 192.0.2.1 10.0.0.5 2 80 6 2 120 1767268800 1767268810 REJECT OK",
		}
		if got := libraryRows(t, f.objects.puts["b/"+r.Key]); !slices.Equal(got, want) || r.Records != 2 || !strings.HasSuffix(r.Key, ".log.parquet") {
			t.Errorf("%+v: %q", r, got)
		}
		return
	}
	t.Error("no Parquet object was made")
}

func BenchmarkParquet(b *testing.B) {
	records := traffic(100_000)
	for name, format := range map[string]flowlog.Format{"default": flowlog.Default(), "all": flowlog.AllFields()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				body, _, err := parquetFile(format, each(records))
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(size)/float64(len(records)), "B/record")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(records)), "ns/record")
		})
	}
}
