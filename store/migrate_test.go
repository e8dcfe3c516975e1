package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// openAt makes a database as a program that knew only the first n migrations left it.
func openAt(t *testing.T, dir string, n int, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, DBName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := apply(t.Context(), db, "migrations/"+files[i].Name(), i+1); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestResourcesMigration: tags and flow logs of the tables that were before are resources.
func TestResourcesMigration(t *testing.T) {
	dir := t.TempDir()
	openAt(t, dir, 3,
		`INSERT INTO network VALUES ('vpc-1', 'vpc', '1', 'r', '{"ID":"vpc-1","Account":"1","Region":"r","CIDRs":["10.0.0.0/16"],"Default":true}')`,
		`INSERT INTO tags VALUES ('1', 'r', 'fl-1', 'vpc-flow-log', 'b', 'two'), ('1', 'r', 'fl-1', 'vpc-flow-log', 'a', 'one'), ('1', 'r', 'vpc-1', 'vpc', 'Name', 'home')`,
		`INSERT INTO flow_logs (id, account, region, config, created_at, failure) VALUES
			('fl-1', '1', 'r', '{"ID":"fl-1","Account":"1","Region":"r","ResourceID":"vpc-1","TrafficType":"ALL","Interval":600}', 1767225600123, 'Access error')`,
		`INSERT INTO flow_logs (id, account, region, config, created_at, deleted_at) VALUES ('fl-2', '1', 'r', '{"ID":"fl-2","Account":"1","Region":"r"}', 1767225600123, 1767225700000)`,
		`INSERT INTO spool (file, flow_log_id, slot) VALUES (1, 'fl-2', 0)`,
	)
	db, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	inv, err := vpc.NewInventory(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	s := inv.Snapshot()
	// The id that the default VPC's first subnet had before, as a flow log may have it.
	if err := inv.EnsureDefault(t.Context(), "000000000000", "us-east-1"); err != nil || inv.Snapshot().Subnet("subnet-10823340bcdaff5cd") == nil {
		t.Errorf("another id for a default subnet: %v", err)
	}
	if tags := s.Tags("fl-1"); len(tags) != 2 || tags[0] != (vpc.Tag{Key: "a", Value: "one"}) || len(s.Tags("vpc-1")) != 1 {
		t.Errorf("tags %v", tags)
	}
	logs := vpc.List[flowlog.FlowLog](s, "1", "r")
	if len(logs) != 1 || logs[0].Failure != "Access error" || !logs[0].Created.Equal(time.UnixMilli(1767225600123)) || logs[0].Interval != 600 {
		t.Errorf("flow logs %+v", logs)
	}
	if deleted, err := db.FlowLog(t.Context(), "fl-2"); err != nil || deleted.ID != "fl-2" {
		t.Errorf("the deleted flow log that has something to be delivered: %+v %v", deleted, err)
	}
	if _, err := db.FlowLog(t.Context(), "fl-3"); !errors.Is(err, flowlog.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
