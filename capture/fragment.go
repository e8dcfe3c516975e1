package capture

import (
	"encoding/binary"
	"time"

	"github.com/flowemu/flowemu/flow"
)

const (
	fragmented = 512 // packets whose first fragments are remembered
	// How long the fragments of a packet may be under way (RFC 8200, section 4.5).
	fragmentLife = int64(60 * time.Second)
)

// fragments remembers the latest first fragments of a source. The later ones,
// which have no ports, are judged as their first; one that comes before its first
// is judged with ports 0. The keys are the addresses, the protocol and, in the
// place of ports, the identification.
type fragments struct{ recent[firstFragment] }

type firstFragment struct {
	src, dst uint16
	protocol uint8 // the upper one, where the key has that of the fragment header
}

func newFragments(seed hashSeed) fragments {
	return fragments{newRecent[firstFragment](seed, fragmented)}
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
	if p.part == firstPart {
		c.put(&id, f.at, firstFragment{p.key.SrcPort, p.key.DstPort, p.key.Protocol})
		return
	}
	m := c.find(&id)
	if m == nil || f.at-m.at > fragmentLife || m.at-f.at > fragmentLife {
		return
	}
	first := &m.value
	p.key.Protocol, p.key.SrcPort, p.key.DstPort = first.protocol, first.src, first.dst
	if first.src|first.dst != 0 {
		p.key.later = 1
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

// foldParts takes from fragments after the first the ports that they were judged
// by. What becomes the same flow by it is put together in the first of its
// records; the others are left without packets.
func (t *table) foldParts() {
	if t.later == 0 {
		return
	}
	t.later = 0
	first := map[flow.Flow]*record{} // of the flows that fragments become
	for i := range t.n {
		if r := t.record(i); r.key.later != 0 {
			r.key.SrcPort, r.key.DstPort = 0, 0
			first[r.kind()] = nil
		}
	}
	for i := range t.n {
		r := t.record(i)
		if r.key.SrcPort|r.key.DstPort != 0 {
			continue
		}
		id := r.kind()
		switch same, folded := first[id]; {
		case !folded:
		case same == nil:
			first[id] = r
		default:
			same.packets, same.bytes, same.flags = same.packets+r.packets, same.bytes+r.bytes, same.flags|r.flags
			r.packets = 0
		}
	}
}

// kind gives the flow without what was counted.
func (r *record) kind() flow.Flow {
	f := r.flow()
	f.Counters = flow.Counters{}
	return f
}
