package vpc_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

// TestFirstIPv6Block: with a VPC's first IPv6 block what AWS made for it allows
// IPv6, and what was modified stays as it is.
func TestFirstIPv6Block(t *testing.T) {
	for _, tt := range []struct {
		name    string
		before  func(tx *vpc.Tx, acl *vpc.NetworkACL)
		entries string // number and egress
		out     int    // rules of the default security group
	}{
		{"as AWS made it", nil, "[100 false 101 false 100 true 101 true]", 2},
		{"an entry was added on the way in", func(_ *vpc.Tx, acl *vpc.NetworkACL) {
			acl.Entries = append([]vpc.ACLEntry{{Number: 90, Protocol: 6}}, acl.Entries...)
		}, "[90 false 100 false 100 true 101 true]", 2},
		{"nothing may leave", func(tx *vpc.Tx, _ *vpc.NetworkACL) {
			for _, r := range vpc.All[vpc.SecurityGroupRule](tx.Snapshot) {
				tx.Remove(r)
			}
		}, "[100 false 101 false 100 true 101 true]", 0},
	} {
		inv := newInventory(t, &keeper{})
		err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
			v := &vpc.VPC{Head: vpc.Head{ID: "vpc-1", Account: "1", Region: "r"}, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}
			for _, r := range vpc.NewVPC(v) {
				tx.Put(r)
			}
			acl := vpc.Clone(tx.DefaultACL(v.ID))
			if tt.before != nil {
				tt.before(tx, acl)
			}
			tx.Put(acl)
			v = vpc.Clone(v)
			tx.AddBlock(v, netip.MustParsePrefix("2001:db8::/56"), "ipv6pool-ec2-1")
			v = vpc.Clone(v)
			tx.AddBlock(v, netip.MustParsePrefix("2001:db8:1::/56"), "")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s := inv.Snapshot()
		var entries []any
		for _, e := range s.DefaultACL("vpc-1").Entries {
			entries = append(entries, e.Number, e.Egress)
		}
		if got := fmt.Sprint(entries); got != tt.entries {
			t.Errorf("%s: entries %s, want %s", tt.name, got, tt.entries)
		}
		out := 0
		for _, r := range vpc.Referring[vpc.SecurityGroupRule](s, s.DefaultGroup("vpc-1").ID) {
			if r.Egress {
				out++
			}
		}
		if out != tt.out {
			t.Errorf("%s: %d rules let something out, want %d", tt.name, out, tt.out)
		}
	}
}

func TestPools(t *testing.T) {
	own := netip.MustParsePrefix("2001:db8::/56")
	v := &vpc.VPC{Pools: map[netip.Prefix]string{own: "ipv6pool-ec2-1"}}
	for block, want := range map[string]string{
		"2001:db8::/56":       "ipv6pool-ec2-1",
		"2001:db8:0:2::/64":   "ipv6pool-ec2-1", // of a subnet
		"2600:1f18:1::/56":    "Amazon",
		"fd00:1:2:3::/64":     "IPAM Managed",
		"2001:db8:0:100::/56": "Amazon",
	} {
		if got := vpc.Clone(v).Pool(netip.MustParsePrefix(block)); got != want {
			t.Errorf("%s: %s, want %s", block, got, want)
		}
	}
}
