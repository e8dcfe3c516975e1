package capture

import (
	"encoding/binary"
	"time"

	"github.com/flowemu/flowemu/flow"
)

const (
	fragmentSets = 128
	fragmentWays = 4
	// How long the fragments of a packet may be under way (RFC 8200, section 4.5).
	fragmentLife = int64(60 * time.Second)
)

// fragments remembers the latest first fragments of a source. The later ones,
// which have no ports, are judged as their first; one that comes before its first
// is judged with ports 0. It has a fixed size, and what is forgotten is the oldest.
type fragments struct {
	seed hashSeed
	sets [fragmentSets][fragmentWays]firstFragment
}

type firstFragment struct {
	id       key // addresses, protocol and, as ports, the identification
	at       int64
	src, dst uint16
	protocol uint8 // the upper one, where id has that of the fragment header
	used     bool
}

// decode is the function decode, with the ports that judge a fragment.
func (c *fragments) decode(f *frame, p *packet) reason {
	r := decode(f, p)
	if r == recorded && p.part != whole {
		c.resolve(f, p)
	}
	return r
}

// resolve takes note of p, if it is a first fragment, or gives it what its first
// had. Protocols without ports need no mark: they are judged by the same.
func (c *fragments) resolve(f *frame, p *packet) {
	id := fragmentID(f.data[p.l3:], p)
	set := &c.sets[id.hash(&c.seed)%fragmentSets]
	if p.part == firstPart {
		*oldest(set, &id) = firstFragment{id: id, at: f.at, src: p.key.SrcPort, dst: p.key.DstPort, protocol: p.key.Protocol, used: true}
		return
	}
	for i := range set {
		e := &set[i]
		if !e.used || !e.id.equal(&id) {
			continue
		}
		if age := f.at - e.at; age >= -fragmentLife && age <= fragmentLife {
			p.key.Protocol, p.key.SrcPort, p.key.DstPort = e.protocol, e.src, e.dst
			if e.src|e.dst != 0 {
				p.key.later = 1
			}
		}
		return
	}
}

// fragmentID tells the fragments of one packet from others (RFC 791, RFC 8200).
func fragmentID(ip []byte, p *packet) key {
	id := key{Tuple: flow.Tuple{Src: p.key.Src, Dst: p.key.Dst, Protocol: p.key.Protocol, IPVersion: p.key.IPVersion}}
	if p.key.IPVersion == 4 {
		id.SrcPort = binary.BigEndian.Uint16(ip[4:])
		return id
	}
	next, n := fragmentHeader(ip)
	id.Protocol, id.SrcPort, id.DstPort = next, uint16(n>>16), uint16(n)
	return id
}

// oldest gives the place for id: where it is, else a free one, else the oldest.
func oldest(set *[fragmentWays]firstFragment, id *key) *firstFragment {
	best := &set[0]
	for i := range set {
		e := &set[i]
		if e.used && e.id.equal(id) {
			return e
		}
		if best.used && (!e.used || e.at < best.at) {
			best = e
		}
	}
	return best
}

// portless gathers the flows of a window that have no ports, when fragments lose
// theirs and flows become the same by it.
type portless map[flow.Flow]int

// add says whether f was added to one of flows; if not it is to be appended.
func (m portless) add(flows []flow.Flow, f *flow.Flow) bool {
	if f.SrcPort|f.DstPort != 0 {
		return false
	}
	same := *f
	same.Counters = flow.Counters{}
	at, ok := m[same]
	if ok {
		flows[at].Add(f.Counters)
	} else {
		m[same] = len(flows)
	}
	return ok
}
