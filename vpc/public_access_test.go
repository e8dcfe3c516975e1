package vpc_test

import (
	"testing"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// TestPublicAccess: what AWS documents of the modes and the exclusions.
func TestPublicAccess(t *testing.T) {
	head := func(id string) vpc.Head { return vpc.Head{ID: id, Account: "1", Region: "r"} }
	ofVPC, ofSubnet := vpc.PublicAccessExclusion{Head: head("x-1"), VPCID: "vpc-1"}, vpc.PublicAccessExclusion{Head: head("x-2"), SubnetID: "subnet-1"}
	out := func(e vpc.PublicAccessExclusion) vpc.PublicAccessExclusion {
		e.EgressOnly = true
		return e
	}
	gone := func(e vpc.PublicAccessExclusion) vpc.PublicAccessExclusion {
		e.Ended = time.Unix(1, 0)
		return e
	}
	for _, tt := range []struct {
		name        string
		mode        vpc.BlockMode
		exclusions  []vpc.PublicAccessExclusion
		own, subnet vpc.BlockMode
	}{
		{"never asked for", "", nil, vpc.BlockOff, vpc.BlockOff},
		{"off", vpc.BlockOff, nil, vpc.BlockOff, vpc.BlockOff},
		{"off with an exclusion", vpc.BlockOff, []vpc.PublicAccessExclusion{out(ofVPC)}, vpc.BlockOff, vpc.BlockOff},
		{"both ways", vpc.BlockBidirectional, nil, vpc.BlockBidirectional, vpc.BlockBidirectional},
		{"a VPC that may do all", vpc.BlockBidirectional, []vpc.PublicAccessExclusion{ofVPC}, vpc.BlockOff, vpc.BlockOff},
		{"a VPC that may send", vpc.BlockBidirectional, []vpc.PublicAccessExclusion{out(ofVPC)}, vpc.BlockIngress, vpc.BlockIngress},
		{"a subnet that may do all", vpc.BlockBidirectional, []vpc.PublicAccessExclusion{ofSubnet}, vpc.BlockBidirectional, vpc.BlockOff},
		{"a subnet that may send", vpc.BlockBidirectional, []vpc.PublicAccessExclusion{out(ofSubnet)}, vpc.BlockBidirectional, vpc.BlockIngress},
		{"a subnet that may send in a VPC that may do all", vpc.BlockBidirectional, []vpc.PublicAccessExclusion{ofVPC, out(ofSubnet)}, vpc.BlockOff, vpc.BlockIngress},
		{"in", vpc.BlockIngress, nil, vpc.BlockIngress, vpc.BlockIngress},
		{"in, and a VPC that may do all", vpc.BlockIngress, []vpc.PublicAccessExclusion{ofVPC}, vpc.BlockOff, vpc.BlockOff},
		{"in, and a VPC that may send", vpc.BlockIngress, []vpc.PublicAccessExclusion{out(ofVPC)}, vpc.BlockIngress, vpc.BlockIngress},
		{"a deleted exclusion", vpc.BlockIngress, []vpc.PublicAccessExclusion{gone(ofVPC)}, vpc.BlockIngress, vpc.BlockIngress},
	} {
		inv := newInventory(t, &keeper{})
		err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
			tx.Put(&vpc.VPC{Head: head("vpc-1")})
			tx.Put(&vpc.VPC{Head: vpc.Head{ID: "vpc-2", Account: "1", Region: "elsewhere"}})
			if tt.mode != "" {
				tx.Put(&vpc.PublicAccess{Head: head(vpc.PublicAccessID("1", "r")), Mode: tt.mode})
			}
			for i := range tt.exclusions {
				tx.Put(&tt.exclusions[i])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s := inv.Snapshot()
		if own, subnet := s.PublicAccess("vpc-1", ""), s.PublicAccess("vpc-1", "subnet-1"); own != tt.own || subnet != tt.subnet {
			t.Errorf("%s: %s, of the subnet %s; want %s and %s", tt.name, own, subnet, tt.own, tt.subnet)
		}
		if other, none := s.PublicAccess("vpc-2", ""), s.PublicAccess("vpc-3", ""); other != vpc.BlockOff || none != vpc.BlockOff {
			t.Errorf("%s: %s in another Region, %s without a VPC", tt.name, other, none)
		}
	}
}
