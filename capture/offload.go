package capture

import "encoding/binary"

// What the segments of a super-packet are (VIRTIO_NET_HDR_GSO_* of Linux's
// virtio_net.h), beside a bit for ECN.
const (
	gsoTCPv4       = 1
	gsoUDPFragment = 3
	gsoTCPv6       = 4
	gsoUDP         = 5
	gsoECN         = 0x80
)

// split makes p the packets that a super-packet becomes on the wire, of size
// bytes of payload each but the last: every one has the headers again, those of a
// tunnel with those inside. A packet whose headers cannot be read stays one.
func split(p *packet, ip []byte, kind uint8, size uint64) {
	header := uint64(segmentHeaders(ip, kind&^gsoECN))
	if header == 0 || p.bytes <= header {
		return
	}
	payload := p.bytes - header
	if jumbo := hasJumbo(ip); jumbo { // BIG TCP's option is not sent
		header -= 8
	}
	p.packets = uint32(max(1, (payload+size-1)/size))
	p.bytes = payload + uint64(p.packets)*header
}

// hasJumbo recognises the header that Linux puts into IPv6 super-packets for
// RFC 2675's option alone.
func hasJumbo(ip []byte) bool {
	return ip[0]>>4 == 6 && ip[6] == protoHopByHop && len(ip) >= 48 && ip[41] == 0 && jumboLength(ip[40:]) != 0
}

// segmentHeaders is the length of all that each segment repeats, 0 if it cannot
// be told. A program may itself send what goes to a tunnel's port in segments.
func segmentHeaders(ip []byte, kind uint8) int {
	n := innerHeaders(ip, kind)
	if n == 0 && kind == gsoUDP {
		if proto, off, ok := upper(ip); ok && proto == protoUDP {
			n = off + 8
		}
	}
	return n
}

// innerHeaders follows the headers of tunnels until the protocol that is segmented
// comes.
func innerHeaders(ip []byte, kind uint8) int {
	const depth = 4 // tunnels in tunnels
	at := 0
	for range depth {
		b := ip[at:]
		if len(b) < 20 || b[0]>>4 == 6 && len(b) < 40 {
			return 0
		}
		proto, off, ok := upper(b)
		if !ok || len(b) < off {
			return 0
		}
		if kind == gsoUDPFragment {
			return at + off
		}
		if n, found := transport(b[off:], proto, kind); found {
			if n == 0 {
				return 0
			}
			return at + off + n
		}
		n, ok := tunnel(b[off:], proto)
		if !ok || len(b) < off+n {
			return 0
		}
		at += off + n
	}
	return 0
}

// upper gives what follows the IP header b and where.
func upper(b []byte) (proto uint8, off int, ok bool) {
	if b[0]>>4 == 6 {
		var p part
		proto, off, ok = skipExtensions(b, &p)
		return proto, off, ok && off != 0
	}
	return b[9], int(b[0]&15) * 4, b[0]>>4 == 4 && b[0]&15 >= 5
}

// transport gives the length of the header that is segmented, 0 if it is cut;
// found is false if b is another's, a tunnel's perhaps.
func transport(b []byte, proto, kind uint8) (n int, found bool) {
	switch {
	case proto == protoTCP && kind != gsoUDP:
		if len(b) < 13 || b[12]>>4 < 5 {
			return 0, true
		}
		return int(b[12]>>4) * 4, true
	case proto == protoUDP && kind != gsoTCPv4 && kind != gsoTCPv6:
		if len(b) < 8 {
			return 0, true
		}
		return 8, !isTunnelPort(binary.BigEndian.Uint16(b[2:]))
	}
	return 0, false
}

// UDP ports of tunnels. Linux's own default for VXLAN is not IANA's.
const (
	portVXLAN      = 4789
	portVXLANLinux = 8472
	portGeneve     = 6081
)

func isTunnelPort(port uint16) bool {
	return port == portVXLAN || port == portVXLANLinux || port == portGeneve
}

// tunnel gives the length of a tunnel's headers, up to the next IP header.
func tunnel(b []byte, proto uint8) (n int, ok bool) {
	switch {
	case proto == protoIPv4 || proto == protoIPv6:
		return 0, true
	case proto == protoGRE && len(b) >= 4:
		return tunnelGRE(b)
	case proto == protoUDP && len(b) >= 16:
		return tunnelUDP(b)
	}
	return 0, false
}

// tunnelGRE is for RFC 2784 with the fields of RFC 2890.
func tunnelGRE(b []byte) (int, bool) {
	n := 4
	for _, present := range []uint8{0x80, 0x20, 0x10} { // checksum, key, sequence number
		if b[0]&present != 0 {
			n += 4
		}
	}
	return bridged(b, n, binary.BigEndian.Uint16(b[2:]))
}

// tunnelUDP is for Geneve (RFC 8926), VXLAN (RFC 7348) at any port, and IP in UDP
// without more.
func tunnelUDP(b []byte) (int, bool) {
	switch inner := b[8:]; {
	case binary.BigEndian.Uint16(b[2:]) == portGeneve:
		return bridged(b, 16+int(inner[0]&0x3f)*4, binary.BigEndian.Uint16(inner[2:]))
	case inner[0]&0xf7 == 0 && inner[0] != 0: // of the flags only that for the identifier
		return bridged(b, 16, etherBridged)
	case inner[0]>>4 == 4 || inner[0]>>4 == 6:
		return 8, true
	}
	return 0, false
}

// bridged goes on from b[n:], which the EtherType typ tells of.
func bridged(b []byte, n int, typ uint16) (int, bool) {
	if typ == etherBridged {
		if len(b) < n+14 {
			return 0, false
		}
		typ, n = binary.BigEndian.Uint16(b[n+12:]), n+14
	}
	for typ == etherVLAN || typ == etherQinQ {
		if len(b) < n+4 {
			return 0, false
		}
		typ, n = binary.BigEndian.Uint16(b[n+2:]), n+4
	}
	return n, typ == etherIPv4 || typ == etherIPv6
}
