package vpc

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

// "Subnet CIDR blocks", VPC user guide: in 10.0.0.0/24, .0 to .3 and .255 are AWS's.
func TestFreeAddress(t *testing.T) {
	addr := netip.MustParseAddr
	tests := []struct {
		cidr string
		used []string
		want string // "" for none
	}{
		{"10.0.0.0/24", nil, "10.0.0.4"},
		{"10.0.0.0/24", []string{"10.0.0.4", "10.0.0.5", "10.0.0.7"}, "10.0.0.6"},
		{"10.0.0.16/28", []string{"10.0.0.20", "10.0.0.21", "10.0.0.22", "10.0.0.23", "10.0.0.24", "10.0.0.25", "10.0.0.26", "10.0.0.27", "10.0.0.28", "10.0.0.29"}, "10.0.0.30"},
		{"10.0.0.16/28", []string{"10.0.0.20", "10.0.0.21", "10.0.0.22", "10.0.0.23", "10.0.0.24", "10.0.0.25", "10.0.0.26", "10.0.0.27", "10.0.0.28", "10.0.0.29", "10.0.0.30"}, ""},
		{"2001:db8::/64", []string{"2001:db8::4"}, "2001:db8::5"},
	}
	for _, tt := range tests {
		s := &Snapshot{}
		n := &Subnet{Head: Head{ID: "subnet-1"}}
		free := s.FreeAddress
		if p := netip.MustParsePrefix(tt.cidr); p.Addr().Is6() {
			n.IPv6, free = []netip.Prefix{p}, s.FreeIPv6
		} else {
			n.CIDR = p
		}
		for _, u := range tt.used {
			e := &ENI{Head: Head{ID: "eni-" + u}, SubnetID: n.ID}
			if addr(u).Is4() {
				e.PrivateIP = addr(u)
			} else {
				e.IPv6 = []netip.Addr{addr(u)}
			}
			s.put(e)
		}
		if got, ok := free(n); ok != (tt.want != "") || ok && got != addr(tt.want) {
			t.Errorf("%s without %v: %v %v, want %s", tt.cidr, tt.used, got, ok, tt.want)
		}
		if tt.want != "" {
			if got, _ := free(n, addr(tt.want)); got == addr(tt.want) {
				t.Errorf("%s besides %s: %s", tt.cidr, tt.want, got)
			}
		}
	}
}

// TestFreeAddressAsFound compares with looking at every address. Two interfaces
// may have the same: then any free address will do.
func TestFreeAddressAsFound(t *testing.T) {
	n := &Subnet{Head: Head{ID: "subnet-1"}, CIDR: netip.MustParsePrefix("10.0.0.0/26")}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // the same on every run
		s := &Snapshot{}
		held := map[netip.Addr]bool{}
		twice := false
		for i := range random.IntN(70) {
			a := plus(n.CIDR.Addr(), min(random.IntN(64), random.IntN(90)))
			if held[a] && seed%2 == 0 {
				continue
			}
			twice = twice || held[a]
			held[a] = true
			s.put(&ENI{Head: Head{ID: fmt.Sprint("eni-", i)}, SubnetID: n.ID, PrivateIP: a})
		}
		s.put(&ENI{Head: Head{ID: "eni-other"}, SubnetID: "subnet-10", PrivateIP: plus(n.CIDR.Addr(), 4)})
		first := n.CIDR.Addr()
		for n.CIDR.Contains(first) && (held[first] || !Usable(n.CIDR, first)) {
			first = first.Next()
		}
		got, ok := s.FreeAddress(n)
		if ok != n.CIDR.Contains(first) || ok && (held[got] || !Usable(n.CIDR, got)) || ok && !twice && got != first {
			t.Errorf("seed %d: %v %v, want %v", seed, got, ok, first)
		}
	}
}

func TestLast(t *testing.T) {
	for p, want := range map[string]string{
		"10.0.0.0/24": "10.0.0.255", "10.0.0.16/28": "10.0.0.31", "172.31.16.0/20": "172.31.31.255", "10.0.0.8/32": "10.0.0.8",
		"2001:db8::/64": "2001:db8::ffff:ffff:ffff:ffff",
	} {
		if got := Last(netip.MustParsePrefix(p)); got != netip.MustParseAddr(want) {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
}

// Descriptions and owners as AWS's replies have them.
func TestNewManagedENI(t *testing.T) {
	n := &Subnet{Head: Head{ID: "subnet-1"}, VPCID: "vpc-1"}
	now := time.Unix(1, 0)
	for _, tt := range []struct{ kind, of, description, requester, owner, attachment string }{
		{"nat_gateway", "nat-02d216882c09db8e6", "Interface for NAT Gateway nat-02d216882c09db8e6", "amazon-aws", "amazon-aws", "ela-attach-"},
		{"transit_gateway", "tgw-attach-06bf47fa39e5d1578", "Network Interface for Transit Gateway Attachment tgw-attach-06bf47fa39e5d1578", "amazon-aws", "amazon-aws", "ela-attach-"},
		{"load_balancer", "app/quest-alb/b4967228f2fd4342", "ELB app/quest-alb/b4967228f2fd4342", "amazon-elb", "amazon-elb", "eni-attach-"},
		{"rds", "", "RDSNetworkInterface", "amazon-rds", "amazon-rds", "eni-attach-"},
		{"workspaces", "", "Created By Amazon Workspaces for AWS Account ID 123456789012", "amazon-workspaces", "amazon-workspaces", "eni-attach-"},
	} {
		e := NewManagedENI(Head{ID: "eni-1", Account: "123456789012"}, n, tt.kind, tt.of, netip.MustParseAddr("10.0.0.4"), now)
		if e.Description != tt.description || e.RequesterID != tt.requester || e.Attachment.InstanceOwner != tt.owner || e.Attachment.ID[:11] != tt.attachment ||
			!e.RequesterManaged || e.VPCID != "vpc-1" || e.SubnetID != "subnet-1" || e.Attachment.DeviceIndex != 1 {
			t.Errorf("%s: %+v %+v", tt.kind, e, e.Attachment)
		}
		if elastic := tt.attachment == "ela-attach-"; e.Attachment.Time.IsZero() != elastic || e.NoSourceCheck != elastic {
			t.Errorf("%s: %+v", tt.kind, e)
		}
	}
}

// Documentation ranges first (RFC 5737), then that for benchmarks (RFC 2544).
func TestFreePublicAddress(t *testing.T) {
	s := &Snapshot{}
	seen := map[netip.Addr]bool{}
	for k := range 800 {
		a, ok := s.FreePublicAddress()
		if !ok || seen[a] {
			t.Fatalf("%d: %v %v", k, a, ok)
		}
		seen[a] = true
		s.put(&Address{Head: Head{ID: a.String()}, PublicIP: a})
		want := "198.18.0.0/15"
		switch {
		case k < 254:
			want = "203.0.113.0/24"
		case k < 508:
			want = "198.51.100.0/24"
		case k < 762:
			want = "192.0.2.0/24"
		}
		if !netip.MustParsePrefix(want).Contains(a) {
			t.Errorf("%d: %s, want one of %s", k, a, want)
		}
	}
}
