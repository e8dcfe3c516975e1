package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/logevent"
)

const logAccount, logRegion = "123456789012", "eu-west-1"

func newLogsDB(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{Dir: t.TempDir(), Volatile: true, Now: func() time.Time { return time.UnixMilli(1_000_000) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// batch makes events of these timestamps whose messages are stream and index.
func batch(stream string, at ...int64) logevent.Batch {
	b := logevent.Batch{Stream: stream}
	for i, ms := range at {
		b.Events = append(b.Events, logevent.Event{Timestamp: ms, Message: fmt.Sprint(stream, i)})
	}
	return b
}

func mustDeliver(t *testing.T, db *DB, batches ...logevent.Batch) {
	t.Helper()
	if err := db.DeliverLogEvents(t.Context(), logAccount, logRegion, "g", batches, 0); err != nil {
		t.Fatal(err)
	}
}

func everything() logevent.Query {
	return logevent.Query{Account: logAccount, Region: logRegion, Group: "g", Before: logevent.End, To: math.MaxInt64, Limit: 1000}
}

func mustRead(t *testing.T, db *DB, q logevent.Query) (events []logevent.Event, messages string) {
	t.Helper()
	events, err := db.LogEvents(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		all = append(all, e.Message)
	}
	return events, strings.Join(all, " ")
}

// TestDeliverLogEventsOnce: the same manifest sent again changes nothing.
func TestDeliverLogEventsOnce(t *testing.T) {
	db := newLogsDB(t)
	w := flowlog.Waiting{FlowLogID: "fl-1", Slot: time.Unix(300, 0)}
	d, err := db.CreateDelivery(t.Context(), w, func(int64) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	deliver := func(id int64) error {
		return db.DeliverLogEvents(t.Context(), logAccount, logRegion, "g", []logevent.Batch{batch("s", 1, 2)}, id)
	}
	if err := deliver(d.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{d.ID, 99} { // delivered, unknown
		if err := deliver(id); !errors.Is(err, ErrDelivered) {
			t.Errorf("delivery %d: %v", id, err)
		}
	}
	if _, got := mustRead(t, db, everything()); got != "s0 s1" {
		t.Errorf("events %q", got)
	}
}

// TestDeliverLogEventsAtomic: nothing of an interrupted delivery is seen, not even its group.
func TestDeliverLogEventsAtomic(t *testing.T) {
	db := newLogsDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.DeliverLogEvents(ctx, logAccount, logRegion, "g", []logevent.Batch{batch("s", 1)}, 0); err == nil {
		t.Fatal("no error")
	}
	if groups, err := db.LogGroups(t.Context(), logAccount, logRegion); err != nil || len(groups) != 0 {
		t.Errorf("%+v %v", groups, err)
	}
}

// TestLogEventsOrder: by timestamp, then as they arrived, whatever the stream; ids sort alike.
func TestLogEventsOrder(t *testing.T) {
	db := newLogsDB(t)
	mustDeliver(t, db, batch("a", 20, 10, 20), batch("b", 20, 5))
	mustDeliver(t, db, batch("a", 10)) // late
	events, got := mustRead(t, db, everything())
	if got != "b1 a1 a0 a0 a2 b0" {
		t.Errorf("order %q", got)
	}
	for i, e := range events {
		if len(e.ID) != 56 || i > 0 && e.ID <= events[i-1].ID {
			t.Errorf("id %d: %s", i, e.ID)
		}
	}
	streams, err := db.LogStreams(t.Context(), logAccount, logRegion, "g")
	if err != nil || len(streams) != 2 || streams[0].First != 10 || streams[0].Last != 20 || streams[0].Events != 4 || streams[1].First != 5 {
		t.Errorf("%+v %v", streams, err)
	}
}

// TestLogEventsPaging: pages of any size, in either direction, hold every event
// once, also where many have the same timestamp.
func TestLogEventsPaging(t *testing.T) {
	db := newLogsDB(t)
	mustDeliver(t, db, batch("a", 1, 1, 1, 2, 3, 3, 3, 3, 9), batch("b", 3, 3, 3))
	for _, streams := range [][]string{nil, {"a"}, {"a", "b"}} {
		for _, latest := range []bool{false, true} {
			for size := 1; size <= 13; size++ {
				q := everything()
				q.Streams = streams
				_, want := mustRead(t, db, q)
				q.Latest, q.Limit = latest, size
				var got []string
				for {
					events, page := mustRead(t, db, q)
					if len(events) == 0 {
						break
					}
					if latest {
						q.Before, _ = logevent.ParseID(events[0].ID)
						got = append([]string{page}, got...)
					} else {
						q.After, _ = logevent.ParseID(events[len(events)-1].ID)
						got = append(got, page)
					}
				}
				if all := strings.Join(got, " "); all != want {
					t.Errorf("streams %q latest %t pages of %d: %q, want %q", streams, latest, size, all, want)
				}
			}
		}
	}
}

func TestLogEventsRange(t *testing.T) {
	db := newLogsDB(t)
	mustDeliver(t, db, batch("s", 1, 2, 3, 4, 5))
	after3 := logevent.Position{Timestamp: 3, Seq: math.MaxInt64}
	tests := []struct {
		name  string
		query func(*logevent.Query)
		want  string
	}{
		{"both ends included", func(q *logevent.Query) { q.From, q.To = 2, 4 }, "s1 s2 s3"},
		{"a token behind the start of the range", func(q *logevent.Query) { q.From, q.After = 2, after3 }, "s3 s4"},
		{"a token before the start of the range", func(q *logevent.Query) { q.From, q.After = 5, after3 }, "s4"},
		{"a token before the end of the range", func(q *logevent.Query) { q.To, q.Before = 5, after3 }, "s0 s1 s2"},
		{"a range that is empty", func(q *logevent.Query) { q.From, q.To = 4, 2 }, ""},
		{"the byte that is too many", func(q *logevent.Query) { q.Bytes = 2 * logevent.Size("s0") }, "s0 s1 s2"},
		{"bytes from the end", func(q *logevent.Query) { q.Bytes, q.Latest = logevent.Size("s0"), true }, "s3 s4"},
	}
	for _, tt := range tests {
		q := everything()
		tt.query(&q)
		if _, got := mustRead(t, db, q); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLogGroupsAreApart: accounts and Regions do not see each other, and a
// group that is made again after its deletion is empty.
func TestLogGroupsAreApart(t *testing.T) {
	db := newLogsDB(t)
	mustDeliver(t, db, batch("s", 1))
	if err := db.DeliverLogEvents(t.Context(), logAccount, "us-east-1", "g", []logevent.Batch{batch("other", 1)}, 0); err != nil {
		t.Fatal(err)
	}
	if _, got := mustRead(t, db, everything()); got != "s0" {
		t.Errorf("events %q", got)
	}
	if err := db.DeleteLogGroup(t.Context(), logAccount, logRegion, "g"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.LogEvents(t.Context(), everything()); !errors.Is(err, logevent.ErrNoGroup) {
		t.Errorf("after the deletion: %v", err)
	}
	if err := db.CreateLogGroup(t.Context(), logAccount, logRegion, "g"); err != nil {
		t.Fatal(err)
	}
	if _, got := mustRead(t, db, everything()); got != "" {
		t.Errorf("made again: %q", got)
	}
	q := everything()
	q.Region = "us-east-1"
	if _, got := mustRead(t, db, q); got != "other0" {
		t.Errorf("the other Region's: %q", got)
	}
}
