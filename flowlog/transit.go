package flowlog

// Transit is where a transit gateway saw a flow, between which of its attachments
// the flow's packets pass, and whether it drops them.
type Transit struct {
	GatewayID    string
	AttachmentID string // where the flow was seen
	PairID       string // the other attachment, or ""
	Src, Dst     TransitEnd
	Dropped      Dropped
}

// TransitEnd is an attachment and the interface that packets pass there.
type TransitEnd struct {
	Account     string // of the VPC
	VPCID       string
	SubnetID    string
	InterfaceID string
	ZoneID      string
}

// Dropped is why a transit gateway drops packets.
type Dropped uint8

// Why packets are dropped. Those that are too long for a transit gateway or whose
// time to live ended are not told apart from others.
const (
	NotDropped Dropped = iota
	NoRoute
	Blackhole
)

// transit gives a getter of a text of the transit gateway.
func transit(text func(*Transit) string) func([]byte, *Record) []byte {
	return func(b []byte, r *Record) []byte {
		if r.Interface.Transit == nil {
			return b
		}
		return append(b, text(r.Interface.Transit)...)
	}
}

// lost gives a getter of the packets that were dropped for a reason.
func lost(why Dropped) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		if r.Interface.Transit == nil {
			return 0, false
		}
		if r.Interface.Transit.Dropped != why {
			return 0, true
		}
		return int64(r.Packets), true
	}
}

// neverLost is for reasons that are not found out.
func neverLost(r *Record) (int64, bool) { return 0, r.Interface.Transit != nil }
