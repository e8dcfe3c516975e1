package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/flowlog"
)

// ErrDelivered says that a delivery has arrived before, or is not known.
var ErrDelivered = errors.New("already delivered")

// markDelivered notes inside tx that delivery has arrived, so that the mark and
// what it speaks of are one transaction. Delivery 0 is nobody's.
// It fails if the delivery is unknown or already marked: then tx must not commit.
func markDelivered(ctx context.Context, tx *sql.Tx, delivery int64, now time.Time) error {
	if delivery == 0 {
		return nil
	}
	r, err := tx.ExecContext(ctx, "UPDATE deliveries SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL", now.UnixMilli(), delivery)
	if err != nil {
		return fmt.Errorf("mark delivery %d: %w", delivery, err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("mark delivery %d: %w", delivery, ErrDelivered)
	}
	return nil
}

// LastSpoolFile gives the highest number that a spool file ever had, 0 before the first.
func (db *DB) LastSpoolFile(ctx context.Context) (int64, error) {
	var n int64
	err := db.r.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'spool_files'").Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read the last spool file: %w", err)
	}
	return n, nil
}

// AddSpool notes that a spool file, of records that end in the slot, is wanted by flow logs. A file that is known
// already stays as it is, so that a file found on disk can be added again.
func (db *DB) AddSpool(ctx context.Context, file int64, slot time.Time, flowLogs []string) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		r, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO spool_files (file) VALUES (?)", file)
		if err != nil {
			return fmt.Errorf("add spool file %d: %w", file, err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, id := range flowLogs {
			if _, err := tx.ExecContext(ctx, "INSERT INTO spool (file, flow_log_id, slot) VALUES (?, ?, ?)", file, id, slot.Unix()); err != nil {
				return fmt.Errorf("add spool file %d for %s: %w", file, id, err)
			}
		}
		return nil
	})
}

// WaitingSpool gives the spool files that no delivery has yet, by flow log and slot.
func (db *DB) WaitingSpool(ctx context.Context) ([]flowlog.Waiting, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT flow_log_id, slot, file FROM spool WHERE delivery IS NULL ORDER BY flow_log_id, slot, file")
	if err != nil {
		return nil, fmt.Errorf("read the spool: %w", err)
	}
	defer rows.Close()
	var out []flowlog.Waiting
	for rows.Next() {
		var id string
		var seconds, file int64
		if err := rows.Scan(&id, &seconds, &file); err != nil {
			return nil, fmt.Errorf("read the spool: %w", err)
		}
		slot := time.Unix(seconds, 0).UTC()
		if len(out) == 0 || out[len(out)-1].FlowLogID != id || !out[len(out)-1].Slot.Equal(slot) {
			out = append(out, flowlog.Waiting{FlowLogID: id, Slot: slot})
		}
		out[len(out)-1].Files = append(out[len(out)-1].Files, file)
	}
	return out, rows.Err()
}

// CreateDelivery commits the manifest of a delivery: these waiting files, under
// the name that destination makes of the delivery's number.
func (db *DB) CreateDelivery(ctx context.Context, w flowlog.Waiting, destination func(id int64) string) (flowlog.Delivery, error) {
	d := flowlog.Delivery{FlowLogID: w.FlowLogID, Slot: w.Slot, Files: w.Files}
	err := db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		d.Created = now.UTC().Truncate(time.Millisecond)
		r, err := tx.ExecContext(ctx, "INSERT INTO deliveries (flow_log_id, slot, destination, created_at) VALUES (?, ?, '', ?)", d.FlowLogID, d.Slot.Unix(), d.Created.UnixMilli())
		if err != nil {
			return fmt.Errorf("create a delivery of %s: %w", w.FlowLogID, err)
		}
		if d.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		d.Destination = destination(d.ID)
		if _, err := tx.ExecContext(ctx, "UPDATE deliveries SET destination = ? WHERE id = ?", d.Destination, d.ID); err != nil {
			return fmt.Errorf("create a delivery of %s: %w", w.FlowLogID, err)
		}
		for _, file := range w.Files {
			if _, err := tx.ExecContext(ctx, "UPDATE spool SET delivery = ? WHERE file = ? AND flow_log_id = ?", d.ID, file, w.FlowLogID); err != nil {
				return fmt.Errorf("create a delivery of %s: %w", w.FlowLogID, err)
			}
		}
		return nil
	})
	return d, err
}

