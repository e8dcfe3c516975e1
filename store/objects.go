package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/flowemu/flowemu/object"
)

// objectTx is tx with a full disk told as object.ErrNoSpace.
func (db *DB) objectTx(ctx context.Context, f func(tx *sql.Tx, now time.Time) error) error {
	err := db.tx(ctx, f)
	var e sqlite3.Error
	if IsFull(err) || errors.As(err, &e) && e.SystemErrno == syscall.ENOSPC {
		return fmt.Errorf("%w: %w", object.ErrNoSpace, err)
	}
	return err
}

// CreateBucket adds b as of now. It fails with object.ErrBucketExists.
func (db *DB) CreateBucket(ctx context.Context, b object.Bucket) error {
	return db.objectTx(ctx, func(tx *sql.Tx, now time.Time) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO buckets (name, region, account, created_at) VALUES (?, ?, ?, ?)", b.Name, b.Region, b.Account, now.UnixMilli())
		if isUnique(err) {
			return object.ErrBucketExists
		}
		return err
	})
}

// Bucket finds a bucket. It fails with object.ErrNoBucket.
func (db *DB) Bucket(ctx context.Context, name string) (object.Bucket, error) {
	b, err := scanBucket(db.r.QueryRowContext(ctx, "SELECT name, region, account, created_at FROM buckets WHERE name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		return b, object.ErrNoBucket
	}
	return b, err
}

// Buckets lists all buckets by name.
func (db *DB) Buckets(ctx context.Context) ([]object.Bucket, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT name, region, account, created_at FROM buckets ORDER BY name")
	return collectRows(rows, err, scanBucket)
}

// DeleteBucket removes a bucket without objects; its unfinished uploads go with it, and
// their blobs are returned. It fails with object.ErrNoBucket or object.ErrBucketNotEmpty.
func (db *DB) DeleteBucket(ctx context.Context, name string) (blobs []string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, _ time.Time) error {
		var n int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM objects WHERE bucket = ? LIMIT 1)", name).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			return object.ErrBucketNotEmpty
		}
		rows, err := tx.QueryContext(ctx, "DELETE FROM parts WHERE upload IN (SELECT id FROM uploads WHERE bucket = ?) RETURNING blob", name)
		if blobs, err = collectRows(rows, err, scanString); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM uploads WHERE bucket = ?", name); err != nil {
			return err
		}
		return mustChange(object.ErrNoBucket)(tx.ExecContext(ctx, "DELETE FROM buckets WHERE name = ?", name))
	})
	return blobs, err
}

const objectColumns = "bucket, key, size, md5, etag, modified_at, metadata, blob"

// Object finds an object. It fails with object.ErrNoKey.
func (db *DB) Object(ctx context.Context, bucket, key string) (object.Object, error) {
	o, err := scanObject(db.r.QueryRowContext(ctx, "SELECT "+objectColumns+" FROM objects WHERE bucket = ? AND key = ?", bucket, []byte(key)))
	if errors.Is(err, sql.ErrNoRows) {
		return o, object.ErrNoKey
	}
	return o, err
}

// PutObject makes o the object of its key as of now, which it notes in o, if the
// one that is there meets c, and marks delivery (0: none) in the same transaction.
// It returns the blob that nothing refers to any more, or "". It fails with
// object.ErrNoBucket, object.ErrPrecondition, object.ErrNoKey, object.ErrNoSpace or ErrDelivered.
func (db *DB) PutObject(ctx context.Context, o *object.Object, c object.Condition, delivery int64) (replaced string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, now time.Time) error {
		if replaced, err = putObject(ctx, tx, now, o, c); err != nil {
			return err
		}
		return markDelivered(ctx, tx, delivery, now)
	})
	return replaced, err
}

