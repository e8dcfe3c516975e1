package capture

import (
	"encoding/binary"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// reference decodes f with gopacket's layers, one by one. What gopacket refuses
// for the sake of something that flows do not look at is taken out before: the
// options of IP headers, the type of routing headers. skip says that gopacket
// cannot tell: see the places where it is set.
type reference struct {
	f    *frame
	p    packet
	skip bool
}

func (r *reference) decode() reason {
	b := r.f.data
	switch r.f.link {
	case linkEthernet:
		var l layers.Ethernet
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
			return truncated
		}
		if l.EthernetType == layers.EthernetTypeLLC {
			return r.llc(b[14:], int(l.Length))
		}
		return r.ether(l.EthernetType, l.Payload)
	case linkNull, linkLoop:
		var l layers.Loopback
		if err := l.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return short(len(b) < 4)
		}
		return r.family(l.Family, l.Payload)
	case linkSLL:
		if len(b) < 16 {
			return truncated
		}
		// gopacket reads as much of an address as its length says, past the header
		b = edit(b, func(b []byte) { b[4], b[5] = 0, 6 })
		var l layers.LinuxSLL
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
			return malformed
		}
		return r.cooked(l.AddrType, l.EthernetType, l.Payload)
	case linkSLL2: // gopacket has none
		if len(b) < 20 {
			return truncated
		}
		return r.cooked(binary.BigEndian.Uint16(b[8:]), layers.EthernetType(binary.BigEndian.Uint16(b)), b[20:])
	case linkPPP:
		return r.ppp(b)
	case linkPPPHDLC, linkCHDLC: // Cisco's framing: gopacket has none
		switch {
		case len(b) < 4:
			return truncated
		case b[0] != 0x0f && b[0] != 0x8f:
			return r.ppp(b)
		case binary.BigEndian.Uint16(b[2:]) < 0x600:
			return notIP
		}
		return r.ether(layers.EthernetType(binary.BigEndian.Uint16(b[2:])), b[4:])
	case linkPPPoE:
		return r.ether(layers.EthernetTypePPPoESession, b)
	case linkRaw, linkRawBSD, linkRawOpen:
		return r.raw(b)
	case linkIPv4:
		return r.ipv4(b)
	case linkIPv6:
		return r.ipv6(b)
	}
	r.skip = true // gopacket's business in decode, too
	return unknownLink
}

func short(cut bool) reason {
	if cut {
		return truncated
	}
	return malformed
}

// cooked: the number is no EtherType on devices that have other numbers.
func (r *reference) cooked(hardware uint16, typ layers.EthernetType, b []byte) reason {
	switch {
	case hardware == 770, hardware == 803, hardware == 824:
		return notIP
	case typ == 4:
		return r.llc(b, max(int(r.f.length), len(r.f.data))-r.start(b))
	case typ < 0x600:
		return notIP
	}
	return r.ether(typ, b)
}

// first gives the first layer of b.
func first(b []byte, typ gopacket.LayerType) gopacket.Layer {
	return gopacket.NewPacket(b, typ, gopacket.DecodeOptions{Lazy: true, NoCopy: true}).Layer(typ)
}

func (r *reference) ether(typ layers.EthernetType, b []byte) reason {
	switch typ {
	case layers.EthernetTypeDot1Q, layers.EthernetTypeQinQ, 0x9100:
		var l layers.Dot1Q
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
			return truncated
		}
		if len(r.f.data)-len(b) > 0xffff {
			return malformed
		}
		if l.Type < 0x600 {
			return r.llc(l.Payload, int(l.Type))
		}
		return r.ether(l.Type, l.Payload)
	case layers.EthernetTypeIPv4:
		return r.ipv4(b)
	case layers.EthernetTypeIPv6:
		return r.ipv6(b)
	case layers.EthernetTypeMPLSUnicast, layers.EthernetTypeMPLSMulticast:
		return r.mpls(b)
	case layers.EthernetTypePPPoESession:
		if len(b) < 6 {
			return truncated
		}
		// gopacket cuts by the length field, or panics
		l := first(edit(b, func(b []byte) { b[4], b[5] = 0, 0 }), layers.LayerTypePPPoE).(*layers.PPPoE)
		if l.Code != layers.PPPoECodeSession {
			return notIP
		}
		return r.ppp(b[len(l.Contents):])
	}
	return notIP
}

// llc: gopacket decodes whatever the control field says, and any organization's types.
func (r *reference) llc(b []byte, n int) reason {
	frame, cut := b[:min(n, len(b))], n > len(b)
	var l layers.LLC
	if len(frame) < 3 {
		return short(cut)
	}
	if l.DecodeFromBytes(frame, gopacket.NilDecodeFeedback) != nil || frame[2] != 3 || l.IG || l.CR || l.NextLayerType() != layers.LayerTypeSNAP {
		return notIP
	}
	var s layers.SNAP
	if s.DecodeFromBytes(l.Payload, gopacket.NilDecodeFeedback) != nil {
		return short(cut)
	}
	if o := string(s.OrganizationalCode); o != "\x00\x00\x00" && o != "\x00\x00\xf8" || s.Type < 0x600 {
		return notIP
	}
	return r.ether(s.Type, b[8:])
}

