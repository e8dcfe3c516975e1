package store

import (
	"database/sql"
	"errors"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

func TestNewerDatabase(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.w.ExecContext(t.Context(), "PRAGMA user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrNewer) {
		t.Errorf("%v", err)
	}
}

// TestRestart: everything that was made is there when the database is opened again.
func TestRestart(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o := Options{Dir: dir, Now: func() time.Time { return now }}
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	head := vpc.Head{ID: "fl-1", Account: "1", Region: "r"}
	f := &flowlog.FlowLog{Head: head, ResourceID: "vpc-1", TrafficType: flowlog.AllTraffic, Destination: "arn:aws:s3:::b", Interval: 600, Created: now}
	tags := &vpc.TagSet{Head: head, Of: flowlog.Kind, Tags: []vpc.Tag{{Key: "k", Value: "v"}}}
	v := &vpc.VPC{Head: vpc.Head{ID: "vpc-1", Account: "1", Region: "r"}, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}
	made := []vpc.Resource{tags, v, f} // in order of their kinds
	for _, r := range made {
		if err := db.Keep(t.Context(), []vpc.Change{{Kind: r.Kind(), ID: r.Header().ID, Resource: r}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.AddSpool(t.Context(), 5, now, []string{"fl-1"}); err != nil {
		t.Fatal(err)
	}
	waiting, err := db.WaitingSpool(t.Context())
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%+v %v", waiting, err)
	}
	delivery, err := db.CreateDelivery(t.Context(), waiting[0], func(int64) string { return "key" })
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := db.Resources(t.Context())
	if err != nil || !reflect.DeepEqual(got, made) {
		t.Errorf("resources %+v %v", got, err)
	}
	deliveries, err := db.Deliveries(t.Context())
	if err != nil || len(deliveries) != 1 || deliveries[0].Destination != "key" || deliveries[0].ID != delivery.ID || len(deliveries[0].Files) != 1 {
		t.Errorf("deliveries %+v %v", deliveries, err)
	}
	if last, err := db.LastSpoolFile(t.Context()); err != nil || last != 5 {
		t.Errorf("last spool file %d %v", last, err)
	}
}

// TestDeliveredOnce: a delivery's mark is set once, and a transaction that would set it again does not commit.
func TestDeliveredOnce(t *testing.T) {
	db, err := Open(t.Context(), Options{Dir: t.TempDir(), Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.AddSpool(t.Context(), 1, time.Unix(0, 0), []string{"fl-1"}); err != nil {
		t.Fatal(err)
	}
	d, err := db.CreateDelivery(t.Context(), flowlog.Waiting{FlowLogID: "fl-1", Files: []int64{1}}, func(int64) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if err := db.MarkDelivered(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	err = db.tx(t.Context(), func(tx *sql.Tx, now time.Time) error {
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO log_groups (account, region, name, created_at) VALUES ('1', 'r', 'g', 0)"); err != nil {
			return err
		}
		return markDelivered(t.Context(), tx, d.ID, now)
	})
	if !errors.Is(err, ErrDelivered) {
		t.Errorf("%v", err)
	}
	if groups, err := db.LogGroups(t.Context(), "1", "r"); err != nil || len(groups) != 0 {
		t.Errorf("what came with the second mark was kept: %+v %v", groups, err)
	}
	done, err := db.DoneSpool(t.Context())
	if err != nil || len(done) != 1 {
		t.Errorf("%v %v", done, err)
	}
}
