package discovery

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
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
	r, found, tags := Network(host, chosen)
	if len(r.VPCs) != 1 || len(r.ENIs) != 3 || len(found) != 3 || len(tags) == 0 {
		t.Fatalf("%+v", r)
	}
	e := r.ENIs[0]
	if e.PrivateIP != netip.MustParseAddr("192.0.2.2") || !reflect.DeepEqual(e.Secondary, []netip.Addr{netip.MustParseAddr("192.0.2.3")}) ||
		!reflect.DeepEqual(e.IPv6, []netip.Addr{netip.MustParseAddr("2001:db8::2")}) {
		t.Errorf("addresses %+v", e)
	}
	if got := r.VPCs[0].CIDRs; !reflect.DeepEqual(got, prefixes("127.0.0.0/8", "192.0.2.0/24", "::1/128", "2001:db8::/64")) {
		t.Errorf("CIDRs %v", got)
	}
	again, _, _ := Network(host, chosen)
	if !reflect.DeepEqual(r, again) {
		t.Error("another network on the next start")
	}
	host.Name = "other"
	if other, _, _ := Network(host, chosen); other.ENIs[0].ID == e.ID {
		t.Error("two hosts have the same ENI")
	}
	if none, _, _ := Network(host, nil); len(none.VPCs) != 0 {
		t.Error("a VPC without an interface")
	}
}
