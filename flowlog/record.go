package flowlog

import (
	"net/netip"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// Status is the log-status of a record.
type Status uint8

// The values of the log-status field.
const (
	OK Status = iota
	NoData
	SkipData
)

// String gives AWS's word.
func (s Status) String() string {
	switch s {
	case NoData:
		return "NODATA"
	case SkipData:
		return "SKIPDATA"
	}
	return "OK"
}

// Interface is everything about a network interface that a field can print.
type Interface struct {
	vpc.ENI
	VPCCIDRs []netip.Prefix // the blocks of its VPC
}

// serviceTypes says which interface types of EC2 are a service's in records, and how.
// Source: "Flow log records", interface-type; EC2 API, NetworkInterface.
var serviceTypes = map[string]string{
	"natGateway": "nat_gateway", "nat_gateway": "nat_gateway", "network_load_balancer": "network_load_balancer", "transit_gateway": "transit_gateway", "vpc_endpoint": "vpc_endpoint",
}

func (i *Interface) serviceType() string { return serviceTypes[i.Type] }

// Record is one line of a flow log. With the status NoData or SkipData it has no flow.
type Record struct {
	flow.Flow
	Interface  *Interface
	Start, End time.Time // the edges of the capture window
	Status     Status
}

// SrcAddr gives srcaddr: for egress the interface's own address instead of the packet's.
// Source: "Flow log records", srcaddr, and "Flow log limitations".
func (r *Record) SrcAddr() netip.Addr {
	a := r.Tuple.SrcAddr()
	if r.Direction == flow.Egress {
		return r.Interface.Primary(a)
	}
	return a
}

// DstAddr gives dstaddr: for ingress the interface's own address instead of the packet's.
func (r *Record) DstAddr() netip.Addr {
	a := r.Tuple.DstAddr()
	if r.Direction == flow.Ingress {
		return r.Interface.Primary(a)
	}
	return a
}

// VPCFlags gives tcp-flags by the rule of VPC flow logs: FIN 1, SYN 2, RST 4,
// SYN-ACK 18, OR-ed over the packets; nothing else counts.
// Source: "Flow log records", tcp-flags.
func (r *Record) VPCFlags() int64 {
	v := int64(r.TCPFlags & (flow.FIN | flow.SYN | flow.RST))
	if r.TCPFlags&flow.SynAck != 0 {
		v |= flow.SYN | flow.ACK
	}
	return v
}

// TrafficPath gives the class of an egress flow's route: 1 is another resource
// in the same VPC. ok is false for ingress and where no class is known.
// Source: "Flow log records", traffic-path.
func (r *Record) TrafficPath() (class int64, ok bool) {
	if r.Direction != flow.Egress {
		return 0, false
	}
	dst := r.Tuple.DstAddr()
	for _, p := range r.Interface.VPCCIDRs {
		if p.Contains(dst) {
			return 1, true
		}
	}
	return 0, false
}
