package recordfile

import (
	"bytes"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	parquetformat "github.com/parquet-go/parquet-go/format"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile/recordfiletest"
)

func mustFormat(t *testing.T, kind flowlog.ResourceType, s string) flowlog.Format {
	t.Helper()
	f, err := flowlog.ParseFormat(kind, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
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

// TestParquetRows: every row has what the text line of the same record has.
func TestParquetRows(t *testing.T) {
	formats := map[string]flowlog.Format{
		"default":         flowlog.Default(),
		"all fields":      flowlog.AllFields(),
		"version 5":       mustFormat(t, flowlog.VPC, "${traffic-path} ${version} ${log-status} ${tcp-flags} ${subnet-id} ${pkt-dstaddr}"),
		"transit gateway": mustFormat(t, flowlog.TransitGateway, flowlog.DefaultFormat(flowlog.TransitGateway)),
	}
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			records := traffic(600)
			if len(format.Fields) < 10 {
				records = traffic(parquetRows + 100)
			}
			sameRows(t, recordfiletest.Rows(t, mustWrite(t, Parquet, format, records)), wantRows(format, records))
		})
	}
}

// sameRows compares rows in any order.
func sameRows(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("row %d is\n%s, want\n%s", i, got[i], want[i])
		}
	}
}

// TestParquetOrder: windows stay in order, with rows by their source address.
func TestParquetOrder(t *testing.T) {
	records := traffic(21)[9:] // an hour, and another from the middle on
	for _, r := range records[6:] {
		r.Start = r.Start.Add(time.Hour)
	}
	format := mustFormat(t, flowlog.VPC, "${start} ${pkt-srcaddr}")
	want := wantRows(format, records)
	for _, window := range [][]string{want[:6], want[6:]} {
		slices.SortStableFunc(window, func(a, b string) int {
			x, y := netip.MustParseAddr(strings.Fields(a)[1]), netip.MustParseAddr(strings.Fields(b)[1])
			return x.Compare(y)
		})
	}
	if got := recordfiletest.Rows(t, mustWrite(t, Parquet, format, records)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestParquetGroups: a long file is row groups, so that it need not be in memory.
func TestParquetGroups(t *testing.T) {
	var out bytes.Buffer
	format := mustFormat(t, flowlog.VPC, "${srcport} ${srcaddr}")
	w, records := New(&out, Parquet, format), traffic(3*parquetRows+100)
	w.body.(*parquetFile).group = 2 * parquetRows
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if before := out.Len(); before < parquetRows/2 || w.Close() != nil || out.Len() == before {
		t.Errorf("%d bytes before the end of %d", before, out.Len())
	}
	if n := len(mustOpen(t, out.Bytes()).RowGroups()); n != 2 {
		t.Errorf("%d row groups", n)
	}
	sameRows(t, recordfiletest.Rows(t, out.Bytes()), wantRows(format, records))
}

// TestParquetNoData: the row of AWS's documented NODATA line.
func TestParquetNoData(t *testing.T) {
	records := traffic(8)[7:]
	want := []string{"2 123456789012 " + eniID + " - - null null null null null 1767268800 1767268860 - NODATA"}
	if got := recordfiletest.Rows(t, mustWrite(t, Parquet, flowlog.Default(), records)); !slices.Equal(got, want) {
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
	meta := mustOpen(t, mustWrite(t, Parquet, flowlog.Default(), traffic(10))).Metadata()
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
	body := mustWrite(t, Parquet, format, traffic(1))
	var got []string
	for _, c := range mustOpen(t, body).Schema().Columns() {
		got = append(got, strings.Join(c, "."))
	}
	if want := []string{"srcaddr", "vpc_id", "bytes"}; !slices.Equal(got, want) {
		t.Errorf("columns %q", got)
	}
	if got := recordfiletest.Rows(t, body); !slices.Equal(got, []string{"10.0.1.0 vpc-1 40"}) {
		t.Errorf("rows %q", got)
	}
}

// TestParquetManyValues: a column of values that are all different stops having
// a dictionary within the file, and is read all the same.
func TestParquetManyValues(t *testing.T) {
	format, records := mustFormat(t, flowlog.VPC, "${srcaddr}"), scan()
	body := mustWrite(t, Parquet, format, records)
	sameRows(t, recordfiletest.Rows(t, body), wantRows(format, records))
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
	if got := recordfiletest.Rows(t, mustWrite(t, Parquet, flowlog.Default(), nil)); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
