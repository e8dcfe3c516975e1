package vpc

import (
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/flow"
)

// remote is a flow as its interface sees it: the other side, and its own port.
type remote struct {
	addr      netip.Addr
	port, own uint16
	protocol  int
}

func (r *remote) udp(port uint16) bool { return r.protocol == UDP && r.port == port }

func (r *remote) isOneOf(ports ...uint16) bool {
	return slices.Contains(ports, r.port) && slices.Contains(ports, r.own)
}

// neverLogged is what flow logs do not have, and what no rule filters. Traffic of
// a mirror session is not in it: there are none.
// Source: "Flow log limitations", VPC user guide, and the addresses of these
// services in the guides of EC2 and VPC. Those of Windows activation, and that the
// router's IPv6 address is the subnet's base plus one, are guesses.
var neverLogged = []struct {
	rule flow.Exempt
	is   func(*Policy, remote) bool
}{
	{flow.AmazonDNS, func(p *Policy, r remote) bool {
		return r.port == 53 && (r.protocol == UDP || r.protocol == TCP) && (slices.Contains(amazonDNS, r.addr) || slices.Contains(p.resolvers, r.addr))
	}},
	{flow.InstanceMetadata, func(_ *Policy, r remote) bool { return slices.Contains(metadata, r.addr) }},
	{flow.TimeSync, func(_ *Policy, r remote) bool { return r.udp(123) && slices.Contains(timeSync, r.addr) }},
	{flow.DHCP, func(_ *Policy, r remote) bool {
		return r.protocol == UDP && (r.addr.Is4() && r.isOneOf(67, 68) || r.addr.Is6() && r.isOneOf(546, 547))
	}},
	{flow.WindowsActivation, func(_ *Policy, r remote) bool {
		return r.protocol == TCP && r.port == 1688 && slices.Contains(activation, r.addr)
	}},
	{flow.VPCRouter, func(p *Policy, r remote) bool { return slices.Contains(p.routers, r.addr) }},
	{flow.EndpointLoadBalancer, (*Policy).endpointLoadBalancer},
}

var (
	amazonDNS  = addresses("169.254.169.253", "fd00:ec2::253")
	metadata   = addresses("169.254.169.254", "fd00:ec2::254")
	timeSync   = addresses("169.254.169.123", "fd00:ec2::123")
	activation = addresses("169.254.169.250", "169.254.169.251")
)

func addresses(all ...string) (out []netip.Addr) {
	for _, s := range all {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// exempt gives the rule by which a flow is never logged. Where the direction is
// not known either side may be the interface's.
func (p *Policy) exempt(d flow.Direction, t *flow.Tuple) flow.Exempt {
	src := remote{t.SrcAddr(), t.SrcPort, t.DstPort, int(t.Protocol)}
	dst := remote{t.DstAddr(), t.DstPort, t.SrcPort, int(t.Protocol)}
	for i := range neverLogged {
		rule := &neverLogged[i]
		if d != flow.Egress && rule.is(p, src) || d != flow.Ingress && rule.is(p, dst) {
			return rule.rule
		}
	}
	return flow.Logged
}

// endpointLoadBalancer is traffic between the interfaces of a Network Load
// Balancer and of a VPC endpoint.
func (p *Policy) endpointLoadBalancer(r remote) bool {
	const balancer, endpoint = "network_load_balancer", "vpc_endpoint"
	if p.eni == nil || p.eni.Type != balancer && p.eni.Type != endpoint {
		return false
	}
	peer := p.network.Interface(p.eni.VPCID, r.addr)
	return peer != nil && (p.eni.Type == balancer && peer.Type == endpoint || p.eni.Type == endpoint && peer.Type == balancer)
}
