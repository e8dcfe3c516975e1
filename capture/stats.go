package capture

import "github.com/flowemu/flowemu/flow"

// reason says what became of a frame; recorded is the zero value.
type reason uint8

const (
	recorded reason = iota
	notIP
	otherHost
	self
	truncated
	malformed
	unknownLink
	lostRing
	lostTable
	reasons // how many there are

	// declined never leaves the decoder: the fast path hands the frame to gopacket.
	declined = reasons
)

// String gives the reason's key in Stats.Reasons.
func (r reason) String() string {
	names := [...]string{"recorded", "not-ip", "other-host", "self", "truncated", "malformed", "link-type", "ring", "table"}
	if int(r) < len(names) {
		return names[r]
	}
	return "declined"
}

// Stats accounts for the frames of one source. Reasons has the excluded,
// undecodable and lost frames by reason; reasons that did not occur are absent.
type Stats struct {
	flow.Counts
	Reasons map[string]uint64 `json:"reasons"`
}

// Add sums o into s.
func (s *Stats) Add(o Stats) {
	s.Counts.Add(o.Counts)
	if s.Reasons == nil {
		s.Reasons = make(map[string]uint64)
	}
	for k, n := range o.Reasons {
		s.Reasons[k] += n
	}
}

// tally counts frames by what became of them.
type tally [reasons]uint64

// stats sorts t into the four counts; Frames is their sum by construction.
func (t *tally) stats() Stats {
	s := Stats{Reasons: make(map[string]uint64)}
	for i, n := range t {
		r := reason(i)
		switch r {
		case recorded:
			s.Recorded += n
		case notIP, otherHost, self:
			s.Excluded += n
		case truncated, malformed, unknownLink:
			s.Undecodable += n
		default:
			s.Lost += n
		}
		s.Frames += n
		if r != recorded && n != 0 {
			s.Reasons[r.String()] = n
		}
	}
	return s
}
