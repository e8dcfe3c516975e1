package capture

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/flow"
)

// Binding says whose a tap is: what Name captures belongs to InterfaceID, which
// has Addrs.
type Binding struct {
	Name        string // of the Tap
	InterfaceID string
	Addrs       []netip.Addr
}

// Rebind makes taps those of other network interfaces: all that are named in to,
// or with an error none. What a tap saw before the call is sealed and exported as
// the old interface's, and the new one's window starts where that ends. A tap
// whose interface stays gets the addresses, and its window goes on. Since all
// change at once, interfaces can swap their taps. A name that no tap has, or an
// interface that would have two, is an error; a tap that ended gives way.
func (e *Engine) Rebind(ctx context.Context, to ...Binding) error {
	wait, err := e.moving(to)
	if err != nil {
		return err
	}
	if len(wait) > 0 {
		if err := e.sleep(ctx, latency(wait)); err != nil {
			return fmt.Errorf("rebind: %w", err)
		}
	}
	e.sealing.Lock()
	defer e.sealing.Unlock()
	now := e.opt.Now().UnixNano() // one for all, so that a swap leaves no gap
	moves, err := e.assign(to, now)
	if err != nil {
		return err
	}
	var windows []flow.Window
	for i := range moves {
		m := &moves[i]
		if m.stays() {
			m.tap.readdress(m.to.Addrs)
			continue
		}
		windows = append(windows, m.tap.collect(now, true, &m.to)...)
	}
	e.exportLocked(ctx, e.collected(windows))
	return nil
}

// move is a tap on its way from one interface to another.
type move struct {
	tap  *fan
	from string
	to   Binding
}

func (m *move) stays() bool { return m.from == m.to.InterfaceID }

// moving gives the taps that to takes to another interface.
func (e *Engine) moving(to []Binding) ([]*fan, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	moves, err := e.moves(to)
	var fans []*fan
	for i := range moves {
		if !moves[i].stays() {
			fans = append(fans, moves[i].tap)
		}
	}
	return fans, err
}

// assign gives the taps their places by interface id. The taps themselves are
// bound to them by collect.
func (e *Engine) assign(to []Binding, now int64) ([]move, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	moves, err := e.moves(to)
	for i := range moves {
		delete(e.fans, moves[i].from)
	}
	for i := range moves {
		m := &moves[i]
		e.giveWay(m.to.InterfaceID)
		e.fans[m.to.InterfaceID] = m.tap
		if start, ok := e.injected[m.from]; ok {
			// Its windows without a tap go on, but the present one has the tap's data.
			e.injected[m.from] = max(start, alignedAfter(now, int64(e.opt.Window)))
		}
	}
	return moves, err
}

// moves finds the taps that to names, and checks that every interface has at
// most one afterwards. It needs mu.
func (e *Engine) moves(to []Binding) ([]move, error) {
	if e.state == stopped {
		return nil, errStopped
	}
	after := maps.Clone(e.fans)
	var moves []move
	for _, b := range to {
		id, ok := e.named(b.Name)
		switch {
		case !ok:
			return nil, fmt.Errorf("rebind %s: there is no capture of that name", b.Name)
		case b.InterfaceID == "":
			return nil, fmt.Errorf("rebind %s: no interface id", b.Name)
		case after[id] == nil:
			return nil, fmt.Errorf("rebind %s: it is named twice", b.Name)
		}
		delete(after, id)
		b.Addrs = slices.Clone(b.Addrs)
		moves = append(moves, move{e.fans[id], id, b})
	}
	for i := range moves {
		m := &moves[i]
		id := m.to.InterfaceID
		if other := after[id]; other != nil && other.ended() == nil {
			return nil, fmt.Errorf("rebind %s: %s is already captured on %s", m.to.Name, id, other.name())
		}
		after[id] = m.tap
	}
	return moves, nil
}

// named gives the interface whose tap has a name. It needs mu.
func (e *Engine) named(name string) (string, bool) {
	for id, f := range e.fans {
		if f.name() == name {
			return id, true
		}
	}
	return "", false
}

// giveWay takes an interface's ended tap, if it has one, out of the way. It needs mu.
func (e *Engine) giveWay(interfaceID string) {
	if t := e.fans[interfaceID]; t != nil {
		e.replaced = append(e.replaced, t)
		delete(e.fans, interfaceID)
	}
}
