// Package store keeps in SQLite what flowemu must remember: flow logs, the network, tags, indexes of objects and log events, and what is still to be delivered.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DBName is the database file inside the data directory.
const DBName = "flowemu.db"

// Options configure Open. Dir must exist. Volatile trades safety against loss of
// power for speed, for data that is thrown away at the end anyway.
type Options struct {
	Dir      string
	Volatile bool
	Now      func() time.Time
}

// DB is the open database. Its methods may be called concurrently.
type DB struct {
	w   *sql.DB // one connection: SQLite has one writer
	r   *sql.DB
	now func() time.Time
}

// ErrNewer says that the database was written by a later version of flowemu.
var ErrNewer = errors.New("the database is from a newer version of flowemu")

// Open opens or creates the database in o.Dir and brings its tables up to date.
// It fails with ErrNewer if the database knows migrations that this program does not.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	path := filepath.Join(o.Dir, DBName)
	sync := "FULL"
	if o.Volatile {
		sync = "OFF"
	}
	dsn := "file:" + path + "?_journal_mode=WAL&_busy_timeout=10000&_foreign_keys=on&_synchronous=" + sync
	w, err := sql.Open("sqlite3", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	w.SetMaxOpenConns(1)
	if err := migrate(ctx, w); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), w.Close())
	}
	r, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), w.Close())
	}
	r.SetMaxOpenConns(4)
	return &DB{w: w, r: r, now: o.Now}, nil
}

// Close closes the database.
func (db *DB) Close() error { return errors.Join(db.r.Close(), db.w.Close()) }

// tx runs f in one write transaction with one time for all that it writes.
func (db *DB) tx(ctx context.Context, f func(tx *sql.Tx, now time.Time) error) error {
	tx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx, db.now()); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// migrate applies the migrations that PRAGMA user_version has not seen, each in a transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > len(files) {
		return fmt.Errorf("%w: it has version %d, this program knows %d; use a newer flowemu or another --data directory", ErrNewer, have, len(files))
	}
	for i := have; i < len(files); i++ {
		if err := apply(ctx, db, files[i], i+1); err != nil {
			return fmt.Errorf("migration %s: %w", files[i], err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, file string, version int) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, string(text)); err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// isUnique says whether err is a violated primary key or unique constraint.
func isUnique(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey || e.ExtendedCode == sqlite3.ErrConstraintUnique)
}

// IsFull says whether err means that the disk has no room left.
func IsFull(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrFull
}
