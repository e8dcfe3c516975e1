package capture

import (
	"encoding/binary"
	"math"
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
	etherBridged   = 0x6558 // Ethernet in a tunnel
	// Below it the field is an 802.3 length.
	etherMin = 0x0600
)

// decodeEther follows an EtherType through VLAN tags; off is behind the type.
func decodeEther(f *frame, p *packet, typ uint16, off int) reason {
	for typ == etherVLAN || typ == etherQinQ || typ == etherQinQOld {
		if len(f.data) < off+4 {
			return truncated
		}
		if off > math.MaxUint16 {
			return malformed
		}
		typ = binary.BigEndian.Uint16(f.data[off+2:])
		off += 4
	}
	switch {
	case typ == etherIPv4:
		return decodeIPv4(f, p, off)
	case typ == etherIPv6:
		return decodeIPv6(f, p, off)
	case typ < etherMin:
		return decodeLLC(f, p, off, off+int(typ))
	case typ == etherMPLS, typ == etherMPLSMulti:
		return decodeMPLS(f, p, off)
	case typ == etherPPPoE:
		return decodePPPoE(f, p, off)
	}
	return notIP
}

// decodeLLC looks for IP in an IEEE 802.2 frame, which ends at end: that is in a
// SNAP header, with an EtherType (RFC 1042; 0000f8 is of IEEE 802.1H).
func decodeLLC(f *frame, p *packet, off, end int) reason {
	b := f.data[min(off, len(f.data)):min(end, len(f.data))]
	if len(b) < 3 {
		if len(f.data) < end {
			return truncated
		}
		return malformed
	}
	if b[0] != 0xaa || b[1] != 0xaa || b[2] != 3 {
		return notIP
	}
	if len(b) < 8 {
		if len(f.data) < end {
			return truncated
		}
		return malformed
	}
	organization, typ := uint32(b[3])<<16|uint32(b[4])<<8|uint32(b[5]), binary.BigEndian.Uint16(b[6:])
	if organization != 0 && organization != 0xf8 || typ < etherMin {
		return notIP
	}
	return decodeEther(f, p, typ, off+8)
}

// decodeMPLS goes to the bottom of the label stack (RFC 3032). What is there
// only its first four bits tell; pseudowires begin with zero (RFC 4385).
func decodeMPLS(f *frame, p *packet, off int) reason {
	for bottom := false; !bottom; off += 4 {
		if len(f.data) < off+4 {
			return truncated
		}
		if off > math.MaxUint16 {
			return malformed
		}
		bottom = f.data[off+2]&1 != 0
	}
	return decodeRaw(f, p, off)
}

// decodePPPoE is for the session stage (RFC 2516), whose code is zero.
func decodePPPoE(f *frame, p *packet, off int) reason {
	if len(f.data) < off+6 {
		return truncated
	}
	if f.data[off+1] != 0 {
		return notIP
	}
	return decodePPP(f, p, off+6)
}

// decodePPP knows the protocol field in one and two bytes (RFC 1661, section
// 6.5), with and without HDLC's address and control before it (RFC 1662).
func decodePPP(f *frame, p *packet, off int) reason {
	b := f.data[min(off, len(f.data)):]
	if len(b) < 2 {
		return truncated
	}
	if b[0] == 0xff && b[1] == 3 {
		b, off = b[2:], off+2
	}
	if len(b) == 0 {
		return truncated
	}
	protocol := uint16(b[0])
	if off++; b[0]&1 == 0 {
		if len(b) < 2 {
			return truncated
		}
		if b[1]&1 == 0 {
			return malformed
		}
		protocol = binary.BigEndian.Uint16(b)
		off++
	}
	switch protocol {
	case 0x21:
		return decodeIPv4(f, p, off)
	case 0x57:
		return decodeIPv6(f, p, off)
	case 0x281, 0x283:
		return decodeMPLS(f, p, off)
	}
	return notIP
}

// decodeHDLC is for serial lines: PPP, or Cisco's framing, which has an EtherType
// behind address and control (RFC 1547, section 4.3.1).
func decodeHDLC(f *frame, p *packet) reason {
	if len(f.data) < 4 {
		return truncated
	}
	if f.data[0] == 0x0f || f.data[0] == 0x8f {
		return decodeEther(f, p, max(etherMin, binary.BigEndian.Uint16(f.data[2:])), 4)
	}
	return decodePPP(f, p, 0)
}

// decodeCooked is for Linux's cooked headers, whose protocol is an EtherType
// except below etherMin, where 4 stands for an 802.2 frame, and for devices that
// have other numbers (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
func decodeCooked(f *frame, p *packet, hardware, typ uint16, off int) reason {
	const frameRelay, radiotap, netlink, llc = 770, 803, 824, 4
	switch {
	case hardware == frameRelay, hardware == radiotap, hardware == netlink:
		return notIP
	case typ == llc:
		return decodeLLC(f, p, off, max(int(f.length), len(f.data)))
	case typ < etherMin:
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
	switch {
	case family == 2:
		return decodeIPv4(f, p, 4)
	case family == 10, family == 24, family == 28, family == 30: // AF_INET6 of Linux, NetBSD, FreeBSD and macOS
		return decodeIPv6(f, p, 4)
	case family > 0xff:
		return malformed
	}
	return notIP
}

// decodeRaw tells IPv4 and IPv6 by the version, as nothing else does.
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
