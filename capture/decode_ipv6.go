package capture

import (
	"encoding/binary"
	"math"
)

// superLength is the length of an IPv6 packet that has none in its header. A
// jumbogram says it in an option (RFC 2675); a super-packet of BIG TCP may have no
// option and is as long as its frame.
func superLength(f *frame, off int) int {
	b := f.data[off:]
	if b[6] == protoHopByHop {
		if n := jumboLength(b[40:]); n > math.MaxUint16 && n <= math.MaxInt32-40 {
			return 40 + int(n)
		}
	}
	return max(40, frameIPLength(f, off))
}

// jumboLength is the payload length in the hop-by-hop header b, 0 without one.
func jumboLength(b []byte) uint32 {
	const pad1, jumbo = 0, 0xc2
	if len(b) < 2 {
		return 0
	}
	b = b[2:min(len(b), 8+int(b[1])*8)]
	for len(b) >= 6 { // of the option
		if b[0] == pad1 {
			b = b[1:]
			continue
		}
		if b[0] == jumbo && b[1] == 4 {
			return binary.BigEndian.Uint32(b[2:])
		}
		b = b[min(len(b), 2+int(b[1])):]
	}
	return 0
}

// skipExtensions walks the extension headers of the IPv6 packet b and gives the
// upper protocol and its offset, which is 0 if the upper header is not in b: in
// fragments after the first, and where the last extension is cut behind its
// next-header field. ok is false if the protocol cannot be told. Part is changed
// if b is a fragment; a fragment header of a whole packet (RFC 6946) is none. ESP
// and no-next-header end the walk: nothing legible follows them.
func skipExtensions(b []byte, p *part) (upper uint8, off int, ok bool) {
	proto := b[6]
	for off = 40; isExtension(proto); {
		if len(b) < off+2 {
			return proto, 0, isProtocol(proto)
		}
		next, n := b[off], extensionLength(proto, b[off+1])
		if isProtocol(proto) && next == protoNone {
			return proto, off, true
		}
		if len(b) < off+n {
			return next, 0, !isExtension(next)
		}
		if proto == protoFragment {
			switch fragment := binary.BigEndian.Uint16(b[off+2:]); {
			case fragment&0xfff8 != 0:
				*p = laterPart
				return next, 0, true
			case fragment&1 != 0:
				*p = firstPart
			}
		}
		proto = next
		off += n
	}
	return proto, off, true
}

// isExtension knows the extension headers of RFC 7045 but ESP.
func isExtension(proto uint8) bool {
	switch proto {
	case protoHopByHop, protoRouting, protoFragment, protoAH, protoDestOpts, protoMobility, protoHIP, protoShim6:
		return true
	}
	return false
}

// isProtocol says of an extension header whether it can be the last: the control
// messages of mobility (RFC 6275), HIP (RFC 7401) and Shim6 (RFC 5533).
func isProtocol(proto uint8) bool {
	return proto == protoMobility || proto == protoHIP || proto == protoShim6
}

// extensionLength is an extension header's length by its length field, which
// fragment headers do not have (RFC 8200, RFC 4302).
func extensionLength(proto, field uint8) int {
	switch proto {
	case protoFragment:
		return 8
	case protoAH:
		return 8 + int(field)*4
	}
	return 8 + int(field)*8
}

// fragmentHeader gives the next header and the identification of the fragment
// that b is.
func fragmentHeader(b []byte) (next uint8, id uint32) {
	proto := b[6]
	for off := 40; isExtension(proto) && len(b) >= off+8; {
		if proto == protoFragment && binary.BigEndian.Uint16(b[off+2:])&0xfff9 != 0 {
			return b[off], binary.BigEndian.Uint32(b[off+4:])
		}
		next, n := b[off], extensionLength(proto, b[off+1])
		proto, off = next, off+n
	}
	return 0, 0 // of a packet that is no fragment
}
