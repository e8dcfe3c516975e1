package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// Tags gives the tags of an account's resources in a Region, in order of resource id and key.
func (db *DB) Tags(ctx context.Context, account, region string) ([]vpc.Tag, error) {
	rows, err := db.r.QueryContext(ctx, "SELECT resource_id, resource_type, key, value FROM tags WHERE account = ? AND region = ? ORDER BY resource_id, key", account, region)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	defer rows.Close()
	var out []vpc.Tag
	for rows.Next() {
		var t vpc.Tag
		if err := rows.Scan(&t.ResourceID, &t.ResourceType, &t.Key, &t.Value); err != nil {
			return nil, fmt.Errorf("read tags: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// PutTags adds tags or replaces their values, all or none. check is given what
// the resources' tags will be together, by resource id, and may refuse.
func (db *DB) PutTags(ctx context.Context, account, region string, tags []vpc.Tag, check func(after map[string]int) error) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		if err := putTags(ctx, tx, account, region, tags); err != nil {
			return err
		}
		after := map[string]int{}
		for _, t := range tags {
			after[t.ResourceID] = 0
		}
		for id := range after {
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM tags WHERE account = ? AND region = ? AND resource_id = ?", account, region, id).Scan(&n); err != nil {
				return fmt.Errorf("count tags of %s: %w", id, err)
			}
			after[id] = n
		}
		return check(after)
	})
}

func putTags(ctx context.Context, tx *sql.Tx, account, region string, tags []vpc.Tag) error {
	for _, t := range tags {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO tags (account, region, resource_id, resource_type, key, value) VALUES (?, ?, ?, ?, ?, ?)",
			account, region, t.ResourceID, t.ResourceType, t.Key, t.Value); err != nil {
			return fmt.Errorf("tag %s: %w", t.ResourceID, err)
		}
	}
	return nil
}

// AddTags adds tags where the resource has no tag of that key.
func (db *DB) AddTags(ctx context.Context, account, region string, tags []vpc.Tag) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		for _, t := range tags {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO tags (account, region, resource_id, resource_type, key, value) VALUES (?, ?, ?, ?, ?, ?)",
				account, region, t.ResourceID, t.ResourceType, t.Key, t.Value); err != nil {
				return fmt.Errorf("tag %s: %w", t.ResourceID, err)
			}
		}
		return nil
	})
}

// DeleteTags removes the tags of the given resources for which gone says so.
func (db *DB) DeleteTags(ctx context.Context, account, region string, gone func(vpc.Tag) bool) error {
	tags, err := db.Tags(ctx, account, region)
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		for _, t := range tags {
			if !gone(t) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM tags WHERE account = ? AND region = ? AND resource_id = ? AND key = ? AND value = ?", account, region, t.ResourceID, t.Key, t.Value); err != nil {
				return fmt.Errorf("untag %s: %w", t.ResourceID, err)
			}
		}
		return nil
	})
}
