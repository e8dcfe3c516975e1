package vpc_test

import (
	"net/netip"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// network makes an inventory of the resources and gives its snapshot.
func network(t *testing.T, all ...vpc.Resource) *vpc.Snapshot {
	t.Helper()
	inv := newInventory(t, &keeper{})
	if err := inv.Update(t.Context(), func(tx *vpc.Tx) error {
		for _, r := range all {
			tx.Put(r)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return inv.Snapshot()
}

func head(id string) vpc.Head { return vpc.Head{ID: id, Account: "1", Region: "us-east-1"} }

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func zone(id string) vpc.Zone { return vpc.Zone{ID: id} }

// eni is an interface of vpc-a in a subnet.
func eni(id, subnet, address, typ string) *vpc.ENI {
	e := &vpc.ENI{Head: head(id), VPCID: "vpc-a", SubnetID: subnet, Zone: zone("az1"), Type: typ}
	if a := addr(address); a.Is4() {
		e.PrivateIP = a
	} else {
		e.IPv6 = []netip.Addr{a}
	}
	return e
}

func tuple(protocol uint8, src string, srcPort uint16, dst string, dstPort uint16) *flow.Tuple {
	t := &flow.Tuple{Protocol: protocol, SrcPort: srcPort, DstPort: dstPort, IPVersion: 4}
	s, d := addr(src), addr(dst)
	if s.Is6() {
		t.IPVersion = 6
		t.Src, t.Dst = s.As16(), d.As16()
		return t
	}
	s4, d4 := s.As4(), d.As4()
	copy(t.Src[:], s4[:])
	copy(t.Dst[:], d4[:])
	return t
}

// TestNeverLogged: the list of "Flow log limitations", and what is next to it.
func TestNeverLogged(t *testing.T) {
	const tcp, udp, icmp = 6, 17, 1
	s := network(t,
		&vpc.VPC{Head: head("vpc-a"), CIDRs: []netip.Prefix{prefix("10.0.0.0/16"), prefix("10.1.0.0/16"), prefix("2001:db8::/56")}},
		&vpc.Subnet{Head: head("subnet-1"), VPCID: "vpc-a", CIDR: prefix("10.0.1.0/24"), IPv6: []netip.Prefix{prefix("2001:db8:0:1::/64")}},
		eni("eni-nlb", "subnet-1", "10.0.1.20", "network_load_balancer"), eni("eni-vpce", "subnet-1", "10.0.1.21", "vpc_endpoint"),
	)
	own := eni("eni-own", "subnet-1", "10.0.1.5", "")
	found := eni("eni-found", "subnet-1", "10.0.1.5", "")
	found.Discovered = true
	tests := []struct {
		name string
		eni  *vpc.ENI
		d    flow.Direction
		t    *flow.Tuple
		want flow.Exempt
	}{
		{"Amazon's DNS server, query", own, flow.Egress, tuple(udp, "10.0.1.5", 4000, "10.0.0.2", 53), flow.AmazonDNS},
		{"its answer", own, flow.Ingress, tuple(udp, "10.0.0.2", 53, "10.0.1.5", 4000), flow.AmazonDNS},
		{"over TCP, of the second range", own, flow.Egress, tuple(tcp, "10.0.1.5", 4000, "10.1.0.2", 53), flow.AmazonDNS},
		{"the link-local one", own, flow.Egress, tuple(udp, "10.0.1.5", 4000, "169.254.169.253", 53), flow.AmazonDNS},
		{"over IPv6", own, flow.Egress, tuple(udp, "2001:db8:0:1::5", 4000, "fd00:ec2::253", 53), flow.AmazonDNS},
		{"an own DNS server", own, flow.Egress, tuple(udp, "10.0.1.5", 4000, "10.0.1.9", 53), flow.Logged},
		{"base plus two, another port", own, flow.Egress, tuple(udp, "10.0.1.5", 4000, "10.0.0.2", 54), flow.Logged},
		{"base plus two asks us", own, flow.Ingress, tuple(udp, "10.0.0.2", 4000, "10.0.1.5", 53), flow.Logged},
		{"instance metadata", own, flow.Egress, tuple(tcp, "10.0.1.5", 4000, "169.254.169.254", 80), flow.InstanceMetadata},
		{"instance metadata over IPv6", own, flow.Ingress, tuple(tcp, "fd00:ec2::254", 80, "2001:db8:0:1::5", 4000), flow.InstanceMetadata},
		{"time", own, flow.Egress, tuple(udp, "10.0.1.5", 123, "169.254.169.123", 123), flow.TimeSync},
		{"time of others", own, flow.Egress, tuple(udp, "10.0.1.5", 123, "192.0.2.1", 123), flow.Logged},
		{"DHCP", own, flow.Egress, tuple(udp, "0.0.0.0", 68, "255.255.255.255", 67), flow.DHCP},
		{"DHCPv6", own, flow.Ingress, tuple(udp, "fe80::1", 547, "fe80::5", 546), flow.DHCP},
		{"port 67 alone", own, flow.Egress, tuple(udp, "10.0.1.5", 4000, "10.0.1.9", 67), flow.Logged},
		{"Windows activation", own, flow.Egress, tuple(tcp, "10.0.1.5", 4000, "169.254.169.250", 1688), flow.WindowsActivation},
		{"router", own, flow.Egress, tuple(icmp, "10.0.1.5", 0, "10.0.1.1", 0), flow.VPCRouter},
		{"router over IPv6", own, flow.Ingress, tuple(58, "2001:db8:0:1::1", 0, "2001:db8:0:1::5", 0), flow.VPCRouter},
		{"the router of another subnet", own, flow.Egress, tuple(icmp, "10.0.1.5", 0, "10.0.2.1", 0), flow.Logged},
		{"balancer to endpoint", s.ENI("eni-nlb"), flow.Egress, tuple(tcp, "10.0.1.20", 4000, "10.0.1.21", 443), flow.EndpointLoadBalancer},
		{"endpoint from balancer", s.ENI("eni-vpce"), flow.Ingress, tuple(tcp, "10.0.1.20", 4000, "10.0.1.21", 443), flow.EndpointLoadBalancer},
		{"balancer to an instance", s.ENI("eni-nlb"), flow.Egress, tuple(tcp, "10.0.1.20", 4000, "10.0.1.5", 443), flow.Logged},
		{"discovered: base plus one is a gateway", found, flow.Egress, tuple(icmp, "10.0.1.5", 0, "10.0.1.1", 0), flow.Logged},
		{"discovered: base plus two is a machine", found, flow.Egress, tuple(udp, "10.0.1.5", 4000, "10.0.0.2", 53), flow.Logged},
		{"discovered: metadata", found, flow.Egress, tuple(tcp, "10.0.1.5", 4000, "169.254.169.254", 80), flow.InstanceMetadata},
		{"direction unknown", nil, flow.Unknown, tuple(udp, "169.254.169.123", 123, "10.0.1.5", 123), flow.TimeSync},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := s.NewPolicy(tt.eni, vpc.PolicyOptions{}).Evaluate(tt.d, tt.t)
			if got != (flow.Verdict{Exempt: tt.want}) {
				t.Errorf("%v, want %v", got.Exempt, tt.want)
			}
		})
	}
	if got := s.NewPolicy(found, vpc.PolicyOptions{ExemptGateway: true}).Evaluate(flow.Egress, tuple(icmp, "10.0.1.5", 0, "10.0.1.1", 0)); got.Exempt != flow.VPCRouter {
		t.Errorf("ExemptGateway: %v", got.Exempt)
	}
}

// TestBlockPublicAccess: what "Block public access to VPCs and subnets" says each
// mode blocks.
func TestBlockPublicAccess(t *testing.T) {
	nat := eni("eni-nat", "subnet-2", "10.0.2.30", "nat_gateway")
	for _, tt := range []struct {
		name, eni, peer string
		both, ingress   bool // blocked in the mode block-bidirectional, block-ingress
	}{
		{"internet gateway", "eni-2", "203.0.113.5", true, true},
		{"in the VPC", "eni-2", "10.0.1.5", false, false},
		{"the instance's way to the NAT gateway", "eni-1", "203.0.113.5", false, false},
		{"the NAT gateway's own", "eni-nat", "203.0.113.5", true, false},
		{"egress-only internet gateway", "eni-1", "2001:db8:ffff::1", true, false},
		{"transit gateway", "eni-1", "10.9.0.5", false, false},
	} {
		for mode, want := range map[vpc.BlockMode]bool{vpc.BlockBidirectional: tt.both, vpc.BlockIngress: tt.ingress, vpc.BlockOff: false} {
			s := routed(t, nat, &vpc.PublicAccess{Head: head(vpc.PublicAccessID("1", "us-east-1")), Mode: mode})
			e := s.ENI(tt.eni)
			own := "10.0.1.5"
			if addr(tt.peer).Is6() {
				own = "2001:db8::5"
			}
			p := s.NewPolicy(e, vpc.PolicyOptions{})
			out, in := p.Evaluate(flow.Egress, tuple(6, own, 1000, tt.peer, 80)), p.Evaluate(flow.Ingress, tuple(6, tt.peer, 80, own, 1000))
			verdict := flow.Verdict{}
			if want {
				verdict = flow.Verdict{Action: flow.Reject, Reason: flow.PublicAccessBlocked}
			}
			if out != verdict || in != verdict {
				t.Errorf("%s, %s: %+v and %+v", tt.name, mode, out, in)
			}
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p := (&vpc.Snapshot{}).NewPolicy(nil, vpc.PolicyOptions{})
	t := tuple(6, "10.0.1.5", 4000, "192.0.2.1", 443)
	b.ReportAllocs()
	for b.Loop() {
		p.Evaluate(flow.Egress, t)
	}
}
