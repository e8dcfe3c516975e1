package flowemu

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/discovery"
	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// openCaptures finds the interfaces, makes them known as ENIs and opens a ring
// on each. Without the right to capture they are ENIs all the same, for inject.
func (e *Emulator) openCaptures(ctx context.Context) error {
	if err := e.inventory.EnsureDefault(ctx, e.opt.Account, e.opt.Region); err != nil {
		return err
	}
	all, err := discovery.Interfaces()
	if err != nil {
		return err
	}
	chosen, err := discovery.Select(all, e.opt.Capture)
	if err != nil {
		return err
	}
	host := discovery.Host{Name: discovery.HostName(), Account: e.opt.Account, Region: e.opt.Region}
	network := discovery.NewNetwork(host, chosen)
	err = e.inventory.Update(ctx, func(tx *vpc.Tx) error {
		network.Put(tx)
		return nil
	})
	if err != nil {
		return err
	}
	e.found = network.Found
	e.binder = newBinder(host, network, e.inventory, e.engine, e.publisher)
	if err := e.binder.bind(ctx); err != nil {
		return err
	}
	if e.opt.Capture == "none" || len(e.found) == 0 {
		return nil
	}
	return e.openTaps(ctx)
}

// openTaps opens a ring on every interface, as the ENI that it is bound to.
func (e *Emulator) openTaps(ctx context.Context) error {
	var open []string
	for i := range e.found {
		f := &e.found[i]
		eni := e.inventory.Snapshot().ENI(e.binder.owner(f.Name))
		err := e.engine.Open(capture.Tap{
			Name: f.Name, InterfaceID: eni.ID, Index: f.Index, Loopback: f.Loopback, Addrs: eni.Addresses(), MAC: f.MAC,
		})
		if errors.Is(err, os.ErrPermission) {
			e.notes = append(e.notes, "no live capture: the capability CAP_NET_RAW is missing; run as root, or grant it with "+
				"'sudo setcap cap_net_raw+ep' on the flowemu program; packets can be given with 'flowemu inject'")
			return nil
		}
		if err != nil {
			return err
		}
		f.Live = true
		open = append(open, eni.ID)
	}
	return e.publisher.Opened(ctx, open...)
}

// judge asks the network for verdicts.
type judge struct {
	inventory *vpc.Inventory
	opt       vpc.PolicyOptions
	now       atomic.Pointer[policies]
}

// policies is what interfaces are judged by as long as the network is the same.
type policies struct {
	network *vpc.Snapshot
	of      sync.Map // *vpc.Policy by interface id
}

// Evaluate implements capture.Network.
func (j *judge) Evaluate(interfaceID string, d flow.Direction, t *flow.Tuple) flow.Verdict {
	s := j.inventory.Snapshot()
	all := j.now.Load()
	if all == nil || all.network != s {
		all = &policies{network: s}
		j.now.Store(all)
	}
	p, ok := all.of.Load(interfaceID)
	if !ok {
		p = s.NewPolicy(s.ENI(interfaceID), j.opt)
		all.of.Store(interfaceID, p)
	}
	return p.(*vpc.Policy).Evaluate(d, t)
}

// sealer seals the windows of what a flow log watches.
type sealer struct {
	inventory *vpc.Inventory
	engine    *capture.Engine
}

// Seal seals the open windows of the interfaces that are, or lie in, the
// resources or, of gateways, in the VPCs that these have to do with.
func (s sealer) Seal(ctx context.Context, resources []string) error {
	n := s.inventory.Snapshot()
	var ids []string
	for _, id := range slices.Concat(resources, n.ServedVPCs(resources)) {
		if n.ENI(id) != nil {
			ids = append(ids, id)
		}
		for _, e := range vpc.Referring[vpc.ENI](n, id) {
			if e.In(id) {
				ids = append(ids, e.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.engine.Flush(ctx, ids...)
}

// mac parses a hardware address; one that is not gives nil.
func mac(s string) net.HardwareAddr {
	m, err := net.ParseMAC(s)
	if err != nil {
		return nil
	}
	return m
}

func addrs(list []netip.Addr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}
