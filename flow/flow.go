// Package flow says what was on the wire: packets that share a key, counted within one capture window.
package flow

import (
	"net/netip"
	"time"
)

// Direction is a packet's direction as the network interface sees it.
type Direction uint8

// The directions of the flow-direction field. Unknown stands for packets of a
// file of which nobody said whose side is the interface's.
const (
	Unknown Direction = iota
	Ingress
	Egress
)

// String gives AWS's word for d, or "" when it is unknown.
func (d Direction) String() string {
	switch d {
	case Ingress:
		return "ingress"
	case Egress:
		return "egress"
	}
	return ""
}

// Action is what the security groups and network ACLs decide.
type Action uint8

// The values of the action field.
const (
	Accept Action = iota
	Reject
)

// String gives AWS's word: ACCEPT or REJECT.
func (a Action) String() string {
	if a == Reject {
		return "REJECT"
	}
	return "ACCEPT"
}

// Reason is why a flow was rejected, where the field reject-reason says so.
type Reason uint8

// The values of the reject-reason field. Security groups and network ACLs give no reason.
const (
	NoReason Reason = iota
	PublicAccessBlocked
	EncryptionRequired
)

// String gives AWS's word, or "".
func (r Reason) String() string {
	switch r {
	case PublicAccessBlocked:
		return "BPA"
	case EncryptionRequired:
		return "EC"
	}
	return ""
}

// Exempt is the rule by which traffic is never logged; Logged is that there is none.
type Exempt uint8

// What flow logs never have. Source: "Flow log limitations", VPC user guide.
const (
	Logged Exempt = iota
	AmazonDNS
	InstanceMetadata
	TimeSync
	DHCP
	WindowsActivation
	VPCRouter
	EndpointLoadBalancer
	Exempts // how many there are
)

// String gives the rule's key where excluded frames are counted.
func (x Exempt) String() string {
	return [...]string{"logged", "dns", "imds", "time", "dhcp", "windows-activation", "vpc-router", "nlb-endpoint"}[x]
}

// Verdict is the decision on a flow. What is Exempt is accepted, and in no record.
type Verdict struct {
	Action Action
	Reason Reason
	Exempt Exempt
}

// Bits of Counters.TCPFlags. The first six are the header's own; SynAck is set
// when one packet carried SYN and ACK together, which an OR over packets could
// not tell from a SYN and a later ACK, and which AWS's tcp-flags needs.
const (
	FIN    = 0x01
	SYN    = 0x02
	RST    = 0x04
	PSH    = 0x08
	ACK    = 0x10
	URG    = 0x20
	SynAck = 0x80
)

// HeaderFlags turns the flags byte of one TCP header into bits of Counters.TCPFlags.
func HeaderFlags(b byte) uint8 {
	f := b & 0x3f
	if b&(SYN|ACK) == SYN|ACK {
		f |= SynAck
	}
	return f
}

// Tuple is the 5-tuple as on the wire. An IPv4 address is in the first four
// bytes, the rest zero; IPVersion, 4 or 6, tells. Protocols without ports, ICMP
// and fragments after the first have both ports 0.
type Tuple struct {
	Src, Dst         [16]byte
	SrcPort, DstPort uint16
	Protocol         uint8
	IPVersion        uint8
}

// SrcAddr gives the source address.
func (t *Tuple) SrcAddr() netip.Addr { return addr(t.Src, t.IPVersion) }

// DstAddr gives the destination address.
func (t *Tuple) DstAddr() netip.Addr { return addr(t.Dst, t.IPVersion) }

// SetSrcAddr changes the source address, to one of the same IP version.
func (t *Tuple) SetSrcAddr(a netip.Addr) { t.Src = bytesOf(a) }

// SetDstAddr changes the destination address, to one of the same IP version.
func (t *Tuple) SetDstAddr(a netip.Addr) { t.Dst = bytesOf(a) }

func bytesOf(a netip.Addr) (b [16]byte) {
	if a.Is4() {
		v4 := a.As4()
		copy(b[:], v4[:])
		return b
	}
	return a.As16()
}

func addr(b [16]byte, version uint8) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16(b)
}

// Counters is what is summed over the packets of a flow. Bytes counts IP total
// lengths, the L3 header included; packets are packets on the wire, so a
// super-packet of segmentation offload counts as the packets it becomes.
type Counters struct {
	Packets, Bytes uint64
	TCPFlags       uint8
}

// Add merges o into c.
func (c *Counters) Add(o Counters) {
	c.Packets += o.Packets
	c.Bytes += o.Bytes
	c.TCPFlags |= o.TCPFlags
}

// Flow is one flow of one window, in one direction, with one verdict.
type Flow struct {
	Tuple
	Direction Direction
	Verdict   Verdict
	Counters
}

// Counts accounts for frames: each frame that a source saw is exactly one of
// recorded, excluded, undecodable or lost.
type Counts struct {
	Frames      uint64 `json:"frames"`
	Recorded    uint64 `json:"recorded"`
	Excluded    uint64 `json:"excluded"`
	Undecodable uint64 `json:"undecodable"`
	Lost        uint64 `json:"lost"`
}

// Add sums o into c.
func (c *Counts) Add(o Counts) {
	c.Frames += o.Frames
	c.Recorded += o.Recorded
	c.Excluded += o.Excluded
	c.Undecodable += o.Undecodable
	c.Lost += o.Lost
}

// Window is what one network interface saw from Start (inclusive) to End
// (exclusive), sealed: nobody writes to it any more. Flows are in the order of
// their first packet, of an interface with several rings ring by ring. Lost counts the packets that the window should have had
// and has not. Offline says that the window follows the time of injected or
// replayed packets and not the clock. NoTap says that nothing captures on the
// interface, so that the window is empty and nothing can be missing from the next.
type Window struct {
	InterfaceID string
	Start, End  time.Time
	Flows       []Flow
	Lost        uint64
	Offline     bool
	NoTap       bool
}
