package vpc_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

// TestACLEntries: AWS shows the last entry of IPv6, 32768, only in a VPC that has IPv6.
func TestACLEntries(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cidrs []string
		want  []int
	}{
		{"IPv4", []string{"10.0.0.0/16"}, []int{7, 32767, 5, 32767}},
		{"IPv4 and IPv6", []string{"10.0.0.0/16", "2001:db8::/56"}, []int{7, 32767, 32768, 5, 32767, 32768}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := &vpc.VPC{Head: vpc.Head{ID: "vpc-1"}}
			for _, c := range tt.cidrs {
				v.CIDRs = append(v.CIDRs, netip.MustParsePrefix(c))
			}
			acl := &vpc.NetworkACL{Head: vpc.Head{ID: "acl-1"}, VPCID: v.ID, Entries: []vpc.ACLEntry{{Number: 5}, {Number: 7, Egress: true}}}
			var got []int
			err := newInventory(t, &keeper{}).Update(t.Context(), func(tx *vpc.Tx) error {
				tx.Put(v)
				for _, e := range tx.ACLEntries(acl) {
					got = append(got, e.Number)
				}
				return nil
			})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v, %v", got, tt.want, err)
			}
		})
	}
}
