package flowemu

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/discovery"
	"github.com/flowemu/flowemu/publisher"
	"github.com/flowemu/flowemu/vpc"
)

// binder keeps captured interfaces bound to the ENIs that claim them.
type binder struct {
	host      discovery.Host
	network   *discovery.Network
	inventory *vpc.Inventory
	engine    *capture.Engine
	publisher *publisher.Publisher

	mu     sync.Mutex
	owners map[string]string // interface name -> ENI
	why    []string          // what is claimed but not bound
}

func newBinder(h discovery.Host, n *discovery.Network, inv *vpc.Inventory, e *capture.Engine, p *publisher.Publisher) *binder {
	return &binder{host: h, network: n, inventory: inv, engine: e, publisher: p}
}

func (b *binder) owner(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.owners[name]
}

func (b *binder) notes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.why)
}

// changed follows a change of the network that may concern what is captured.
func (e *Emulator) changed(ctx context.Context, changes []vpc.Change) {
	if !slices.ContainsFunc(changes, e.binder.concerns) {
		return
	}
	if err := e.binder.bind(context.WithoutCancel(ctx)); err != nil {
		e.opt.Logger.Error("cannot bind the captures to their network interfaces", "error", err)
	}
}

// concerns says whether a change may change what is bound.
func (b *binder) concerns(c vpc.Change) bool {
	if c.Kind != vpc.KindENI && c.Kind != vpc.KindTags {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.why) > 0 {
		return true
	}
	for _, owner := range b.owners {
		if owner == c.ID {
			return true
		}
	}
	return discovery.MayClaim(b.network.Found, b.inventory.Snapshot(), c.ID)
}

// bind makes every capture that of the ENI that claims it now. The new ENI is
// known before its first window, the old one as long as its last is not spooled.
func (b *binder) bind(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var owners map[string]string
	addrs := map[string][]netip.Addr{}
	err := b.inventory.Update(ctx, func(tx *vpc.Tx) error {
		owners, b.why = discovery.Bind(b.host, b.network.Found, tx.Snapshot)
		if len(b.moved(owners)) > 0 {
			b.put(tx, owners)
			for _, id := range owners {
				addrs[id] = tx.ENI(id).Addresses()
			}
		}
		return nil
	})
	moved := b.moved(owners)
	if err != nil || len(moved) == 0 {
		return err
	}
	if err := b.rebind(ctx, moved, owners, addrs); err != nil {
		return err
	}
	b.owners = owners
	return b.inventory.Update(ctx, func(tx *vpc.Tx) error { b.removeClaimed(tx, owners); return nil })
}

// moved gives the interfaces that are to be of another ENI.
func (b *binder) moved(owners map[string]string) (out []*discovery.Found) {
	for i := range b.network.Found {
		if f := &b.network.Found[i]; owners[f.Name] != b.owners[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

// put makes sure that every owner is known and says what it is bound to, and
// that nobody else does.
func (b *binder) put(tx *vpc.Tx, owners map[string]string) {
	bound := map[string]string{}
	for i := range b.network.Found {
		f := &b.network.Found[i]
		bound[owners[f.Name]] = f.Name
		if owners[f.Name] == f.ENI.ID && tx.ENI(f.ENI.ID) == nil {
			b.network.PutENI(tx, &f.ENI)
		}
	}
	for _, e := range vpc.All[vpc.ENI](tx.Snapshot) {
		if e.Capture != bound[e.ID] {
			e = vpc.Clone(e)
			e.Capture = bound[e.ID]
			tx.Put(e)
		}
	}
}

// removeClaimed removes the ENIs of interfaces that another one claims.
func (b *binder) removeClaimed(tx *vpc.Tx, owners map[string]string) {
	for i := range b.network.Found {
		f := &b.network.Found[i]
		if e := tx.ENI(f.ENI.ID); e != nil && owners[f.Name] != f.ENI.ID {
			f.ENI.Groups = e.Groups // for the day when it is its own again
			tx.Remove(e)
		}
	}
}

// rebind moves the taps, as far as they are open.
func (b *binder) rebind(ctx context.Context, moved []*discovery.Found, owners map[string]string, addrs map[string][]netip.Addr) error {
	var to []capture.Binding
	var open, closed []string
	for _, f := range moved {
		if !f.Live {
			continue
		}
		id := owners[f.Name]
		to = append(to, capture.Binding{Name: f.Name, InterfaceID: id, Addrs: addrs[id]})
		open, closed = append(open, id), append(closed, b.owners[f.Name])
	}
	if len(to) == 0 {
		return nil
	}
	if err := b.publisher.Opened(ctx, open...); err != nil {
		return err
	}
	if err := b.engine.Rebind(ctx, to...); err != nil {
		return fmt.Errorf("bind %v: %w", to, errors.Join(err, b.publisher.Closed(ctx, open...)))
	}
	closed = slices.DeleteFunc(closed, func(id string) bool { return slices.Contains(open, id) })
	return b.publisher.Closed(ctx, closed...)
}
