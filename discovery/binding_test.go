package discovery

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

func TestBind(t *testing.T) {
	host := Host{Name: "box", Account: "000000000000", Region: "us-east-1"}
	chosen, err := Select(machine(), "eth0,eth1")
	if err != nil {
		t.Fatal(err)
	}
	n := NewNetwork(host, chosen)
	eni := func(id, account, addr, tag string) func(*vpc.Tx) {
		return func(tx *vpc.Tx) {
			e := &vpc.ENI{Head: vpc.Head{ID: id, Account: account, Region: host.Region}, PrivateIP: netip.MustParseAddr(addr)}
			tx.Put(e)
			if tag != "" {
				tx.SetTags(e, []vpc.Tag{{Key: CaptureTag, Value: tag}})
			}
		}
	}
	mine, other := host.Account, "123456789012"
	tests := []struct {
		name       string
		enis       []func(*vpc.Tx)
		eth0, eth1 string // "" is the interface's own ENI
		note       string
	}{
		{name: "nothing claims"},
		{name: "by tag, of any account", enis: []func(*vpc.Tx){eni("eni-a", other, "10.9.9.9", "eth0")}, eth0: "eni-a"},
		{name: "by address", enis: []func(*vpc.Tx){eni("eni-a", mine, "192.0.2.9", "")}, eth1: "eni-a"},
		{name: "by a secondary address of the host", enis: []func(*vpc.Tx){eni("eni-a", mine, "192.0.2.3", "")}, eth0: "eni-a"},
		{name: "an address of another account is no claim", enis: []func(*vpc.Tx){eni("eni-a", other, "192.0.2.9", "")}},
		{name: "the tag beats the address", enis: []func(*vpc.Tx){eni("eni-a", mine, "192.0.2.2", ""), eni("eni-b", mine, "10.0.0.1", "eth0")}, eth0: "eni-b"},
		{name: "a tag for elsewhere ends the claim by address", enis: []func(*vpc.Tx){eni("eni-a", mine, "192.0.2.2", "container:web")}},
		{name: "a discovered one claims nothing by its tag", enis: []func(*vpc.Tx){func(tx *vpc.Tx) {
			tx.AddTags(tx.ENI(n.Found[1].ENI.ID), []vpc.Tag{{Key: CaptureTag, Value: "eth0"}})
		}}},
		{name: "what was discovered under another host name claims nothing", enis: []func(*vpc.Tx){func(tx *vpc.Tx) {
			NewNetwork(Host{Name: "before", Account: mine, Region: host.Region}, chosen).Put(tx)
		}}},
		{
			name: "two by tag", enis: []func(*vpc.Tx){eni("eni-a", mine, "10.0.0.1", "eth0"), eni("eni-b", mine, "10.0.0.2", "eth0")},
			note: "eth0 is claimed by the tag flowemu:capture of eni-a and eni-b",
		},
		{
			name: "two by address", enis: []func(*vpc.Tx){eni("eni-a", mine, "192.0.2.2", ""), eni("eni-b", mine, "192.0.2.3", "")},
			note: "eth0 is claimed by an address of eni-a and eni-b",
		},
		{
			name: "one for two captures", enis: []func(*vpc.Tx){func(tx *vpc.Tx) {
				tx.Put(&vpc.ENI{
					Head:      vpc.Head{ID: "eni-a", Account: mine, Region: host.Region},
					PrivateIP: netip.MustParseAddr("192.0.2.2"), Secondary: []netip.Addr{netip.MustParseAddr("192.0.2.9")},
				})
			}}, eth0: "eni-a", note: "eth1 is claimed by an address of eni-a, which is bound to eth0 already",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv, err := vpc.NewInventory(t.Context(), memory{})
			if err != nil {
				t.Fatal(err)
			}
			err = inv.Update(t.Context(), func(tx *vpc.Tx) error {
				n.Put(tx)
				for _, put := range tt.enis {
					put(tx)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			owners, notes := Bind(host, n.Found, inv.Snapshot())
			for i, want := range []string{tt.eth0, tt.eth1} {
				if want == "" {
					want = n.Found[i].ENI.ID
				}
				if got := owners[n.Found[i].Name]; got != want {
					t.Errorf("%s is %s, want %s", n.Found[i].Name, got, want)
				}
			}
			if text := strings.Join(notes, "\n"); tt.note == "" && text != "" || !strings.Contains(text, tt.note) {
				t.Errorf("notes %q", text)
			}
		})
	}
}
