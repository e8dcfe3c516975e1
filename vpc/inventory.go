package vpc

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Change is a resource that was put or, with a nil Resource, removed.
type Change struct {
	Kind     Kind
	ID       string
	Resource Resource
}

// Keeper remembers resources over restarts.
type Keeper interface {
	Resources(ctx context.Context) ([]Resource, error)
	// Keep makes the changes, in their order, all or none, durable when it returns.
	Keep(ctx context.Context, changes []Change) error
}

// Inventory is every resource of every account and Region. Reads take a
// Snapshot, which never changes; an Update makes a new one. Safe for concurrent use.
//
// Updates run one after the other, but are kept in groups: while one group is
// being written, the next gathers. An Update sees those before it also when they
// are not kept yet, and returns only when it and they are; a group that cannot be
// kept fails with all that built on it.
type Inventory struct {
	keeper Keeper
	kept   atomic.Pointer[Snapshot]

	mu      sync.Mutex
	head    *Snapshot // kept, and the groups that are not kept yet
	next    *group    // gathers; nil if nothing waits
	writing *group    // nil if nothing is being written
	written sync.Cond // when writing is over; its lock is mu
}

// group is updates that are kept together.
type group struct {
	changes []Change
	after   *Snapshot
	done    bool // kept, or failed with err
	err     error
}

// NewInventory loads what keeper remembers.
func NewInventory(ctx context.Context, keeper Keeper) (*Inventory, error) {
	all, err := keeper.Resources(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the network: %w", err)
	}
	s := &Snapshot{}
	for _, r := range all {
		s.put(r)
	}
	inv := &Inventory{keeper: keeper, head: s}
	inv.written.L = &inv.mu
	inv.kept.Store(s)
	return inv, nil
}

// Snapshot gives the resources as they are now.
func (inv *Inventory) Snapshot() *Snapshot { return inv.kept.Load() }

// Tx is an Update under way: its Snapshot has what it changed so far.
type Tx struct {
	*Snapshot
	changes []Change
}

// Put adds or replaces a resource by its kind and id. Who puts it does not write to it again.
func (tx *Tx) Put(r Resource) {
	tx.put(r)
	tx.changes = append(tx.changes, Change{r.Kind(), r.Header().ID, r})
}

// Remove removes a resource and its tags, if it is there.
func (tx *Tx) Remove(r Resource) {
	tx.removeOne(r.Kind(), r.Header().ID)
	tx.removeOne(KindTags, r.Header().ID)
}

func (tx *Tx) removeOne(k Kind, id string) {
	if tx.remove(k, id) != nil {
		tx.changes = append(tx.changes, Change{Kind: k, ID: id})
	}
}

// Changed gives what the Update changed so far.
func (tx *Tx) Changed() []Change { return tx.changes }

// Update runs f and keeps what it changed, all or, if f fails, nothing. It
// returns when the changes, and all that f may have seen, are durable.
func (inv *Inventory) Update(ctx context.Context, f func(*Tx) error) error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	g, err := inv.apply(f)
	if err != nil || g == nil {
		return err
	}
	for !g.done {
		if inv.writing != nil {
			inv.written.Wait()
			continue
		}
		inv.write(ctx)
	}
	return g.err
}

// apply gives the group that must be kept before the update may return, or nil.
func (inv *Inventory) apply(f func(*Tx) error) (*group, error) {
	tx := &Tx{Snapshot: inv.head.copy()}
	if err := f(tx); err != nil {
		return nil, err
	}
	if len(tx.changes) == 0 {
		if inv.next != nil {
			return inv.next, nil
		}
		return inv.writing, nil
	}
	if inv.next == nil {
		inv.next = &group{}
	}
	inv.head = tx.Snapshot
	inv.next.changes, inv.next.after = append(inv.next.changes, tx.changes...), tx.Snapshot
	return inv.next, nil
}

// write keeps the group that waits. The lock is open meanwhile, so that the next one gathers.
func (inv *Inventory) write(ctx context.Context) {
	g := inv.next
	inv.writing, inv.next = g, nil
	err := inv.keep(ctx, g)
	inv.writing, g.done = nil, true
	if err == nil {
		inv.kept.Store(g.after)
	} else {
		inv.takeBack(g, fmt.Errorf("keep the change: %w", err))
	}
	inv.written.Broadcast()
}

// keep has the lock again when it returns, however it does.
func (inv *Inventory) keep(ctx context.Context, g *group) error {
	inv.mu.Unlock()
	defer inv.mu.Lock()
	return inv.keeper.Keep(context.WithoutCancel(ctx), g.changes) // others wait for this group, too
}

// takeBack fails a group, and the one that was built on it.
func (inv *Inventory) takeBack(g *group, err error) {
	g.err = err
	inv.head = inv.kept.Load()
	if inv.next != nil {
		inv.next.done, inv.next.err = true, err
		inv.next = nil
	}
}