func putObject(ctx context.Context, tx *sql.Tx, now time.Time, o *object.Object, c object.Condition) (replaced string, err error) {
	if err := hasBucket(ctx, tx, o.Bucket); err != nil {
		return "", err
	}
	var etag string
	err = tx.QueryRowContext(ctx, "SELECT etag, blob FROM objects WHERE bucket = ? AND key = ?", o.Bucket, []byte(o.Key)).Scan(&etag, &replaced)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if err := c.Check(etag, err == nil); err != nil {
		return "", err
	}
	meta, err := json.Marshal(o.Metadata)
	if err != nil {
		return "", err
	}
	o.Modified = now
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO objects ("+objectColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		o.Bucket, []byte(o.Key), o.Size, o.MD5, o.ETag, now.UnixMilli(), string(meta), o.Blob)
	return replaced, err
}

// DeleteObjects removes the objects of the keys that exist and meet c, all or, with
// an error, none. It returns their blobs.
func (db *DB) DeleteObjects(ctx context.Context, bucket string, keys []string, c object.Condition) (blobs []string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, _ time.Time) error {
		if err := hasBucket(ctx, tx, bucket); err != nil {
			return err
		}
		for _, key := range keys {
			var etag, blob string
			err := tx.QueryRowContext(ctx, "DELETE FROM objects WHERE bucket = ? AND key = ? RETURNING etag, blob", bucket, []byte(key)).Scan(&etag, &blob)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			if err := c.Check(etag, true); err != nil {
				return err
			}
			blobs = append(blobs, blob)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return blobs, nil
}

// Objects lists a page of a bucket, as it is at one moment.
func (db *DB) Objects(ctx context.Context, bucket string, q object.Query) (page object.Page, err error) {
	tx, err := db.r.BeginTx(ctx, nil)
	if err != nil {
		return page, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	from, end := firstKey(q), keyAbove(q.Prefix)
	if end == nil {
		end = []byte{0xff} // no key in UTF-8 is above
	}
	scan, err := tx.PrepareContext(ctx, "SELECT "+objectColumns+" FROM objects WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key")
	if err != nil {
		return page, err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	for from != nil && err == nil {
		from, err = addPage(ctx, scan, bucket, q, from, end, &page)
	}
	return page, err
}

// addPage adds to page what lies from from on, up to and including the first common
// prefix. It returns where to go on, past all keys of that prefix, or nil at the end.
func addPage(ctx context.Context, scan *sql.Stmt, bucket string, q object.Query, from, end []byte, page *object.Page) (next []byte, err error) {
	rows, err := scan.QueryContext(ctx, bucket, from, end)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		o, err := scanObject(rows)
		if err != nil {
			return nil, err
		}
		if len(page.Objects)+len(page.Prefixes) >= q.Limit {
			page.Truncated = q.Limit > 0
			return nil, nil
		}
		if p := commonPrefix(o.Key, q); p != "" {
			page.Prefixes, page.Next = append(page.Prefixes, p), p
			return keyAbove(p), nil
		}
		page.Objects, page.Next = append(page.Objects, o), o.Key
	}
	return nil, rows.Err()
}

// commonPrefix is what key is listed as, or "" if as itself.
func commonPrefix(key string, q object.Query) string {
	if q.Delimiter == "" {
		return ""
	}
	i := strings.Index(key[len(q.Prefix):], q.Delimiter)
	if i < 0 {
		return ""
	}
	return key[:len(q.Prefix)+i+len(q.Delimiter)]
}

// firstKey is the least key that q may list.
func firstKey(q object.Query) []byte {
	switch {
	case q.After < q.Prefix:
		return []byte(q.Prefix)
	case strings.HasPrefix(q.After, q.Prefix) && q.After != "" && commonPrefix(q.After, q) == q.After:
		return keyAbove(q.After)
	case q.After == "":
		return []byte{}
	}
	return append([]byte(q.After), 0)
}

// keyAbove is the least key above all that begin with prefix, nil if there is none.
func keyAbove(prefix string) []byte {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return b[:i+1]
		}
	}
	return nil
}

// Blobs yields every blob that objects and parts refer to.
func (db *DB) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rows, err := db.r.QueryContext(ctx, "SELECT blob FROM objects UNION ALL SELECT blob FROM parts")
		if err != nil {
			yield("", err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			blob, err := scanString(rows)
			if !yield(blob, err) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", err)
		}
	}
}

func hasBucket(ctx context.Context, tx *sql.Tx, name string) error {
	var one int
	err := tx.QueryRowContext(ctx, "SELECT 1 FROM buckets WHERE name = ?", name).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return object.ErrNoBucket
	}
	return err
}

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(...any) error }

