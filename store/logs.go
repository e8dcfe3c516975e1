package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowemu/flowemu/logevent"
)

// CreateLogGroup makes a log group, or fails with logevent.ErrGroupExists.
func (db *DB) CreateLogGroup(ctx context.Context, account, region, name string) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO log_groups (account, region, name, created_at) VALUES (?, ?, ?, ?)", account, region, name, now.UnixMilli())
		if isUnique(err) {
			return logevent.ErrGroupExists
		}
		if err != nil {
			return fmt.Errorf("create log group %s: %w", name, err)
		}
		return nil
	})
}

// DeleteLogGroup removes a log group with its streams and events, or fails with logevent.ErrNoGroup.
func (db *DB) DeleteLogGroup(ctx context.Context, account, region, name string) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		r, err := tx.ExecContext(ctx, "DELETE FROM log_groups WHERE account = ? AND region = ? AND name = ?", account, region, name)
		if err != nil {
			return fmt.Errorf("delete log group %s: %w", name, err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, logevent.ErrNoGroup)
		}
		return nil
	})
}

// LogGroups gives an account's log groups in a Region, in order of their names.
func (db *DB) LogGroups(ctx context.Context, account, region string) ([]logevent.Group, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT name, created_at, bytes FROM log_groups WHERE account = ? AND region = ? ORDER BY name", account, region)
	if err != nil {
		return nil, fmt.Errorf("read log groups: %w", err)
	}
	defer rows.Close()
	var out []logevent.Group
	for rows.Next() {
		g := logevent.Group{Account: account, Region: region}
		if err := rows.Scan(&g.Name, &g.Created, &g.StoredBytes); err != nil {
			return nil, fmt.Errorf("read log groups: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

type rowQueryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func groupID(ctx context.Context, q rowQueryer, account, region, name string) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM log_groups WHERE account = ? AND region = ? AND name = ?", account, region, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, logevent.ErrNoGroup
	}
	return id, err
}

func streamID(ctx context.Context, q rowQueryer, group int64, name string) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM log_streams WHERE group_id = ? AND name = ?", group, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, logevent.ErrNoStream
	}
	return id, err
}

// CreateLogStream makes a stream in a log group. It fails with
// logevent.ErrNoGroup or logevent.ErrStreamExists.
func (db *DB) CreateLogStream(ctx context.Context, account, region, group, name string) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		id, err := groupID(ctx, tx, account, region, group)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO log_streams (group_id, name, created_at) VALUES (?, ?, ?)", id, name, now.UnixMilli())
		if isUnique(err) {
			return logevent.ErrStreamExists
		}
		return err
	})
}

