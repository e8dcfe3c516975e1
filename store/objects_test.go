package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/flowemu/flowemu/object"
)

func newObjects(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{Dir: t.TempDir(), Volatile: true, Now: func() time.Time { return time.UnixMilli(1234567) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.CreateBucket(t.Context(), object.Bucket{Name: "bkt", Region: "us-east-1", Account: "1"}); err != nil {
		t.Fatal(err)
	}
	return db
}

func putNew(t *testing.T, db *DB, key, blob string) {
	t.Helper()
	if _, err := db.PutObject(t.Context(), &object.Object{Bucket: "bkt", Key: key, MD5: []byte{1}, ETag: "e", Blob: blob}, object.Condition{}, 0); err != nil {
		t.Fatal(err)
	}
}

func TestObjectAndDeliveryAreOneTransaction(t *testing.T) {
	db, ctx := newObjects(t), t.Context()
	var id int64
	err := db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		r, err := tx.ExecContext(ctx, "INSERT INTO deliveries (flow_log_id, slot, destination, created_at) VALUES ('fl-1', 0, 'k', 1)")
		if err == nil {
			id, err = r.LastInsertId()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o := object.Object{Bucket: "nobkt", Key: "k", MD5: []byte{1}, Blob: "one", Metadata: map[string]string{"a": "b"}}
	if _, err := db.PutObject(ctx, &o, object.Condition{}, id); !errors.Is(err, object.ErrNoBucket) {
		t.Fatal(err) // and the delivery is not marked
	}
	o.Bucket = "bkt"
	if old, err := db.PutObject(ctx, &o, object.Condition{}, id); err != nil || old != "" || o.Modified.UnixMilli() != 1234567 {
		t.Fatal(old, err, o.Modified)
	}
	o.Blob = "two"
	if _, err := db.PutObject(ctx, &o, object.Condition{}, id); !errors.Is(err, ErrDelivered) {
		t.Errorf("delivered twice: %v", err)
	}
	if got, err := db.Object(ctx, "bkt", "k"); err != nil || got.Blob != "one" || got.Metadata["a"] != "b" || !bytes.Equal(got.MD5, []byte{1}) {
		t.Errorf("%+v %v", got, err)
	}
	if old, err := db.PutObject(ctx, &o, object.Condition{}, 0); err != nil || old != "one" {
		t.Errorf("replaced %q, %v", old, err)
	}
}

func TestObjectsInByteOrder(t *testing.T) {
	db, ctx := newObjects(t), t.Context()
	keys := []string{"", "\x00", "\x00a", "A", "a", "a\x00", "a/b", "a/b/c", "a0", "z", "ä", "\U0001f642", "\U0010ffff\U0010ffff"}
	for i, k := range keys {
		putNew(t, db, k, fmt.Sprint(i))
	}
	page, err := db.Objects(ctx, "bkt", object.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range page.Objects {
		got = append(got, o.Key)
	}
	if !slices.Equal(got, keys) || page.Truncated {
		t.Errorf("%q", got)
	}
	page, err = db.Objects(ctx, "bkt", object.Query{Prefix: "a", Delimiter: "/", After: "a", Limit: 2})
	if err != nil || !page.Truncated || page.Next != "a/" || !slices.Equal(page.Prefixes, []string{"a/"}) || len(page.Objects) != 1 {
		t.Errorf("%+v %v", page, err)
	}
	page, err = db.Objects(ctx, "bkt", object.Query{Prefix: "a", Delimiter: "/", After: "a/", Limit: 2})
	if err != nil || page.Truncated || len(page.Prefixes) != 0 || len(page.Objects) != 1 || page.Objects[0].Key != "a0" {
		t.Errorf("%+v %v", page, err)
	}
}

func TestDeleteIsAllOrNothing(t *testing.T) {
	db, ctx := newObjects(t), t.Context()
	putNew(t, db, "a", "1")
	putNew(t, db, "b", "2")
	if _, err := db.DeleteBucket(ctx, "bkt"); !errors.Is(err, object.ErrBucketNotEmpty) {
		t.Error(err)
	}
	if _, err := db.DeleteObjects(ctx, "bkt", []string{"a"}, object.Condition{IfMatch: "x"}); !errors.Is(err, object.ErrPrecondition) {
		t.Error(err)
	}
	blobs, err := db.DeleteObjects(ctx, "bkt", []string{"a", "none", "b", "a"}, object.Condition{})
	if err != nil || !slices.Equal(blobs, []string{"1", "2"}) {
		t.Error(blobs, err)
	}
	if err := db.CreateUpload(ctx, object.Upload{ID: "up", Bucket: "bkt", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.PutPart(ctx, "up", object.Part{Number: 1, MD5: []byte{1}, Blob: "p"}); err != nil {
		t.Fatal(err)
	}
	if used := used(t, db); !slices.Equal(used, []string{"p"}) {
		t.Error(used)
	}
	if blobs, err := db.DeleteBucket(ctx, "bkt"); err != nil || !slices.Equal(blobs, []string{"p"}) {
		t.Error(blobs, err)
	}
	if _, err := db.DeleteBucket(ctx, "bkt"); !errors.Is(err, object.ErrNoBucket) {
		t.Error(err)
	}
	if _, err := db.PutPart(ctx, "up", object.Part{Number: 1, MD5: []byte{1}}); !errors.Is(err, object.ErrNoUpload) {
		t.Error(err)
	}
	if used := used(t, db); len(used) != 0 {
		t.Error(used)
	}
}

func used(t *testing.T, db *DB) (all []string) {
	t.Helper()
	for id, err := range db.Blobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, id)
	}
	return all
}

func TestUploadsPage(t *testing.T) {
	db, ctx := newObjects(t), t.Context()
	for _, id := range []string{"1", "2", "3"} {
		for _, key := range []string{"a", "b"} {
			if err := db.CreateUpload(ctx, object.Upload{ID: key + id, Bucket: "bkt", Key: key}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range []struct {
		prefix, key, id string
		want            string
	}{
		{"", "", "", "[a1 a2 a3 b1]"}, {"b", "", "", "[b1 b2 b3]"}, {"", "a", "", "[b1 b2 b3]"}, {"", "a", "a1", "[a2 a3 b1 b2]"}, {"", "b", "b3", "[]"},
	} {
		us, err := db.Uploads(ctx, "bkt", row.prefix, row.key, row.id, 4)
		ids := []string{}
		for _, u := range us {
			ids = append(ids, u.ID)
		}
		if err != nil || fmt.Sprint(ids) != row.want {
			t.Errorf("%+v: %v %v", row, ids, err)
		}
	}
}

func TestListingSkipsCommonPrefixes(t *testing.T) {
	db, ctx := newObjects(t), t.Context()
	err := db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
			INSERT INTO objects SELECT 'bkt', CAST(printf('d%d/%06d', i % 4, i) AS BLOB), 0, x'01', 'e', 0, '{}', i FROM n`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	page, err := db.Objects(context.Background(), "bkt", object.Query{Delimiter: "/", Limit: 1000})
	if err != nil || len(page.Prefixes) != 4 {
		t.Fatalf("%v %v", page.Prefixes, err)
	}
	if d := time.Since(start); d > 100*time.Millisecond {
		t.Errorf("four prefixes took %v: the keys below them were read", d)
	}
}
