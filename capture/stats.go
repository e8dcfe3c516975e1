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
	neverLogged                                          // with flow.AmazonDNS, the first of flow's rules, and so on
	reasons     = neverLogged + reason(flow.Exempts) - 1 // how many there are

	// declined never leaves the decoder: the fast path hands the frame to gopacket.
	declined = reasons
)

// String gives the reason's key in Stats.Reasons.
func (r reason) String() string {
	names := [...]string{"recorded", "not-ip", "other-host", "self", "truncated", "malformed", "link-type", "ring", "table"}
	switch {
	case r < neverLogged:
		return names[r]
	case r < reasons:
		return flow.Exempt(r - neverLogged + 1).String()
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

// settle moves what a table turned out not to record. It was counted as
// recorded; settled is what the last call had of it.
func (t *tally) settle(lost uint64, exempt *[flow.Exempts]uint64, settled *settled) {
	t[recorded] -= lost - settled.lost
	t[lostTable] += lost - settled.lost
	settled.lost = lost
	for x, n := range exempt {
		if n -= settled.exempt[x]; n != 0 {
			t[recorded] -= n
			t[neverLogged+reason(x)-1] += n
			settled.exempt[x] += n
		}
	}
}

// settled is what of a table's window a tally has already.
type settled struct {
	lost   uint64
	exempt [flow.Exempts]uint64
}

// stats sorts t into the four counts; Frames is their sum by construction.
func (t *tally) stats() Stats {
	s := Stats{Reasons: make(map[string]uint64)}
	for i, n := range t {
		r := reason(i)
		switch r {
		case recorded:
			s.Recorded += n
		case truncated, malformed, unknownLink:
			s.Undecodable += n
		case lostRing, lostTable:
			s.Lost += n
		default:
			s.Excluded += n
		}
		s.Frames += n
		if r != recorded && n != 0 {
			s.Reasons[r.String()] = n
		}
	}
	return s
}
