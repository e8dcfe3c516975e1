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

// Interface is everything about where a flow was seen that a field can print: a
// network interface or, for gateways without one, what stands for it.
type Interface struct {
	vpc.ENI
	Tags         []vpc.Tag `json:",omitempty"` // the interface's
	InstanceTags []vpc.Tag `json:",omitempty"`
	RegionalNAT  string    `json:",omitempty"` // a regional NAT gateway, which has no interface
	Transit      *Transit  `json:",omitempty"` // a transit gateway, which has none either
}

// Name gives the id of where the flow was seen: an interface, a regional NAT
// gateway or a transit gateway.
func (i *Interface) Name() string {
	switch {
	case i.Transit != nil:
		return i.Transit.GatewayID
	case i.RegionalNAT != "":
		return i.RegionalNAT
	}
	return i.ID
}

// In says whether it is, or lies in, the resource with that id.
func (i *Interface) In(id string) bool {
	switch {
	case i.Transit != nil:
		return id == i.Transit.GatewayID || id == i.Transit.AttachmentID
	case i.RegionalNAT != "":
		return id == i.RegionalNAT
	}
	return i.ENI.In(id)
}

const regionalNAT = "regional_nat_gateway"

// serviceTypes says which interface types of EC2 are a service's in records, and how.
// Source: "Flow log records", interface-type; EC2 API, NetworkInterface.
var serviceTypes = map[string]string{
	"natGateway": "nat_gateway", "nat_gateway": "nat_gateway", "network_load_balancer": "network_load_balancer", "transit_gateway": "transit_gateway", "vpc_endpoint": "vpc_endpoint",
}

func (i *Interface) serviceType() string {
	if i.RegionalNAT != "" {
		return regionalNAT
	}
	return serviceTypes[i.Type]
}

// Record is one line of a flow log. With the status NoData or SkipData it has no flow.
type Record struct {
	flow.Flow
	Interface  *Interface
	Hop        *Hop      // where the flow goes, or comes from; nil if that is not known
	Start, End time.Time // the edges of the capture window
	Status     Status
	Lookup     *Lookup // for fields whose value is looked up; nil leaves them empty
}

// Lookup is what values are looked up in.
type Lookup struct {
	TagFields []TagField
	Services  Services
}

// Services knows which service of AWS a public address is of.
type Services interface {
	// Service gives the service's code, or "".
	Service(netip.Addr) string
	// TransitGatewayService gives the code that flow logs of transit gateways have, or "".
	TransitGatewayService(netip.Addr) string
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

// byteCount gives bytes. What Block Public Access rejects has none.
// Source: "Flow log limitations".
func (r *Record) byteCount() (int64, bool) {
	return int64(r.Bytes), r.Verdict.Reason != flow.PublicAccessBlocked
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

// TransitFlags gives tcp-flags by the rule of transit gateway flow logs: FIN 1,
// SYN 2, RST 4, PSH 8, ACK 16, URG 32, OR-ed over the packets, but 0 if there was
// nothing but ACKs.
// Source: "Transit Gateway Flow Log records", tcp-flags.
func (r *Record) TransitFlags() int64 {
	v := int64(r.TCPFlags &^ flow.SynAck)
	if v == flow.ACK {
		return 0
	}
	return v
}
