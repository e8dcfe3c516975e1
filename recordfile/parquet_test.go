package recordfile

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

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

func mustParquet(t *testing.T, format flowlog.Format, records []*flowlog.Record) []byte {
	t.Helper()
	return mustWrite(t, Parquet, format, records)
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
	records := traffic(2*parquetRows + 100)
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			sameRows(t, recordfiletest.Rows(t, mustParquet(t, format, records)), wantRows(format, records))
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
	if got := recordfiletest.Rows(t, mustParquet(t, flowlog.Default(), records)); !slices.Equal(got, want) {
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
	if got := recordfiletest.Rows(t, body); !slices.Equal(got, []string{"10.0.1.0 vpc-1 40"}) {
		t.Errorf("rows %q", got)
	}
}

// TestParquetManyValues: a column of values that are all different stops having
// a dictionary within the file, and is read all the same.
func TestParquetManyValues(t *testing.T) {
	format, records := mustFormat(t, flowlog.VPC, "${srcaddr} ${start}"), scan()
	body := mustParquet(t, format, records)
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
	if got := recordfiletest.Rows(t, mustParquet(t, flowlog.Default(), nil)); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
