package discovery

import (
	"context"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func machine() []Interface {
	return []Interface{
		{Name: "lo", Loopback: true, Kind: "device", Up: true, Prefixes: prefixes("127.0.0.1/8", "::1/128")},
		{Name: "eth0", Kind: "device", Up: true, Prefixes: prefixes("192.0.2.2/24", "192.0.2.3/24", "2001:db8::2/64", "fe80::1/64")},
		{Name: "eth1", Kind: "device", Up: true, Prefixes: prefixes("192.0.2.9/24")},
		{Name: "down0", Kind: "device", Prefixes: prefixes("10.1.0.1/24")},
		{Name: "bare0", Kind: "device", Up: true},
		{Name: "br0", Kind: "bridge", Up: true, Prefixes: prefixes("10.2.0.1/24")},
		{Name: "port0", Kind: "device", Up: true, Slave: true, Prefixes: prefixes("10.3.0.1/24")},
		{Name: "veth0", Kind: "veth", Up: true, PeerElsewhere: true, Prefixes: prefixes("10.4.0.1/24")},
		{Name: "veth1", Kind: "veth", Up: true, Prefixes: prefixes("10.5.0.1/24")},
		{Name: "tun0", Kind: "tun", Up: true, Prefixes: prefixes("10.6.0.1/24")},
	}
}

func TestSelect(t *testing.T) {
	tests := []struct{ capture, want, err string }{
		{capture: "auto", want: "lo eth0 eth1 veth0 tun0"},
		{capture: "none", want: "lo eth0 eth1 veth0 tun0"},
		{capture: "eth1", want: "eth1"},
		{capture: "br0,lo", want: "br0 lo"}, // who names a bridge gets it
		{capture: "nope", err: "no interface nope"},
		{capture: "bare0", err: "has no address"},
		{capture: "lo,lo", err: "named twice"},
	}
	for _, tt := range tests {
		got, err := Select(machine(), tt.capture)
		var names []string
		for _, i := range got {
			names = append(names, i.Name)
		}
		if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) || tt.err == "" && err != nil || strings.Join(names, " ") != tt.want {
			t.Errorf("%s: %v %v", tt.capture, names, err)
		}
	}
}

func TestNetwork(t *testing.T) {
	host := Host{Name: "box", Account: "000000000000", Region: "us-east-1"}
	chosen, err := Select(machine(), "eth0,eth1,lo")
	if err != nil {
		t.Fatal(err)
	}
	n := NewNetwork(host, chosen)
	if len(n.Subnets) != 3 || len(n.Found) != 3 {
		t.Fatalf("%+v", n)
	}
	e := n.Found[0].ENI
	if e.PrivateIP != netip.MustParseAddr("192.0.2.2") || !reflect.DeepEqual(e.Secondary, []netip.Addr{netip.MustParseAddr("192.0.2.3")}) ||
		!reflect.DeepEqual(e.IPv6, []netip.Addr{netip.MustParseAddr("2001:db8::2")}) {
		t.Errorf("addresses %+v", e)
	}
	if got := n.VPC.CIDRs; !reflect.DeepEqual(got, prefixes("127.0.0.0/8", "192.0.2.0/24", "::1/128", "2001:db8::/64")) {
		t.Errorf("CIDRs %v", got)
	}
	if again := NewNetwork(host, chosen); !reflect.DeepEqual(n, again) {
		t.Error("another network on the next start")
	}
	host.Name = "other"
	if other := NewNetwork(host, chosen); other.Found[0].ENI.ID == e.ID {
		t.Error("two hosts have the same ENI")
	}
}

type memory struct{}

func (memory) Resources(context.Context) ([]vpc.Resource, error) { return nil, nil }
func (memory) Keep(context.Context, []vpc.Change) error          { return nil }

// TestPutAgain: another start with other addresses keeps what users changed.
func TestPutAgain(t *testing.T) {
	inv, err := vpc.NewInventory(t.Context(), memory{})
	if err != nil {
		t.Fatal(err)
	}
	host := Host{Name: "box", Account: "000000000000", Region: "us-east-1"}
	put := func(n *Network) {
		if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { n.Put(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	put(NewNetwork(host, nil))
	if all := vpc.All[vpc.VPC](inv.Snapshot()); len(all) != 0 {
		t.Errorf("a VPC without an interface: %+v", all)
	}
	first := NewNetwork(host, machine()[1:2])
	put(first)
	id := first.Found[0].ENI.ID
	s := inv.Snapshot()
	if rules := vpc.Referring[vpc.SecurityGroupRule](s, s.ENI(id).Groups[0]); len(rules) != 4 {
		t.Errorf("rules of the open group: %+v", rules)
	}
	if acl := s.DefaultACL(first.VPC.ID); len(acl.Associations) != 1 || len(acl.Entries) != 4 {
		t.Errorf("default network ACL %+v", acl)
	}
	err = inv.Update(t.Context(), func(tx *vpc.Tx) error {
		e := vpc.Clone(tx.ENI(id))
		e.Groups = []string{tx.DefaultGroup(e.VPCID).ID}
		tx.Put(e)
		tx.SetTags(e, []vpc.Tag{{Key: "Name", Value: "mine"}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	moved := machine()[1:2]
	moved[0].Prefixes = prefixes("192.0.2.77/24")
	put(NewNetwork(host, moved))
	s = inv.Snapshot()
	e := s.ENI(id)
	if name, _ := s.Tag(id, "Name"); e.PrivateIP != netip.MustParseAddr("192.0.2.77") || e.Groups[0] != s.DefaultGroup(e.VPCID).ID || name != "mine" {
		t.Errorf("%+v %s", e, name)
	}
}

// TestWayOut: a host reaches the Internet, so its VPC has a gateway and a route to it.
func TestWayOut(t *testing.T) {
	inv, err := vpc.NewInventory(t.Context(), memory{})
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := Select(machine(), "eth0,lo")
	if err != nil {
		t.Fatal(err)
	}
	n := NewNetwork(Host{Name: "box", Account: "000000000000", Region: "us-east-1"}, chosen)
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error { n.Put(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	s := inv.Snapshot()
	r := s.NewRouter(s.ENI(n.Found[0].ENI.ID))
	for to, want := range map[string]int{"203.0.113.1": vpc.PathInternet, "2001:db8:ffff::1": vpc.PathInternet, "192.0.2.77": vpc.PathVPC} {
		if got := r.Egress(netip.MustParseAddr(to)).Path; got != want {
			t.Errorf("%s: path %d, want %d", to, got, want)
		}
	}
}