// LogStreams gives the streams of a log group in order of their names, or logevent.ErrNoGroup.
func (db *DB) LogStreams(ctx context.Context, account, region, group string) ([]logevent.Stream, error) {
	id, err := groupID(ctx, db.r, account, region, group)
	if err != nil {
		return nil, err
	}
	rows, err := db.r.QueryContext(ctx, "SELECT name, created_at, events, first_at, last_at, ingested FROM log_streams WHERE group_id = ? ORDER BY name", id)
	if err != nil {
		return nil, fmt.Errorf("read log streams: %w", err)
	}
	defer rows.Close()
	var out []logevent.Stream
	for rows.Next() {
		var s logevent.Stream
		if err := rows.Scan(&s.Name, &s.Created, &s.Events, &s.First, &s.Last, &s.Ingested); err != nil {
			return nil, fmt.Errorf("read log streams: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// PutLogEvents appends events to a stream. It fails with logevent.ErrNoGroup or logevent.ErrNoStream.
func (db *DB) PutLogEvents(ctx context.Context, account, region, group string, b logevent.Batch) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		g, err := groupID(ctx, tx, account, region, group)
		if err != nil {
			return err
		}
		s, err := streamID(ctx, tx, g, b.Stream)
		if err != nil {
			return err
		}
		return putEvents(ctx, tx, g, s, b.Events, now)
	})
}

// DeliverLogEvents appends events to streams of a log group, all or none, makes
// the group and the streams if they are missing, and marks delivery in the same
// transaction. It fails with ErrDelivered if it was marked before.
func (db *DB) DeliverLogEvents(ctx context.Context, account, region, group string, streams []logevent.Batch, delivery int64) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		if err := markDelivered(ctx, tx, delivery, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO log_groups (account, region, name, created_at) VALUES (?, ?, ?, ?)", account, region, group, now.UnixMilli()); err != nil {
			return fmt.Errorf("deliver to log group %s: %w", group, err)
		}
		g, err := groupID(ctx, tx, account, region, group)
		if err != nil {
			return err
		}
		for _, b := range streams {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO log_streams (group_id, name, created_at) VALUES (?, ?, ?)", g, b.Stream, now.UnixMilli()); err != nil {
				return fmt.Errorf("deliver to log stream %s: %w", b.Stream, err)
			}
			s, err := streamID(ctx, tx, g, b.Stream)
			if err != nil {
				return err
			}
			if err := putEvents(ctx, tx, g, s, b.Events, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func putEvents(ctx context.Context, tx *sql.Tx, group, stream int64, events []logevent.Event, now time.Time) error {
	if len(events) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO log_events (group_id, stream_id, at, ingested, message) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	ingested, bytes := now.UnixMilli(), 0
	first, last := events[0].Timestamp, events[0].Timestamp
	for i := range events {
		e := &events[i]
		if _, err := insert.ExecContext(ctx, group, stream, e.Timestamp, ingested, e.Message); err != nil {
			return fmt.Errorf("put log events: %w", err)
		}
		first, last, bytes = min(first, e.Timestamp), max(last, e.Timestamp), bytes+logevent.Size(e.Message)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE log_streams SET first_at = CASE WHEN events = 0 THEN ? ELSE min(first_at, ?) END,
		last_at = max(last_at, ?), ingested = ?, events = events + ? WHERE id = ?`, first, first, last, ingested, len(events), stream); err != nil {
		return fmt.Errorf("put log events: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE log_groups SET bytes = bytes + ? WHERE id = ?", bytes, group); err != nil {
		return fmt.Errorf("put log events: %w", err)
	}
	return nil
}

// LogEvents gives up to q.Limit events of a log group that lie between q.After
// and q.Before, both exclusive, and in time from q.From to q.To, both inclusive,
// oldest first; with q.Latest the last such. q.Bytes may end it earlier. It fails
// with logevent.ErrNoGroup or logevent.ErrNoStream.
func (db *DB) LogEvents(ctx context.Context, q logevent.Query) ([]logevent.Event, error) {
	g, err := groupID(ctx, db.r, q.Account, q.Region, q.Group)
	if err != nil {
		return nil, err
	}
	// SQLite searches its index by the simple bounds, not by the row values: without
	// this every page would read again what lies before it.
	from, to := max(q.From, q.After.Timestamp), min(q.To, q.Before.Timestamp)
	where := []string{"e.group_id = ?", "(e.at, e.seq) > (?, ?)", "(e.at, e.seq) < (?, ?)", "e.at BETWEEN ? AND ?"}
	args := []any{g, q.After.Timestamp, q.After.Seq, q.Before.Timestamp, q.Before.Seq, from, to}
	if len(q.Streams) > 0 {
		var in []string
		for _, name := range q.Streams {
			s, err := streamID(ctx, db.r, g, name)
			if err != nil {
				return nil, err
			}
			in, args = append(in, "?"), append(args, s)
		}
		where = append(where, "e.stream_id IN ("+strings.Join(in, ",")+")")
	}
	order := "e.at, e.seq"
	if q.Latest {
		order = "e.at DESC, e.seq DESC"
	}
	rows, err := db.r.QueryContext(ctx, "SELECT e.seq, e.at, e.ingested, e.message, s.name FROM log_events e JOIN log_streams s ON s.id = e.stream_id WHERE "+
		strings.Join(where, " AND ")+" ORDER BY "+order+" LIMIT ?", append(args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("read log events: %w", err)
	}
	defer rows.Close()
	out, err := scanEvents(rows, q.Bytes)
	if q.Latest {
		slices.Reverse(out)
	}
	return out, err
}

// scanEvents stops early: an event may be a megabyte, and a page thousands of events.
func scanEvents(rows *sql.Rows, most int) ([]logevent.Event, error) {
	var out []logevent.Event
	for size := 0; (most == 0 || size <= most) && rows.Next(); {
		var e logevent.Event
		var p logevent.Position
		if err := rows.Scan(&p.Seq, &p.Timestamp, &e.Ingested, &e.Message, &e.Stream); err != nil {
			return nil, fmt.Errorf("read log events: %w", err)
		}
		e.Timestamp, e.ID = p.Timestamp, p.ID()
		size += logevent.Size(e.Message)
		out = append(out, e)
	}
	return out, rows.Err()
}
