package vpc

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/flowemu/flowemu/flow"
)

// Keeper remembers network resources over restarts.
type Keeper interface {
	Network(ctx context.Context) (Resources, error)
	// PutNetwork adds or replaces resources by their ids, all or none.
	PutNetwork(ctx context.Context, r Resources) error
}

// Inventory is every network resource of every account and Region. Reads take a
// Snapshot, which never changes; writes make a new one. Safe for concurrent use.
type Inventory struct {
	keeper Keeper
	mu     sync.Mutex // held by writers
	snap   atomic.Pointer[Snapshot]
}

// NewInventory loads what keeper remembers.
func NewInventory(ctx context.Context, keeper Keeper) (*Inventory, error) {
	r, err := keeper.Network(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the network: %w", err)
	}
	inv := &Inventory{keeper: keeper}
	inv.snap.Store((&Snapshot{}).with(r))
	return inv, nil
}

// Snapshot gives the resources as they are now.
func (inv *Inventory) Snapshot() *Snapshot { return inv.snap.Load() }

// Put adds or replaces resources by their ids.
func (inv *Inventory) Put(ctx context.Context, r Resources) error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	return inv.put(ctx, r)
}

func (inv *Inventory) put(ctx context.Context, r Resources) error {
	if err := inv.keeper.PutNetwork(ctx, r); err != nil {
		return fmt.Errorf("keep the network: %w", err)
	}
	inv.snap.Store(inv.snap.Load().with(r))
	return nil
}

// EnsureDefault makes AWS's default VPC of an account and Region, 172.31.0.0/16
// with a /20 subnet per zone, unless the account has it already.
func (inv *Inventory) EnsureDefault(ctx context.Context, account, region string) error {
	if inv.Snapshot().defaultVPC(account, region) != nil {
		return nil
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.Snapshot().defaultVPC(account, region) != nil {
		return nil
	}
	return inv.put(ctx, defaultNetwork(account, region))
}

// defaultNetwork follows "Default VPCs" of the VPC user guide.
func defaultNetwork(account, region string) Resources {
	v := VPC{
		ID: NewID("vpc", account, region, "default"), Account: account, Region: region,
		CIDRs: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 31, 0, 0}), 16)}, Default: true,
	}
	r := Resources{VPCs: []VPC{v}}
	for i, z := range RegionNamed(region).Zones {
		r.Subnets = append(r.Subnets, Subnet{
			ID: NewID("subnet", account, region, "default", z.Name), VPCID: v.ID, Account: account, Region: region, Zone: z,
			CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 31, byte(i * 16), 0}), 20), DefaultFor: true,
		})
	}
	return r
}

// Snapshot is the network at one moment. Nothing in it is written to.
type Snapshot struct {
	vpcs    map[string]*VPC
	subnets map[string]*Subnet
	enis    map[string]*ENI
}

func (s *Snapshot) with(r Resources) *Snapshot {
	return &Snapshot{
		vpcs:    merged(s.vpcs, r.VPCs, func(v *VPC) string { return v.ID }),
		subnets: merged(s.subnets, r.Subnets, func(v *Subnet) string { return v.ID }),
		enis:    merged(s.enis, r.ENIs, func(v *ENI) string { return v.ID }),
	}
}

func merged[T any](old map[string]*T, add []T, id func(*T) string) map[string]*T {
	out := make(map[string]*T, len(old)+len(add))
	maps.Copy(out, old)
	for _, v := range add {
		out[id(&v)] = &v
	}
	return out
}

// VPC gives the VPC with that id, or nil.
func (s *Snapshot) VPC(id string) *VPC { return s.vpcs[id] }

// Subnet gives the subnet with that id, or nil.
func (s *Snapshot) Subnet(id string) *Subnet { return s.subnets[id] }

// ENI gives the network interface with that id, or nil.
func (s *Snapshot) ENI(id string) *ENI { return s.enis[id] }

// VPCs gives the VPCs of an account in a Region, in order of their ids.
func (s *Snapshot) VPCs(account, region string) []*VPC {
	return sorted(s.vpcs, func(v *VPC) (string, bool) { return v.ID, v.Account == account && v.Region == region })
}

// Subnets gives the subnets of an account in a Region, in order of their ids.
func (s *Snapshot) Subnets(account, region string) []*Subnet {
	return sorted(s.subnets, func(v *Subnet) (string, bool) { return v.ID, v.Account == account && v.Region == region })
}

// ENIs gives the network interfaces of an account in a Region, in order of their ids.
func (s *Snapshot) ENIs(account, region string) []*ENI {
	return sorted(s.enis, func(v *ENI) (string, bool) { return v.ID, v.Account == account && v.Region == region })
}

// AllENIs gives the network interfaces of all accounts and Regions, in order of their ids.
func (s *Snapshot) AllENIs() []*ENI {
	return sorted(s.enis, func(v *ENI) (string, bool) { return v.ID, true })
}

func sorted[T any](m map[string]*T, key func(*T) (id string, want bool)) []*T {
	var out []*T
	for _, v := range m {
		if _, want := key(v); want {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *T) int {
		x, _ := key(a)
		y, _ := key(b)
		return cmp.Compare(x, y)
	})
	return out
}

func (s *Snapshot) defaultVPC(account, region string) *VPC {
	for _, v := range s.vpcs {
		if v.Default && v.Account == account && v.Region == region {
			return v
		}
	}
	return nil
}

// Evaluate decides on a flow of an interface. It is the one place that does.
// Every flow is accepted: there are no rules yet.
func (s *Snapshot) Evaluate(_ *ENI, _ flow.Direction, _ *flow.Tuple) flow.Verdict {
	return flow.Verdict{Action: flow.Accept}
}