// Deliveries gives the deliveries that have not arrived, oldest first.
func (db *DB) Deliveries(ctx context.Context) ([]flowlog.Delivery, error) {
	rows, err := db.r.QueryContext(ctx, `SELECT d.id, d.flow_log_id, d.slot, d.destination, d.created_at, s.file
		FROM deliveries d JOIN spool s ON s.delivery = d.id WHERE d.delivered_at IS NULL ORDER BY d.id, s.file`)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	defer rows.Close()
	var out []flowlog.Delivery
	for rows.Next() {
		var d flowlog.Delivery
		var slot, created, file int64
		if err := rows.Scan(&d.ID, &d.FlowLogID, &slot, &d.Destination, &created, &file); err != nil {
			return nil, fmt.Errorf("read deliveries: %w", err)
		}
		if len(out) == 0 || out[len(out)-1].ID != d.ID {
			d.Slot, d.Created = time.Unix(slot, 0).UTC(), time.UnixMilli(created).UTC()
			out = append(out, d)
		}
		last := &out[len(out)-1]
		last.Files = append(last.Files, file)
	}
	return out, rows.Err()
}

// MarkDelivered notes that a delivery has arrived at a sink outside this database.
func (db *DB) MarkDelivered(ctx context.Context, delivery int64) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error { return markDelivered(ctx, tx, delivery, now) })
}

// DoneSpool gives the spool files that every flow log that wanted them has.
func (db *DB) DoneSpool(ctx context.Context) ([]int64, error) {
	rows, err := db.r.QueryContext(ctx, `SELECT f.file FROM spool_files f WHERE NOT EXISTS (
		SELECT 1 FROM spool s LEFT JOIN deliveries d ON d.id = s.delivery WHERE s.file = f.file AND d.delivered_at IS NULL) ORDER BY f.file`)
	if err != nil {
		return nil, fmt.Errorf("read the spool: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var file int64
		if err := rows.Scan(&file); err != nil {
			return nil, fmt.Errorf("read the spool: %w", err)
		}
		out = append(out, file)
	}
	return out, rows.Err()
}

// deletedKept is how long a deleted flow log is kept at least: its last windows
// may be on their way into the spool.
const deletedKept = time.Minute

// ForgetSpool removes what is known of spool files whose file is gone, with the
// deliveries and deleted flow logs that only they kept.
func (db *DB) ForgetSpool(ctx context.Context, files []int64) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		for _, file := range files {
			for _, q := range []string{"DELETE FROM spool WHERE file = ?", "DELETE FROM spool_files WHERE file = ?"} {
				if _, err := tx.ExecContext(ctx, q, file); err != nil {
					return fmt.Errorf("forget spool file %d: %w", file, err)
				}
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE id NOT IN (SELECT delivery FROM spool WHERE delivery IS NOT NULL)")
		if err == nil {
			_, err = tx.ExecContext(ctx, "DELETE FROM resources WHERE deleted_at < ? AND id NOT IN (SELECT flow_log_id FROM spool)", now.Add(-deletedKept).UnixMilli())
		}
		if err != nil {
			return fmt.Errorf("forget spool files: %w", err)
		}
		return nil
	})
}

// SetOpenWindows replaces the list of interfaces whose windows are open, each
// with the time since when: what a crash would lose.
func (db *DB) SetOpenWindows(ctx context.Context, open map[string]time.Time) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM open_windows"); err != nil {
			return fmt.Errorf("note open windows: %w", err)
		}
		for id, since := range open {
			if _, err := tx.ExecContext(ctx, "INSERT INTO open_windows (interface_id, since) VALUES (?, ?)", id, since.UnixNano()); err != nil {
				return fmt.Errorf("note open windows: %w", err)
			}
		}
		return nil
	})
}

// OpenWindows gives what SetOpenWindows noted last.
func (db *DB) OpenWindows(ctx context.Context) (map[string]time.Time, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT interface_id, since FROM open_windows")
	if err != nil {
		return nil, fmt.Errorf("read open windows: %w", err)
	}
	defer rows.Close()
	out := map[string]time.Time{}
	for rows.Next() {
		var id string
		var since int64
		if err := rows.Scan(&id, &since); err != nil {
			return nil, fmt.Errorf("read open windows: %w", err)
		}
		out[id] = time.Unix(0, since)
	}
	return out, rows.Err()
}
