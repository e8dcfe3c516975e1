package capture

import (
	"encoding/binary"

	"github.com/flowemu/flowemu/flow"
)

// EtherTypes that lead, sooner or later, to an IP header.
const (
	etherIPv4      = 0x0800
	etherIPv6      = 0x86dd
	etherVLAN      = 0x8100
	etherQinQ      = 0x88a8
	etherQinQOld   = 0x9100
	etherMPLS      = 0x8847
	etherMPLSMulti = 0x8848
	etherPPPoE     = 0x8864
	// Below it the field is an 802.3 length.
	etherMin = 0x0600
)

// IP protocols and IPv6 extension headers.
const (
	protoHopByHop = 0
	protoTCP      = 6
	protoUDP      = 17
	protoRouting  = 43
	protoFragment = 44
	protoAH       = 51
	protoNone     = 59
	protoDestOpts = 60
	protoSCTP     = 132
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
		p.packets, p.bytes = wirePackets(f.data[p.l3:], p.bytes, int(f.gso))
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
		return decodeEther(f, p, binary.BigEndian.Uint16(b[12:]), 14)
	case linkRaw, linkRawBSD, linkRawOpen:
		return decodeRaw(f, p, 0)
	case linkIPv4:
		return decodeIPv4(f, p, 0)
	case linkIPv6:
		return decodeIPv6(f, p, 0)
	case linkNull, linkLoop:
		return decodeNull(f, p)
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

// decodeEther follows an EtherType through VLAN tags; off is behind the type.
func decodeEther(f *frame, p *packet, typ uint16, off int) reason {
	for typ == etherVLAN || typ == etherQinQ || typ == etherQinQOld {
		if len(f.data) < off+4 {
			return truncated
		}
		typ = binary.BigEndian.Uint16(f.data[off+2:])
		off += 4
	}
	switch {
	case typ == etherIPv4:
		return decodeIPv4(f, p, off)
	case typ == etherIPv6:
		return decodeIPv6(f, p, off)
	case typ < etherMin, typ == etherMPLS, typ == etherMPLSMulti, typ == etherPPPoE:
		return declined
	}
	return notIP
}

// decodeCooked is for Linux's cooked headers, whose protocol is an EtherType
// except on netlink devices and for the 802.3 frames with numbers below etherMin.
func decodeCooked(f *frame, p *packet, hardware, typ uint16, off int) reason {
	const netlink = 824
	if hardware == netlink || typ < etherMin {
		return notIP
	}
	return decodeEther(f, p, typ, off)
}

// decodeNull is for BSD's loopback header: an address family in the byte order
// of the machine that wrote the file (LOOP: in network byte order).
func decodeNull(f *frame, p *packet) reason {
	if len(f.data) < 4 {
		return truncated
	}
	family := binary.LittleEndian.Uint32(f.data)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(f.data)
	}
	switch family {
	case 2:
		return decodeIPv4(f, p, 4)
	case 10, 24, 28, 30: // AF_INET6 of Linux, NetBSD, FreeBSD and macOS
		return decodeIPv6(f, p, 4)
	}
	return notIP
}

func decodeRaw(f *frame, p *packet, off int) reason {
	if len(f.data) <= off {
		return truncated
	}
	switch f.data[off] >> 4 {
	case 4:
		return decodeIPv4(f, p, off)
	case 6:
		return decodeIPv6(f, p, off)
	}
	return notIP
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
	*k = key{}
	copy(k.Src[:4], b[12:16])
	copy(k.Dst[:4], b[16:20])
	k.Protocol, k.IPVersion = b[9], 4
	p.bytes, p.l3, p.flags = uint64(total), uint16(off), 0
	if binary.BigEndian.Uint16(b[6:])&0x1fff == 0 {
		decodePorts(b[hl:min(len(b), total)], p)
	}
	return recorded
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
	if total == 40 && b[6] != protoNone { // jumbogram or BIG TCP
		total = max(total, frameIPLength(f, off))
	}
	k := &p.key
	k.Src, k.Dst = [16]byte(b[8:24]), [16]byte(b[24:40])
	k.SrcPort, k.DstPort, k.IPVersion, k.direction = 0, 0, 6, 0
	p.bytes, p.l3, p.flags = uint64(total), uint16(off), 0
	proto, n, whole, ok := skipExtensions(b[6], b[:min(len(b), total)])
	if !ok {
		return truncated
	}
	k.Protocol = proto
	if whole {
		decodePorts(b[n:min(len(b), total)], p)
	}
	return recorded
}

// skipExtensions walks the extension headers of the IPv6 packet b and gives the
// upper protocol and its offset. whole is false if the upper header is not in b:
// in fragments after the first, and where the last extension is cut behind its
// next-header field. ok is false if the protocol cannot be told. ESP, mobility
// and no-next-header end the walk: nothing legible follows them.
func skipExtensions(proto uint8, b []byte) (upper uint8, off int, whole, ok bool) {
	off = 40
	for isExtension(proto) {
		if len(b) < off+2 {
			return 0, 0, false, false
		}
		n := 8
		switch proto {
		case protoAH:
			n += int(b[off+1]) * 4
		case protoHopByHop, protoRouting, protoDestOpts:
			n += int(b[off+1]) * 8
		}
		next := b[off]
		if len(b) < off+n {
			return next, 0, false, !isExtension(next)
		}
		if proto == protoFragment && binary.BigEndian.Uint16(b[off+2:])&0xfff8 != 0 {
			return next, 0, false, true
		}
		proto = next
		off += n
	}
	return proto, off, true, true
}

func isExtension(proto uint8) bool {
	switch proto {
	case protoHopByHop, protoRouting, protoFragment, protoAH, protoDestOpts:
		return true
	}
	return false
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

// wirePackets says how many packets, and of how many bytes together, a
// super-packet becomes on the wire: each segment repeats the IP and L4 headers.
// For a tunnel the inner headers are not counted.
func wirePackets(ip []byte, bytes uint64, gso int) (uint32, uint64) {
	header := uint64(headerLength(ip))
	if header == 0 || bytes <= header+uint64(gso) {
		return 1, bytes
	}
	segments := (bytes - header + uint64(gso) - 1) / uint64(gso)
	return uint32(segments), bytes + (segments-1)*header
}

// headerLength is the length of the IP and L4 headers, 0 if they are cut.
func headerLength(ip []byte) int {
	proto, off, whole := ip[9], int(ip[0]&15)*4, true
	if ip[0]>>4 == 6 {
		proto, off, whole, _ = skipExtensions(ip[6], ip)
	}
	switch {
	case !whole:
	case proto == protoTCP && len(ip) >= off+13:
		return off + int(ip[off+12]>>4)*4
	case proto == protoUDP:
		return off + 8
	}
	return 0
}
