package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

var _ vpc.Keeper = (*DB)(nil)

// Resources gives every resource of every account.
func (db *DB) Resources(ctx context.Context) ([]vpc.Resource, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT kind, id, body FROM resources WHERE deleted_at IS NULL ORDER BY kind, id")
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	defer rows.Close()
	var out []vpc.Resource
	for rows.Next() {
		var kind vpc.Kind
		var id string
		var body []byte
		if err := rows.Scan(&kind, &id, &body); err != nil {
			return nil, fmt.Errorf("read resources: %w", err)
		}
		r := newResource(kind)
		if r == nil {
			return nil, fmt.Errorf("read %s: it is a %s, which this program does not know", id, kind)
		}
		if err := json.Unmarshal(body, r); err != nil {
			return nil, fmt.Errorf("read %s: %w", id, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func newResource(k vpc.Kind) vpc.Resource {
	if k == flowlog.Kind {
		return &flowlog.FlowLog{}
	}
	return vpc.New(k)
}

// Keep makes changes to resources, in their order, all or none.
func (db *DB) Keep(ctx context.Context, changes []vpc.Change) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		for i := range changes {
			if err := keep(ctx, tx, now, &changes[i]); err != nil {
				return fmt.Errorf("keep %s: %w", changes[i].ID, err)
			}
		}
		return nil
	})
}

func keep(ctx context.Context, tx *sql.Tx, now time.Time, c *vpc.Change) error {
	if c.Resource != nil {
		body, err := json.Marshal(c.Resource)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO resources (kind, id, body) VALUES (?, ?, ?)", c.Kind, c.ID, string(body))
		return err
	}
	if c.Kind == flowlog.Kind { // the publisher may be about to spool for it: ForgetSpool removes it
		_, err := tx.ExecContext(ctx, "UPDATE resources SET deleted_at = ? WHERE kind = ? AND id = ?", now.UnixMilli(), c.Kind, c.ID)
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM resources WHERE kind = ? AND id = ?", c.Kind, c.ID)
	return err
}

// FlowLog gives the flow log with that id, also one that was deleted while
// something is still to be delivered for it. It fails with flowlog.ErrNotFound.
func (db *DB) FlowLog(ctx context.Context, id string) (flowlog.FlowLog, error) {
	var f flowlog.FlowLog
	var body []byte
	err := db.r.QueryRowContext(ctx, "SELECT body FROM resources WHERE kind = ? AND id = ?", flowlog.Kind, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return f, flowlog.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal(body, &f)
	}
	if err != nil {
		return f, fmt.Errorf("read flow log %s: %w", id, err)
	}
	return f, nil
}
