package vpc_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

// keeper counts its writes, which wait for the gate if there is one.
type keeper struct {
	mu      sync.Mutex
	changes []vpc.Change
	groups  int
	err     error
	gate    chan struct{}
}

func (k *keeper) Resources(context.Context) ([]vpc.Resource, error) { return nil, nil }

func (k *keeper) Keep(_ context.Context, changes []vpc.Change) error {
	if k.gate != nil {
		<-k.gate
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return k.err
	}
	k.changes = append(k.changes, changes...)
	k.groups++
	return nil
}

func newInventory(t *testing.T, k *keeper) *vpc.Inventory {
	t.Helper()
	inv, err := vpc.NewInventory(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func subnet(id, vpcID string) *vpc.Subnet {
	return &vpc.Subnet{Head: vpc.Head{ID: id, Account: "1", Region: "r"}, VPCID: vpcID}
}

func ids(list []*vpc.Subnet) (out []string) {
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

func TestSnapshot(t *testing.T) {
	inv := newInventory(t, &keeper{})
	other := subnet("subnet-c", "vpc-1")
	other.Region = "elsewhere"
	err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
		tx.Put(subnet("subnet-b", "vpc-1"))
		tx.Put(subnet("subnet-a", "vpc-2"))
		tx.Put(other)
		tx.SetTags(other, []vpc.Tag{{Key: "b", Value: "2"}, {Key: "a", Value: "1"}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := inv.Snapshot()
	err = inv.Update(t.Context(), func(tx *vpc.Tx) error {
		moved := vpc.Clone(tx.Subnet("subnet-b"))
		moved.VPCID = "vpc-2"
		tx.Put(moved)
		tx.Remove(tx.Subnet("subnet-c"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	after := inv.Snapshot()
	for _, tt := range []struct {
		name string
		got  []*vpc.Subnet
		want string
	}{
		{"listed before", vpc.List[vpc.Subnet](before, "1", "r"), "[subnet-a subnet-b]"},
		{"all before", vpc.All[vpc.Subnet](before), "[subnet-a subnet-b subnet-c]"},
		{"referring before", vpc.Referring[vpc.Subnet](before, "vpc-1"), "[subnet-b subnet-c]"},
		{"all after", vpc.All[vpc.Subnet](after), "[subnet-a subnet-b]"},
		{"referring after", vpc.Referring[vpc.Subnet](after, "vpc-2"), "[subnet-a subnet-b]"},
		{"referring to the old one after", vpc.Referring[vpc.Subnet](after, "vpc-1"), "[]"},
	} {
		if got := fmt.Sprint(ids(tt.got)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := fmt.Sprint(before.Tags("subnet-c")); got != "[{a 1} {b 2}]" || after.Tags("subnet-c") != nil {
		t.Errorf("tags %s, then %v", got, after.Tags("subnet-c"))
	}
}

// TestFailedUpdate: an update that fails, or cannot be kept, changes nothing.
func TestFailedUpdate(t *testing.T) {
	k := &keeper{}
	inv := newInventory(t, k)
	refused := errors.New("refused")
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(subnet("subnet-a", "")); return refused }); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
	k.err = errors.New("disk full")
	put := func(tx *vpc.Tx) error { tx.Put(subnet("subnet-b", "")); return nil }
	if err := inv.Update(t.Context(), put); !errors.Is(err, k.err) {
		t.Errorf("%v", err)
	}
	k.err = nil
	seen := -1
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { seen = len(vpc.All[vpc.Subnet](tx.Snapshot)); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := ids(vpc.All[vpc.Subnet](inv.Snapshot())); len(got) != 0 || seen != 0 {
		t.Errorf("%v, and an update saw %d", got, seen)
	}
}

// TestGroups: what comes while a group is being written is kept in one, an
// update that only saw what is not kept yet waits for it, and none is lost.
func TestGroups(t *testing.T) {
	k := &keeper{gate: make(chan struct{})}
	inv := newInventory(t, k)
	const n = 16
	var wg sync.WaitGroup
	errs := make(chan error, n+1)
	for i := range n {
		wg.Go(func() {
			errs <- inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(subnet(fmt.Sprintf("subnet-%02d", i), "")); return nil })
		})
	}
	k.gate <- struct{}{} // one group at least is written; the others gather meanwhile
	wg.Go(func() {
		errs <- inv.Update(t.Context(), func(tx *vpc.Tx) error {
			if len(vpc.All[vpc.Subnet](tx.Snapshot)) == 0 {
				return errors.New("it saw nothing")
			}
			return nil
		})
	})
	close(k.gate)
	wg.Wait()
	for range n + 1 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if len(k.changes) != n || len(vpc.All[vpc.Subnet](inv.Snapshot())) != n || k.groups > n {
		t.Errorf("%d changes in %d groups", len(k.changes), k.groups)
	}
}

// TestFailedGroup: what was built on a group that could not be kept fails with it.
func TestFailedGroup(t *testing.T) {
	k := &keeper{gate: make(chan struct{}), err: errors.New("disk full")}
	inv := newInventory(t, k)
	applied, built := make(chan struct{}), make(chan struct{})
	errs := make(chan error, 2)
	go func() {
		errs <- inv.Update(t.Context(), func(tx *vpc.Tx) error { tx.Put(subnet("subnet-a", "")); close(applied); return nil })
	}()
	<-applied
	go func() {
		errs <- inv.Update(t.Context(), func(tx *vpc.Tx) error {
			if tx.Subnet("subnet-a") == nil {
				return errors.New("it saw nothing")
			}
			tx.Put(subnet("subnet-b", ""))
			close(built)
			return nil
		})
	}()
	<-built
	k.gate <- struct{}{}
	for range 2 {
		if err := <-errs; !errors.Is(err, k.err) {
			t.Error(err)
		}
	}
	if got := vpc.All[vpc.Subnet](inv.Snapshot()); len(got) != 0 {
		t.Errorf("%v", ids(got))
	}
}

// TestKinds: every kind can be loaded again and is its own.
func TestKinds(t *testing.T) {
	for _, k := range []vpc.Kind{
		vpc.KindVPC, vpc.KindSubnet, vpc.KindDHCPOptions, vpc.KindPlace, vpc.KindENI, vpc.KindAddress, vpc.KindInstance, vpc.KindSecurityGroup, vpc.KindRule,
		vpc.KindNetworkACL, vpc.KindPrefixList, vpc.KindPrefixListVersion, vpc.KindRouteTable, vpc.KindInternetGateway, vpc.KindEgressOnly,
		vpc.KindNATGateway, vpc.KindTransitGateway, vpc.KindVolume,
		vpc.KindTransitGatewayAttachment, vpc.KindTransitGatewayRouteTable, vpc.KindEncryptionControl, vpc.KindPublicAccess, vpc.KindPublicAccessExclusion,
		vpc.KindTags, vpc.KindClientToken,
	} {
		if r := vpc.New(k); r == nil || r.Kind() != k {
			t.Errorf("%s: %v", k, r)
		}
	}
	if r := vpc.New("nonsense"); r != nil {
		t.Errorf("%v", r)
	}
}
