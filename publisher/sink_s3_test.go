package publisher

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile/recordfiletest"
)

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
		if got := recordfiletest.Rows(t, f.objects.puts["b/"+r.Key]); !slices.Equal(got, want) || r.Records != 2 || !strings.HasSuffix(r.Key, ".log.parquet") {
			t.Errorf("%+v: %q", r, got)
		}
		return
	}
	t.Error("no Parquet object was made")
}

// TestFileOfBrokenRecords: there is no file of a part of the records.
func TestFileOfBrokenRecords(t *testing.T) {
	broken := errors.New("broken")
	_, _, err := file(&flowlog.FlowLog{}, flowlog.Default(), func(yield func(*flowlog.Record, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("an error of the records became %v", err)
	}
}
