package capture

import (
	"encoding/binary"

	"github.com/flowemu/flowemu/flow"
)

// IP protocols and IPv6 extension headers.
const (
	protoHopByHop = 0
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoNone     = 59
	protoDestOpts = 60
	protoSCTP     = 132
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
)

// decode fills p from f. A tunnel counts as its outer packet. The L4 header may
// be cut: what is there of ports and flags is used, as a flow exporter would.
func decode(f *frame, p *packet) reason {
	r := decodeFast(f, p)
	if r == declined {
		r = decodeLayers(f, p)
	}
	if r != recorded {
		return r
	}
	p.packets = 1
	if f.gso != 0 {
		split(p, f.data[p.l3:], f.gsoType, uint64(f.gso))
	}
	return recorded
}

// decodeFast knows the usual frames and allocates nothing.
func decodeFast(f *frame, p *packet) reason {
	b := f.data
	switch f.link {
	case linkEthernet:
		if len(b) < 14 {
			return truncated
		}
		typ := binary.BigEndian.Uint16(b[12:])
		if typ == etherIPv4 {
			return decodeIPv4(f, p, 14)
		}
		return decodeEther(f, p, typ, 14)
	case linkRaw, linkRawBSD, linkRawOpen:
		return decodeRaw(f, p, 0)
	case linkIPv4:
		return decodeIPv4(f, p, 0)
	case linkIPv6:
		return decodeIPv6(f, p, 0)
	case linkNull, linkLoop:
		return decodeNull(f, p)
	case linkPPP:
		return decodePPP(f, p, 0)
	case linkPPPHDLC, linkCHDLC:
		return decodeHDLC(f, p)
	case linkPPPoE:
		return decodePPPoE(f, p, 0)
	case linkSLL:
		if len(b) < 16 {
			return truncated
		}
		return decodeCooked(f, p, binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[14:]), 16)
	case linkSLL2:
		if len(b) < 20 {
			return truncated
		}
		return decodeCooked(f, p, binary.BigEndian.Uint16(b[8:]), binary.BigEndian.Uint16(b[0:]), 20)
	}
	return declined
}

func decodeIPv4(f *frame, p *packet, off int) reason {
	if len(f.data) < off+20 {
		return truncated
	}
	b := f.data[off:]
	hl := int(b[0]&15) * 4
	if b[0]>>4 != 4 || hl < 20 {
		return malformed
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // segmentation offload: longer than the field can say
		total = frameIPLength(f, off)
	}
	if total < hl {
		return malformed
	}
	if len(b) < hl {
		return truncated
	}
	k := &p.key
	putIPv4(&k.Src, b[12:])
	putIPv4(&k.Dst, b[16:])
	k.SrcPort, k.DstPort, k.Protocol, k.IPVersion, k.direction, k.later = 0, 0, b[9], 4, 0, 0
	p.bytes, p.l3, p.flags, p.part = uint64(total), uint16(off), 0, whole
	if fragment := binary.BigEndian.Uint16(b[6:]); fragment&0x3fff != 0 { // an offset or more fragments
		if fragment&0x1fff != 0 {
			p.part = laterPart
			return recorded
		}
		p.part = firstPart
	}
	decodePorts(b[hl:min(len(b), total)], p)
	return recorded
}

// putIPv4 writes whole words, which hashing then loads at once.
func putIPv4(dst *[16]byte, address []byte) {
	le := binary.LittleEndian
	le.PutUint64(dst[:], uint64(le.Uint32(address)))
	le.PutUint64(dst[8:], 0)
}

func decodeIPv6(f *frame, p *packet, off int) reason {
	if len(f.data) < off+40 {
		return truncated
	}
	b := f.data[off:]
	if b[0]>>4 != 6 {
		return malformed
	}
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 && b[6] != protoNone {
		total = superLength(f, off)
	}
	k := &p.key
	k.Src, k.Dst = [16]byte(b[8:24]), [16]byte(b[24:40])
	k.SrcPort, k.DstPort, k.Protocol, k.IPVersion, k.direction, k.later = 0, 0, b[6], 6, 0, 0
	p.bytes, p.l3, p.flags, p.part = uint64(total), uint16(off), 0, whole
	b = b[:min(len(b), total)]
	if !isExtension(b[6]) {
		decodePorts(b[40:], p)
		return recorded
	}
	upper, n, ok := skipExtensions(b, &p.part)
	if !ok {
		return truncated
	}
	k.Protocol = upper
	if n != 0 {
		decodePorts(b[n:], p)
	}
	return recorded
}

// frameIPLength is the packet's length by the frame's: all after the L2 header.
func frameIPLength(f *frame, off int) int {
	return max(int(f.length), len(f.data)) - off
}

// decodePorts reads what there is of an L4 header.
func decodePorts(b []byte, p *packet) {
	k := &p.key
	switch k.Protocol {
	case protoTCP, protoUDP, protoSCTP:
	default:
		return
	}
	if len(b) < 4 {
		return
	}
	k.SrcPort, k.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if k.Protocol == protoTCP && len(b) >= 14 {
		p.flags = flow.HeaderFlags(b[13])
	}
}
