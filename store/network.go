package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// Kinds of documents in the network table.
const (
	kindVPC    = "vpc"
	kindSubnet = "subnet"
	kindENI    = "network-interface"
)

var _ vpc.Keeper = (*DB)(nil)

// Network gives every network resource of every account.
func (db *DB) Network(ctx context.Context) (vpc.Resources, error) {
	var out vpc.Resources
	rows, err := db.r.QueryContext(ctx, "SELECT kind, body FROM network ORDER BY id")
	if err != nil {
		return out, fmt.Errorf("read the network: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var body []byte
		if err := rows.Scan(&kind, &body); err != nil {
			return out, fmt.Errorf("read the network: %w", err)
		}
		switch kind {
		case kindVPC:
			out.VPCs, err = appendJSON(out.VPCs, body)
		case kindSubnet:
			out.Subnets, err = appendJSON(out.Subnets, body)
		case kindENI:
			out.ENIs, err = appendJSON(out.ENIs, body)
		}
		if err != nil {
			return out, fmt.Errorf("read a %s: %w", kind, err)
		}
	}
	return out, rows.Err()
}

func appendJSON[T any](to []T, body []byte) ([]T, error) {
	var v T
	err := json.Unmarshal(body, &v)
	return append(to, v), err
}

// PutNetwork adds or replaces resources by their ids, all or none.
func (db *DB) PutNetwork(ctx context.Context, r vpc.Resources) error {
	return db.tx(ctx, func(tx *sql.Tx, _ time.Time) error {
		put := func(kind, id, account, region string, v any) error {
			body, err := json.Marshal(v)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO network (id, kind, account, region, body) VALUES (?, ?, ?, ?, ?)", id, kind, account, region, string(body)); err != nil {
				return fmt.Errorf("put %s: %w", id, err)
			}
			return nil
		}
		for _, v := range r.VPCs {
			if err := put(kindVPC, v.ID, v.Account, v.Region, v); err != nil {
				return err
			}
		}
		for _, v := range r.Subnets {
			if err := put(kindSubnet, v.ID, v.Account, v.Region, v); err != nil {
				return err
			}
		}
		for _, v := range r.ENIs {
			if err := put(kindENI, v.ID, v.Account, v.Region, v); err != nil {
				return err
			}
		}
		return nil
	})
}
