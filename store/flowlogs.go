package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// TypeFlowLog is the resource type of a flow log's tags.
const TypeFlowLog = "vpc-flow-log"

// CreateFlowLogs adds flow logs and their tags, all or none, and sets their
// Created. It fails with flowlog.ErrExists if the account has one of the same
// configuration.
func (db *DB) CreateFlowLogs(ctx context.Context, logs []flowlog.FlowLog, tags map[string]string) error {
	return db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		for i := range logs {
			if err := createFlowLog(ctx, tx, &logs[i], now); err != nil {
				return err
			}
			var own []vpc.Tag
			for k, v := range tags {
				own = append(own, vpc.Tag{ResourceID: logs[i].ID, ResourceType: TypeFlowLog, Key: k, Value: v})
			}
			if err := putTags(ctx, tx, logs[i].Account, logs[i].Region, own); err != nil {
				return err
			}
		}
		return nil
	})
}

func createFlowLog(ctx context.Context, tx *sql.Tx, f *flowlog.FlowLog, now time.Time) error {
	have, err := flowLogs(ctx, tx, "WHERE deleted_at IS NULL AND account = ? AND region = ?", f.Account, f.Region)
	if err != nil {
		return err
	}
	for i := range have {
		if have[i].Same(f) {
			return flowlog.ErrExists
		}
	}
	config, err := json.Marshal(f)
	if err != nil {
		return err
	}
	f.Created = now.UTC().Truncate(time.Millisecond)
	if _, err := tx.ExecContext(ctx, "INSERT INTO flow_logs (id, account, region, config, created_at) VALUES (?, ?, ?, ?, ?)", f.ID, f.Account, f.Region, string(config), f.Created.UnixMilli()); err != nil {
		return fmt.Errorf("create flow log %s: %w", f.ID, err)
	}
	return nil
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func flowLogs(ctx context.Context, q queryer, where string, args ...any) ([]flowlog.FlowLog, error) {
	rows, err := q.QueryContext(ctx, "SELECT config, created_at, failure FROM flow_logs "+where+" ORDER BY seq", args...)
	if err != nil {
		return nil, fmt.Errorf("read flow logs: %w", err)
	}
	defer rows.Close()
	var out []flowlog.FlowLog
	for rows.Next() {
		var f flowlog.FlowLog
		var config []byte
		var created int64
		if err := rows.Scan(&config, &created, &f.Failure); err != nil {
			return nil, fmt.Errorf("read flow logs: %w", err)
		}
		if err := json.Unmarshal(config, &f); err != nil {
			return nil, fmt.Errorf("read flow logs: %w", err)
		}
		f.Created = time.UnixMilli(created).UTC()
		out = append(out, f)
	}
	return out, rows.Err()
}

// FlowLogs gives an account's flow logs in a Region, in order of creation.
func (db *DB) FlowLogs(ctx context.Context, account, region string) ([]flowlog.FlowLog, error) {
	return flowLogs(ctx, db.r, "WHERE deleted_at IS NULL AND account = ? AND region = ?", account, region)
}

// ActiveFlowLogs gives the flow logs of all accounts.
func (db *DB) ActiveFlowLogs(ctx context.Context) ([]flowlog.FlowLog, error) {
	return flowLogs(ctx, db.r, "WHERE deleted_at IS NULL")
}

// FlowLog gives the flow log with that id, also one that was deleted while
// something is still to be delivered for it.
func (db *DB) FlowLog(ctx context.Context, id string) (flowlog.FlowLog, error) {
	out, err := flowLogs(ctx, db.r, "WHERE id = ?", id)
	if err == nil && len(out) == 0 {
		return flowlog.FlowLog{}, flowlog.ErrNotFound
	}
	if err != nil {
		return flowlog.FlowLog{}, err
	}
	return out[0], nil
}

// DeleteFlowLogs deletes an account's flow logs with those ids, and their tags,
// and gives the ids that it did not find.
func (db *DB) DeleteFlowLogs(ctx context.Context, account, region string, ids []string) (missing []string, err error) {
	err = db.tx(ctx, func(tx *sql.Tx, now time.Time) error {
		missing = nil
		for _, id := range ids {
			r, err := tx.ExecContext(ctx, "UPDATE flow_logs SET deleted_at = ? WHERE id = ? AND account = ? AND region = ? AND deleted_at IS NULL", now.UnixMilli(), id, account, region)
			if err != nil {
				return fmt.Errorf("delete flow log %s: %w", id, err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				missing = append(missing, id)
				continue
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM tags WHERE account = ? AND region = ? AND resource_id = ?", account, region, id); err != nil {
				return fmt.Errorf("delete tags of %s: %w", id, err)
			}
		}
		return nil
	})
	return missing, err
}

// SetFailure notes how the last delivery of a flow log ended: with an error
// text, or with success, "".
func (db *DB) SetFailure(ctx context.Context, id, failure string) error {
	if _, err := db.w.ExecContext(ctx, "UPDATE flow_logs SET failure = ? WHERE id = ? AND failure <> ?", failure, id, failure); err != nil {
		return fmt.Errorf("note the delivery status of %s: %w", id, err)
	}
	return nil
}
