package capture

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// decodeLayers decodes with gopacket's layers alone. It serves the rare frames
// that decodeFast declines, and the tests as a second opinion on the others.
func decodeLayers(f *frame, p *packet) reason {
	first, off, ok := firstLayer(f)
	if !ok {
		return unknownLink
	}
	if len(f.data) <= off {
		return truncated
	}
	// Lazily: what is inside of the IP packet is nobody's business here.
	pkt := gopacket.NewPacket(f.data[off:], first, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
	if l := pkt.LayerClass(layers.LayerClassIPNetwork); l != nil {
		// The layers share f's memory, and PPP's contents are not all of its
		// header: where a layer starts only its capacity tells.
		off = cap(f.data) - cap(l.LayerContents())
		switch {
		case off >= len(f.data):
			return truncated
		case l.LayerType() == layers.LayerTypeIPv4:
			return layersIPv4(f, off, p)
		}
		return layersIPv6(f, off, p)
	}
	if pkt.ErrorLayer() == nil {
		return notIP
	}
	if pkt.Metadata().Truncated {
		return truncated
	}
	return layersFailure(pkt)
}

// layersFailure tells a frame that gopacket cannot follow to IP (its decoder for
// the type is missing) from one that is broken.
func layersFailure(pkt gopacket.Packet) reason {
	for _, l := range pkt.Layers() {
		if e, ok := l.(*layers.Ethernet); ok && e.EthernetType.LayerType() == gopacket.LayerTypeZero {
			return notIP
		}
	}
	return malformed
}

// firstLayer gives the decoder for f's link type, and the bytes before it.
func firstLayer(f *frame) (gopacket.Decoder, int, bool) {
	switch f.link {
	case linkEthernet:
		return layers.LayerTypeEthernet, 0, true
	case linkNull, linkLoop:
		return layers.LayerTypeLoopback, 0, true
	case linkSLL:
		return layers.LayerTypeLinuxSLL, 0, true
	case linkSLL2:
		if len(f.data) < 20 {
			return nil, 20, true
		}
		return layers.EthernetType(uint16(f.data[0])<<8 | uint16(f.data[1])), 20, true
	case linkRaw, linkRawBSD, linkRawOpen:
		return layers.LinkTypeRaw, 0, true
	case linkIPv4:
		return layers.LayerTypeIPv4, 0, true
	case linkIPv6:
		return layers.LayerTypeIPv6, 0, true
	}
	for _, l := range []layers.LinkType{layers.LinkTypePPP, layers.LinkTypeFDDI, layers.LinkTypeIEEE802_11, layers.LinkTypeIEEE80211Radio} {
		if linkType(l) == f.link {
			return l, 0, true
		}
	}
	return nil, 0, false
}

func layersIPv4(f *frame, off int, p *packet) reason {
	var ip layers.IPv4
	var df feedback
	b := f.data[off:]
	if err := ip.DecodeFromBytes(b, &df); err != nil || ip.Version != 4 {
		return df.reason()
	}
	p.key = key{}
	copy(p.key.Src[:], ip.SrcIP)
	copy(p.key.Dst[:], ip.DstIP)
	p.key.Protocol, p.key.IPVersion = uint8(ip.Protocol), 4
	p.bytes, p.l3, p.flags = uint64(ip.Length), uint16(off), 0
	if b[2] == 0 && b[3] == 0 {
		p.bytes = uint64(frameIPLength(f, off))
	}
	if ip.FragOffset == 0 {
		layersPorts(ip.Payload, p)
	}
	return recorded
}

func layersIPv6(f *frame, off int, p *packet) reason {
	var ip layers.IPv6
	var df feedback
	if err := ip.DecodeFromBytes(f.data[off:], &df); err != nil || ip.Version != 6 {
		return df.reason()
	}
	p.key = key{}
	copy(p.key.Src[:], ip.SrcIP)
	copy(p.key.Dst[:], ip.DstIP)
	p.key.IPVersion = 6
	p.bytes, p.l3, p.flags = uint64(ip.Length)+40, uint16(off), 0
	if ip.Length == 0 {
		p.bytes = uint64(frameIPLength(f, off))
	}
	// gopacket's payload is wrong behind a hop-by-hop header (it cuts by the
	// whole length after removing the header, or does not remove it at all).
	payload := f.data[off+40:]
	payload = payload[:min(len(payload), int(p.bytes)-40)]
	return layersUpper(ip.NextHeader, payload, p)
}

// layersUpper decodes one extension header after the other.
func layersUpper(proto layers.IPProtocol, b []byte, p *packet) reason {
	for {
		switch proto {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Fragment,
			layers.IPProtocolIPv6Destination, layers.IPProtocolAH:
		default:
			p.key.Protocol = uint8(proto)
			layersPorts(b, p)
			return recorded
		}
		pkt := gopacket.NewPacket(b, proto.LayerType(), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		switch l := pkt.Layer(proto.LayerType()).(type) {
		case *layers.IPv6HopByHop:
			proto = l.NextHeader
			b = l.Payload
		case *layers.IPv6Routing:
			proto = l.NextHeader
			b = l.Payload
		case *layers.IPv6Destination:
			proto = l.NextHeader
			b = l.Payload
		case *layers.IPSecAH:
			proto = l.NextHeader
			b = l.Payload
		case *layers.IPv6Fragment:
			if l.FragmentOffset != 0 {
				p.key.Protocol = uint8(l.NextHeader)
				return recorded
			}
			proto = l.NextHeader
			b = l.Payload
		default:
			return truncated
		}
		if pkt.ErrorLayer() != nil && b == nil {
			return malformed
		}
	}
}

// layersPorts has gopacket read the L4 header, and falls back on decodePorts
// where that refuses it (cut or inconsistent headers).
func layersPorts(b []byte, p *packet) {
	k := &p.key
	switch layers.IPProtocol(k.Protocol) {
	case layers.IPProtocolTCP:
		var l layers.TCP
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
			k.SrcPort, k.DstPort = uint16(l.SrcPort), uint16(l.DstPort)
			p.flags = layersFlags(&l)
			return
		}
	case layers.IPProtocolUDP:
		var l layers.UDP
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
			k.SrcPort, k.DstPort = uint16(l.SrcPort), uint16(l.DstPort)
			return
		}
	case layers.IPProtocolSCTP:
		var l layers.SCTP
		if l.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
			k.SrcPort, k.DstPort = uint16(l.SrcPort), uint16(l.DstPort)
			return
		}
	}
	decodePorts(b, p)
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

// feedback remembers whether gopacket missed bytes.
type feedback struct{ short bool }

func (f *feedback) SetTruncated() { f.short = true }

func (f *feedback) reason() reason {
	if f.short {
		return truncated
	}
	return malformed
}