func (r *reference) mpls(b []byte) reason {
	for {
		if len(b) < 4 {
			return truncated
		}
		if len(r.f.data)-len(b) > 0xffff {
			return malformed
		}
		l := first(b, layers.LayerTypeMPLS).(*layers.MPLS)
		b = l.Payload
		if l.StackBottom {
			return r.raw(b)
		}
	}
}

func (r *reference) ppp(b []byte) reason {
	if len(b) < 2 { // gopacket panics
		return truncated
	}
	l, ok := first(b, layers.LayerTypePPP).(*layers.PPP)
	if !ok {
		head := b
		if len(b) >= 2 && b[0] == 0xff && b[1] == 3 {
			head = b[2:]
		}
		return short(len(head) < 2 && (len(head) == 0 || head[0]&1 == 0))
	}
	switch l.PPPType {
	case layers.PPPTypeIPv4:
		return r.ipv4(l.Payload)
	case layers.PPPTypeIPv6:
		return r.ipv6(l.Payload)
	case layers.PPPTypeMPLSUnicast, layers.PPPTypeMPLSMulticast:
		return r.mpls(l.Payload)
	}
	return notIP
}

func (r *reference) family(family layers.ProtocolFamily, b []byte) reason {
	switch family.LayerType() {
	case layers.LayerTypeIPv4:
		return r.ipv4(b)
	case layers.LayerTypeIPv6:
		return r.ipv6(b)
	}
	return notIP
}

func (r *reference) raw(b []byte) reason {
	switch {
	case len(b) == 0:
		return truncated
	case b[0]>>4 == 4:
		return r.ipv4(b)
	case b[0]>>4 == 6:
		return r.ipv6(b)
	}
	return notIP
}

// start is where b starts in the frame.
func (r *reference) start(b []byte) int { return len(r.f.data) - len(b) }

func (r *reference) ipv4(b []byte) reason {
	if len(b) < 20 {
		return truncated
	}
	frameLength := max(int(r.f.length), len(r.f.data)) - r.start(b)
	c := edit(b, func(b []byte) {
		for i := 20; i < min(len(b), int(b[0]&15)*4); i++ {
			b[i] = 1 // no operation
		}
		if b[2] == 0 && b[3] == 0 { // gopacket knows only frames below 64 KiB
			binary.BigEndian.PutUint16(b[2:], uint16(min(0xffff, frameLength)))
		}
	})
	var ip layers.IPv4
	var cut feedback
	err := ip.DecodeFromBytes(c, &cut)
	if ip.Version != 4 {
		return malformed
	}
	if err != nil {
		return short(bool(cut))
	}
	k := &r.p.key
	copy(k.Src[:], ip.SrcIP)
	copy(k.Dst[:], ip.DstIP)
	k.Protocol, k.IPVersion = uint8(ip.Protocol), 4
	r.p.bytes, r.p.l3 = uint64(ip.Length), uint16(r.start(b))
	payload := ip.Payload
	if b[2] == 0 && b[3] == 0 {
		r.p.bytes = uint64(frameLength)
		payload = c[int(ip.IHL)*4 : min(len(c), frameLength)]
	}
	switch {
	case ip.FragOffset != 0:
		r.p.part = laterPart
		return recorded
	case ip.Flags&layers.IPv4MoreFragments != 0:
		r.p.part = firstPart
	}
	r.ports(payload)
	return recorded
}

// feedback remembers whether gopacket missed bytes.
type feedback bool

func (f *feedback) SetTruncated() { *f = true }

func (r *reference) ipv6(b []byte) reason {
	if len(b) < 40 {
		return truncated
	}
	// What follows is decoded apart: gopacket knows no super-packets, and cuts
	// behind hop-by-hop headers in the wrong place.
	var ip layers.IPv6
	var cut feedback
	head := edit(b[:40], func(b []byte) { b[5], b[6] = 1, 59 })
	if err := ip.DecodeFromBytes(head, &cut); err != nil || ip.Version != 6 {
		return malformed
	}
	next := layers.IPProtocol(b[6])
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 && next != layers.IPProtocolNoNextHeader {
		total = max(40, max(int(r.f.length), len(r.f.data))-r.start(b))
		if next == layers.IPProtocolIPv6HopByHop {
			if n := r.jumbo(b[40:]); n != 0 {
				total = n
			}
		}
	}
	copy(r.p.key.Src[:], ip.SrcIP)
	copy(r.p.key.Dst[:], ip.DstIP)
	r.p.key.IPVersion = 6
	r.p.bytes, r.p.l3 = uint64(total), uint16(r.start(b))
	return r.extensions(next, b[40:min(len(b), total)])
}

