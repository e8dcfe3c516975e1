package capture

import (
	"encoding/binary"

	"github.com/flowemu/flowemu/flow"
)

const (
	estimatedConnections = 1 << 14 // whose segment size is remembered
	usualMTU             = 1500
	// Without an option in the SYN (RFC 9293, section 3.7.1).
	defaultMSS4, defaultMSS6 = 536, 1220
	// Linux sends no smaller segments, whatever a SYN says (TCP_MIN_SND_MSS).
	smallestMSS = 48
)

// estimate finds out the segment sizes of super-packets that came without: those
// of TCP in files.
type estimate struct{ recent[uint16] }

func newEstimate(seed hashSeed) *estimate {
	return &estimate{newRecent[uint16](seed, estimatedConnections)}
}

// split makes p the segments that f, perhaps, was sent as. Each has the maximum
// segment size of payload, less the options (RFC 6691). It is the smaller one of
// those in the connection's two SYNs, as neither side sends what its own link
// cannot carry. Where the SYNs were not seen, only a packet longer than the usual
// MTU is split, as for that MTU.
func (e *estimate) split(f *frame, p *packet) {
	if p.key.Protocol != protoTCP || p.part != whole {
		return
	}
	ip := f.data[p.l3:]
	_, off, ok := upper(ip)
	if !ok || len(ip) < off+20 || ip[off+12]>>4 < 5 {
		return
	}
	tcp, plain := ip[off:], 20
	if p.key.IPVersion == 6 {
		plain = 40
	}
	if p.flags&flow.SYN != 0 {
		e.learn(f.at, p, tcp)
		return
	}
	options := off - plain + int(tcp[12]>>4)*4 - 20
	if hasJumbo(ip) {
		options -= 8
	}
	id := connection(p)
	size := usualMTU - plain - 20
	if m := e.find(&id); m != nil {
		size = int(m.value)
	} else if p.bytes <= usualMTU {
		return
	}
	split(p, ip, gsoTCPv4, uint64(max(1, size-options)))
}

// learn takes what a SYN says. That of the other side makes it smaller at most;
// without ACK it is a new connection's.
func (e *estimate) learn(at int64, p *packet, tcp []byte) {
	mss, ok := optionMSS(tcp)
	if !ok {
		return
	}
	if mss == 0 {
		mss = defaultMSS4
		if p.key.IPVersion == 6 {
			mss = defaultMSS6
		}
	}
	mss = max(mss, smallestMSS)
	id := connection(p)
	if m := e.find(&id); m != nil && p.flags&flow.ACK != 0 {
		mss = min(mss, m.value)
	}
	e.put(&id, at, mss)
}

// connection is the same for both directions.
func connection(p *packet) key {
	k := key{Tuple: p.key.Tuple}
	a, b := k.Src, k.Dst
	if string(a[:]) > string(b[:]) || a == b && k.SrcPort > k.DstPort {
		k.Src, k.Dst, k.SrcPort, k.DstPort = b, a, k.DstPort, k.SrcPort
	}
	return k
}

// optionMSS gives the maximum segment size in a TCP header, 0 without one. ok is
// false if it cannot be told, as the options are cut or broken.
func optionMSS(tcp []byte) (mss uint16, ok bool) {
	const end, pad, size = 0, 1, 2
	n := int(tcp[12]>>4) * 4
	for o := tcp[20:min(n, len(tcp))]; len(o) > 0; {
		switch {
		case o[0] == end:
			return 0, true
		case o[0] == pad:
			o = o[1:]
			continue
		case len(o) < 2 || o[1] < 2 || len(o) < int(o[1]):
			return 0, false
		case o[0] == size && o[1] == 4:
			return binary.BigEndian.Uint16(o[2:]), true
		}
		o = o[o[1]:]
	}
	return 0, len(tcp) >= n
}
