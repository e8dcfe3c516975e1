package vpc

import (
	"net/netip"

	"github.com/flowemu/flowemu/flow"
)

// Policy decides on the flows of one network interface, as the network was when
// it was made. It does not change, and is safe for concurrent use.
type Policy struct {
	network   *Snapshot
	eni       *ENI
	resolvers []netip.Addr // Amazon's DNS servers at the base of the VPC's ranges plus two
	routers   []netip.Addr // the VPC's router in the interface's subnet, its base plus one
	blocked   BlockMode    // what Block Public Access blocks
	ways      *Router      // if that is something
}

// PolicyOptions says how what a host's interfaces stand for is judged.
type PolicyOptions struct {
	// ExemptGateway takes the base plus one and plus two of discovered networks
	// for AWS's router and DNS server. On a host they are mostly its gateway and
	// some machine.
	ExemptGateway bool
}

// NewPolicy gives the policy of an interface; nil stands for one that is not known.
func (s *Snapshot) NewPolicy(e *ENI, o PolicyOptions) *Policy {
	p := &Policy{network: s, eni: e, blocked: BlockOff}
	if e == nil {
		return p
	}
	if p.blocked = s.PublicAccess(e.VPCID, e.SubnetID); p.blocked != BlockOff {
		p.ways = s.NewRouter(e)
	}
	if e.Discovered && !o.ExemptGateway {
		return p
	}
	for _, r := range s.ranges(e.VPCID) {
		if r.Addr().Is4() && !r.Addr().IsLoopback() {
			p.resolvers = append(p.resolvers, plus(r.Masked().Addr(), 2))
		}
	}
	if n := s.Subnet(e.SubnetID); n != nil {
		for _, r := range n.Blocks() {
			if !r.Addr().IsLoopback() {
				p.routers = append(p.routers, plus(r.Masked().Addr(), 1))
			}
		}
	}
	return p
}

// Evaluate decides on a flow. What is logged is accepted, unless Block Public
// Access blocks it.
func (p *Policy) Evaluate(d flow.Direction, t *flow.Tuple) flow.Verdict {
	if rule := p.exempt(d, t); rule != flow.Logged {
		return flow.Verdict{Exempt: rule}
	}
	if p.blocked != BlockOff && p.isPublic(d, t) {
		return flow.Verdict{Action: flow.Reject, Reason: flow.PublicAccessBlocked}
	}
	return flow.Verdict{}
}

// isPublic says whether a flow goes through a gateway that Block Public Access
// blocks. NAT gateways and egress-only internet gateways let nothing in: they are
// blocked in both directions or not at all.
// Source: "Block public access to VPCs and subnets", VPC user guide.
func (p *Policy) isPublic(d flow.Direction, t *flow.Tuple) bool {
	peer := t.SrcAddr()
	switch d {
	case flow.Egress:
		peer = t.DstAddr()
	case flow.Unknown:
		return false
	}
	h := p.ways.hop(peer)
	outward := h.EgressOnly || p.eni.Type == "nat_gateway"
	return h.Path == PathInternet && (p.blocked == BlockBidirectional || !outward)
}