// jumbo: what follows a broken option gopacket does not tell. It does read options
// that go on behind the header.
func (r *reference) jumbo(b []byte) int {
	if len(b) >= 2 {
		b = b[:min(len(b), 8+int(b[1])*8)]
	}
	var h layers.IPv6HopByHop
	if h.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		r.skip = true
		return 0
	}
	for _, o := range h.Options {
		if o.OptionType == layers.IPv6HopByHopOptionJumbogram && o.OptionLength == 4 {
			n := binary.BigEndian.Uint32(o.OptionData)
			if n > 0xffff && n <= 1<<31-1-40 {
				return int(n) + 40
			}
			return 0
		}
	}
	return 0
}

// extensions decodes one extension header after the other.
func (r *reference) extensions(proto layers.IPProtocol, b []byte) reason {
	for {
		control := false
		r.p.key.Protocol = uint8(proto)
		switch proto {
		case 135, 139, 140: // with the layout of the others, but unknown to gopacket
			control = true
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Fragment,
			layers.IPProtocolIPv6Destination, layers.IPProtocolAH:
		default:
			r.ports(b)
			return recorded
		}
		if len(b) < 2 {
			if control {
				return recorded
			}
			return truncated
		}
		next := layers.IPProtocol(b[0])
		if control && next == layers.IPProtocolNoNextHeader {
			return recorded
		}
		length, known := r.extension(proto, b)
		if !known {
			r.p.key.Protocol = uint8(next)
			switch next {
			case 0, 43, 44, 51, 60, 135, 139, 140:
				return truncated
			}
			return recorded
		}
		if r.p.part == laterPart {
			r.p.key.Protocol = uint8(next)
			return recorded
		}
		proto, b = next, b[length:]
	}
}

// extension gives the length of the header at b; known is false if it is cut.
func (r *reference) extension(proto layers.IPProtocol, b []byte) (length int, known bool) {
	switch proto {
	case layers.IPProtocolAH:
		if b[1] == 0 { // gopacket panics; RFC 4302's formula gives 8
			return 8, len(b) >= 8
		}
		// gopacket reads twelve bytes whatever there is
		l, ok := first(append(b[:len(b):len(b)], make([]byte, 12)...), layers.LayerTypeIPSecAH).(*layers.IPSecAH)
		if !ok {
			return 0, false
		}
		return l.ActualLength, l.ActualLength <= len(b)
	case layers.IPProtocolIPv6Fragment:
		l, ok := first(b, layers.LayerTypeIPv6Fragment).(*layers.IPv6Fragment)
		if !ok {
			return 0, false
		}
		switch {
		case l.FragmentOffset != 0:
			r.p.part = laterPart
		case l.MoreFragments:
			r.p.part = firstPart
		}
		return 8, true
	}
	// gopacket checks options after it has set the length
	var l layers.IPv6Destination
	_ = l.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
	return l.ActualLength, l.ActualLength != 0
}

// ports has gopacket read the L4 header; of one that is cut it reads nothing.
func (r *reference) ports(b []byte) {
	k := &r.p.key
	switch layers.IPProtocol(k.Protocol) {
	case layers.IPProtocolTCP:
		var l layers.TCP
		if len(b) >= 20 {
			_ = l.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
			k.SrcPort, k.DstPort, r.p.flags = uint16(l.SrcPort), uint16(l.DstPort), layersFlags(&l)
			return
		}
	case layers.IPProtocolUDP:
		var l layers.UDP
		if len(b) >= 8 {
			_ = l.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
			k.SrcPort, k.DstPort = uint16(l.SrcPort), uint16(l.DstPort)
			return
		}
	case layers.IPProtocolSCTP:
		var l layers.SCTP
		if len(b) >= 12 {
			_ = l.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
			k.SrcPort, k.DstPort = uint16(l.SrcPort), uint16(l.DstPort)
			return
		}
	default:
		return
	}
	if len(b) >= 4 {
		k.SrcPort, k.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	}
	if k.Protocol == uint8(layers.IPProtocolTCP) && len(b) >= 14 {
		r.p.flags = flow.HeaderFlags(b[13])
	}
}

func layersFlags(l *layers.TCP) uint8 {
	var b uint8
	for _, f := range []struct {
		set bool
		bit uint8
	}{{l.FIN, flow.FIN}, {l.SYN, flow.SYN}, {l.RST, flow.RST}, {l.PSH, flow.PSH}, {l.ACK, flow.ACK}, {l.URG, flow.URG}} {
		if f.set {
			b |= f.bit
		}
	}
	return flow.HeaderFlags(b)
}
