package vpc_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/flowemu/flowemu/vpc"
)

// TestDefaultGroup: the group that comes with a VPC lets its own members in and
// everything out, over IPv6 only where the VPC has it.
func TestDefaultGroup(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cidrs []string
		want  []string
	}{
		{"IPv4", []string{"10.0.0.0/16"}, []string{"in group", "out 0.0.0.0/0"}},
		{"IPv6", []string{"10.0.0.0/16", "2001:db8::/56"}, []string{"in group", "out 0.0.0.0/0", "out ::/0"}},
	} {
		v := &vpc.VPC{Head: vpc.Head{ID: vpc.NewID("vpc", tt.name), Account: "1", Region: "eu-west-1"}}
		for _, c := range tt.cidrs {
			v.CIDRs = append(v.CIDRs, netip.MustParsePrefix(c))
		}
		inv := newInventory(t, &keeper{})
		err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
			for _, r := range vpc.NewVPC(v) {
				tx.Put(r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		group := inv.Snapshot().DefaultGroup(v.ID)
		var got []string
		for _, r := range inv.Snapshot().GroupRules(group.ID) {
			switch {
			case r.Protocol != vpc.AllProtocols || r.FromPort != vpc.AnyPort || r.ToPort != vpc.AnyPort:
				t.Errorf("%s: %+v", tt.name, r)
			case r.Egress:
				got = append(got, "out "+r.CIDR.String())
			case r.PeerGroupID == group.ID && r.PeerAccount == "1":
				got = append(got, "in group")
			}
		}
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestAWSPrefixLists: every account has the lists of AWS's gateway endpoint
// services in each Region, with the same ids on every start.
func TestAWSPrefixLists(t *testing.T) {
	lists := func() (out []string) {
		inv := newInventory(t, &keeper{})
		for _, place := range [][2]string{{"1", "eu-west-1"}, {"2", "eu-west-1"}, {"1", "us-east-1"}} {
			if err := inv.EnsureDefault(t.Context(), place[0], place[1]); err != nil {
				t.Fatal(err)
			}
			for _, l := range vpc.List[vpc.PrefixList](inv.Snapshot(), place[0], place[1]) {
				if l.Owner != vpc.OwnerAWS || len(l.Entries) == 0 {
					t.Errorf("%+v", l)
				}
				out = append(out, l.ID, l.Name)
			}
		}
		return out
	}
	got := lists()
	if len(got) != 12 || !slices.Contains(got, "com.amazonaws.us-east-1.s3") || !slices.Contains(got, "com.amazonaws.eu-west-1.dynamodb") {
		t.Errorf("%q", got)
	}
	if again := lists(); !slices.Equal(got, again) {
		t.Errorf("%q, then %q", got, again)
	}
}