// collectRows reads all rows.
func collectRows[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

func scanString(r scanner) (s string, err error) { return s, r.Scan(&s) }

func scanBucket(r scanner) (b object.Bucket, err error) {
	var at int64
	err = r.Scan(&b.Name, &b.Region, &b.Account, &at)
	b.Created = time.UnixMilli(at)
	return b, err
}

func scanObject(r scanner) (o object.Object, err error) {
	var at int64
	var meta, key []byte
	if err := r.Scan(&o.Bucket, &key, &o.Size, &o.MD5, &o.ETag, &at, &meta, &o.Blob); err != nil {
		return o, err
	}
	o.Key, o.Modified = string(key), time.UnixMilli(at)
	return o, json.Unmarshal(meta, &o.Metadata)
}

// mustChange turns the result of a statement that changed nothing into err.
func mustChange(none error) func(sql.Result, error) error {
	return func(r sql.Result, err error) error {
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return none
	}
}

// CreateUpload begins a multipart upload as of now.
func (db *DB) CreateUpload(ctx context.Context, u object.Upload) error {
	return db.objectTx(ctx, func(tx *sql.Tx, now time.Time) error {
		if err := hasBucket(ctx, tx, u.Bucket); err != nil {
			return err
		}
		meta, err := json.Marshal(u.Metadata)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO uploads (id, bucket, key, started_at, metadata) VALUES (?, ?, ?, ?, ?)", u.ID, u.Bucket, []byte(u.Key), now.UnixMilli(), string(meta))
		return err
	})
}

const uploadColumns = "id, bucket, key, started_at, metadata"

// Upload finds an upload of bucket and key. It fails with object.ErrNoUpload.
func (db *DB) Upload(ctx context.Context, bucket, key, id string) (object.Upload, error) {
	u, err := scanUpload(db.r.QueryRowContext(ctx, "SELECT "+uploadColumns+" FROM uploads WHERE id = ? AND bucket = ? AND key = ?", id, bucket, []byte(key)))
	if errors.Is(err, sql.ErrNoRows) {
		return u, object.ErrNoUpload
	}
	return u, err
}

// Uploads lists up to limit uploads of a bucket whose keys have prefix, by key and id,
// after this key and this one of its ids; without an id, after all of the key.
func (db *DB) Uploads(ctx context.Context, bucket, prefix, key, id string, limit int) ([]object.Upload, error) {
	end := keyAbove(prefix)
	if end == nil {
		end = []byte{0xff}
	}
	if id == "" && key != "" {
		id = "~" // above every id
	}
	rows, err := db.r.QueryContext(ctx, "SELECT "+uploadColumns+" FROM uploads WHERE bucket = ? AND key >= ? AND key < ? AND (key, id) > (?, ?) ORDER BY key, id LIMIT ?",
		bucket, []byte(prefix), end, []byte(key), id, limit)
	return collectRows(rows, err, scanUpload)
}

// PutPart adds or replaces a part as of now. It returns the blob of the one before,
// or "". It fails with object.ErrNoUpload.
func (db *DB) PutPart(ctx context.Context, upload string, p object.Part) (replaced string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, now time.Time) error {
		var one int
		err := tx.QueryRowContext(ctx, "SELECT 1 FROM uploads WHERE id = ?", upload).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return object.ErrNoUpload
		} else if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT blob FROM parts WHERE upload = ? AND number = ?", upload, p.Number).Scan(&replaced)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO parts (upload, number, size, md5, checksum, modified_at, blob) VALUES (?, ?, ?, ?, ?, ?, ?)",
			upload, p.Number, p.Size, p.MD5, p.Checksum, now.UnixMilli(), p.Blob)
		return err
	})
	return replaced, err
}

// Parts lists up to limit parts of an upload with numbers above after.
func (db *DB) Parts(ctx context.Context, upload string, after, limit int) ([]object.Part, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT number, size, md5, checksum, modified_at, blob FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?", upload, after, limit)
	return collectRows(rows, err, scanPart)
}

// CompleteUpload puts o, as PutObject does, and removes the upload in the same
// transaction. It returns the blobs that nothing refers to any more.
func (db *DB) CompleteUpload(ctx context.Context, id string, o *object.Object, c object.Condition) (blobs []string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, now time.Time) error {
		replaced, err := putObject(ctx, tx, now, o, c)
		if err != nil {
			return err
		}
		if blobs, err = deleteUpload(ctx, tx, id); err == nil && replaced != "" {
			blobs = append(blobs, replaced)
		}
		return err
	})
	return blobs, err
}

// AbortUpload removes an upload and returns the blobs of its parts. It fails with object.ErrNoUpload.
func (db *DB) AbortUpload(ctx context.Context, id string) (blobs []string, err error) {
	err = db.objectTx(ctx, func(tx *sql.Tx, _ time.Time) error {
		blobs, err = deleteUpload(ctx, tx, id)
		return err
	})
	return blobs, err
}

func deleteUpload(ctx context.Context, tx *sql.Tx, id string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "DELETE FROM parts WHERE upload = ? RETURNING blob", id)
	blobs, err := collectRows(rows, err, scanString)
	if err != nil {
		return nil, err
	}
	return blobs, mustChange(object.ErrNoUpload)(tx.ExecContext(ctx, "DELETE FROM uploads WHERE id = ?", id))
}

func scanUpload(r scanner) (u object.Upload, err error) {
	var at int64
	var meta, key []byte
	if err := r.Scan(&u.ID, &u.Bucket, &key, &at, &meta); err != nil {
		return u, err
	}
	u.Key, u.Started = string(key), time.UnixMilli(at)
	return u, json.Unmarshal(meta, &u.Metadata)
}

func scanPart(r scanner) (p object.Part, err error) {
	var at int64
	err = r.Scan(&p.Number, &p.Size, &p.MD5, &p.Checksum, &at, &p.Blob)
	p.Modified = time.UnixMilli(at)
	return p, err
}
