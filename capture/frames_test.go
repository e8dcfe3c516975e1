package capture

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

var (
	macA = net.HardwareAddr{2, 0, 0, 0, 0, 10}
	macB = net.HardwareAddr{2, 0, 0, 0, 0, 11}
)

// bytesOf serialises layers, lengths filled in.
func bytesOf(t testing.TB, ls ...gopacket.SerializableLayer) []byte {
	t.Helper()
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, ls...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func eth(typ layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: macA, DstMAC: macB, EthernetType: typ}
}

// etherHead is an Ethernet header alone, which gopacket would pad.
func etherHead(typ uint16) []byte { return join(macB, macA, []byte{byte(typ >> 8), byte(typ)}) }

func ip4(proto layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, Protocol: proto, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
}

func ip6(next layers.IPProtocol) *layers.IPv6 {
	return &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: next, SrcIP: net.ParseIP("fd00::1"), DstIP: net.ParseIP("fd00::2")}
}

func syn() *layers.TCP { return &layers.TCP{SrcPort: 1234, DstPort: 80, SYN: true, Window: 1} }

func udp() *layers.UDP { return &layers.UDP{SrcPort: 5353, DstPort: 53} }

func raw(n int) gopacket.Payload { return make(gopacket.Payload, n) }

// ext is an IPv6 extension header of 8 bytes.
func ext(next layers.IPProtocol, rest ...byte) gopacket.Payload {
	b := make(gopacket.Payload, 8)
	b[0] = byte(next)
	copy(b[1:], rest)
	return b
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// tcp4 is an IPv4 SYN of 40 bytes, tcp6 an IPv6 one of 60.
func tcp4(t testing.TB) []byte { return bytesOf(t, ip4(layers.IPProtocolTCP), syn()) }
func tcp6(t testing.TB) []byte { return bytesOf(t, ip6(layers.IPProtocolTCP), syn()) }

func sll(typ byte, proto uint16) []byte {
	b := make([]byte, 16)
	b[1], b[3], b[5] = typ, 1, 6
	binary.BigEndian.PutUint16(b[14:], proto)
	return b
}

func sll2(typ byte, proto uint16) []byte {
	b := make([]byte, 20)
	binary.BigEndian.PutUint16(b, proto)
	b[9], b[10], b[11] = 1, typ, 6
	return b
}

// want is a decoded packet in readable form.
type want struct {
	src, dst string
	sp, dp   uint16
	proto    uint8
	bytes    uint64
	flags    uint8
}

func seen(p *packet) want {
	k := &p.key
	return want{k.SrcAddr().String(), k.DstAddr().String(), k.SrcPort, k.DstPort, k.Protocol, p.bytes, p.flags}
}

type frameCase struct {
	name   string
	link   linkType
	data   []byte
	length int // 0: len(data)
	reason reason
	want   want
}

func (c *frameCase) frame() *frame {
	n := c.length
	if n == 0 {
		n = len(c.data)
	}
	return &frame{data: c.data, length: uint32(n), link: c.link}
}

var (
	want4 = want{"10.0.0.1", "10.0.0.2", 1234, 80, 6, 40, flow.SYN}
	want6 = want{"fd00::1", "fd00::2", 1234, 80, 6, 60, flow.SYN}
)

func v4(proto uint8, sp, dp uint16, bytes uint64) want {
	return want{"10.0.0.1", "10.0.0.2", sp, dp, proto, bytes, 0}
}

func v6(proto uint8, sp, dp uint16, bytes uint64) want {
	return want{"fd00::1", "fd00::2", sp, dp, proto, bytes, 0}
}

// edit changes a copy.
func edit(b []byte, change func([]byte)) []byte {
	c := append([]byte(nil), b...)
	change(c)
	return c
}

func linkCases(t testing.TB) []frameCase {
	four, six := tcp4(t), tcp6(t)
	tag := func(typ layers.EthernetType) *layers.Dot1Q { return &layers.Dot1Q{VLANIdentifier: 7, Type: typ} }
	ether := bytesOf(t, eth(layers.EthernetTypeIPv4), gopacket.Payload(four))
	vlan := bytesOf(t, eth(layers.EthernetTypeDot1Q), tag(layers.EthernetTypeIPv4), gopacket.Payload(four))
	qinq := bytesOf(t, eth(layers.EthernetTypeQinQ), tag(layers.EthernetTypeDot1Q), tag(layers.EthernetTypeIPv6), gopacket.Payload(six))
	old := edit(vlan, func(b []byte) { b[12], b[13] = 0x91, 0x00 })
	mpls := bytesOf(t, eth(layers.EthernetTypeMPLSUnicast), &layers.MPLS{Label: 3, StackBottom: true, TTL: 9}, gopacket.Payload(four))
	pppoe := join(etherHead(0x8864), []byte{0x11, 0, 0, 1, 0, 42, 0x00, 0x21}, four)
	snap := bytesOf(t, &layers.Ethernet{SrcMAC: macA, DstMAC: macB, Length: 48, EthernetType: layers.EthernetTypeLLC},
		gopacket.Payload(join([]byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, four)))
	return []frameCase{
		{name: "ethernet", link: linkEthernet, data: ether, want: want4},
		{name: "ethernet padding", link: linkEthernet, data: join(ether, make([]byte, 6)), want: want4},
		{name: "vlan", link: linkEthernet, data: vlan, want: want4},
		{name: "vlan 9100", link: linkEthernet, data: old, want: want4},
		{name: "qinq ipv6", link: linkEthernet, data: qinq, want: want6},
		{name: "mpls", link: linkEthernet, data: mpls, want: want4},
		{name: "pppoe", link: linkEthernet, data: pppoe, want: want4},
		{name: "802.3 snap", link: linkEthernet, data: snap, want: want4},
		{name: "arp", link: linkEthernet, data: join(etherHead(0x0806), make([]byte, 28)), reason: notIP},
		{name: "stp", link: linkEthernet, data: join(macB, macA, []byte{0, 7, 0x42, 0x42, 3, 0, 0, 0, 0}), reason: notIP},
		{name: "short ethernet", link: linkEthernet, data: ether[:13], reason: truncated},
		{name: "short vlan", link: linkEthernet, data: vlan[:17], reason: truncated},
		{name: "raw ipv4", link: linkRaw, data: four, want: want4},
		{name: "raw ipv6", link: linkRawBSD, data: six, want: want6},
		{name: "raw openbsd", link: linkRawOpen, data: four, want: want4},
		{name: "raw other", link: linkRaw, data: []byte{0x10, 0}, reason: notIP},
		{name: "raw empty", link: linkRaw, reason: truncated},
		{name: "ipv4 link", link: linkIPv4, data: four, want: want4},
		{name: "ipv4 link with ipv6", link: linkIPv4, data: six, reason: malformed},
		{name: "ipv6 link", link: linkIPv6, data: six, want: want6},
		{name: "null little-endian", link: linkNull, data: join([]byte{2, 0, 0, 0}, four), want: want4},
		{name: "null big-endian", link: linkNull, data: join([]byte{0, 0, 0, 30}, six), want: want6},
		{name: "null other", link: linkNull, data: []byte{7, 0, 0, 0}, reason: notIP},
		{name: "null short", link: linkNull, data: []byte{2, 0, 0}, reason: truncated},
		{name: "loop", link: linkLoop, data: join([]byte{0, 0, 0, 2}, four), want: want4},
		{name: "sll", link: linkSLL, data: join(sll(0, 0x0800), four), want: want4},
		{name: "sll arp", link: linkSLL, data: join(sll(0, 0x0806), make([]byte, 28)), reason: notIP},
		{name: "sll 802.3", link: linkSLL, data: join(sll(0, 4), make([]byte, 28)), reason: notIP},
		{name: "sll short", link: linkSLL, data: make([]byte, 15), reason: truncated},
		{name: "sll2", link: linkSLL2, data: join(sll2(4, 0x86dd), six), want: want6},
		{name: "sll2 vlan", link: linkSLL2, data: join(sll2(4, 0x8100), []byte{0, 7, 8, 0}, four), want: want4},
		{name: "sll2 short", link: linkSLL2, data: make([]byte, 19), reason: truncated},
		{name: "ppp", link: 9, data: join([]byte{0xff, 0x03, 0x00, 0x21}, four), want: want4},
		{name: "link type 20, which 276 becomes in eight bits", link: 20, data: four, reason: unknownLink},
	}
}

func ipCases(t testing.TB) []frameCase {
	four, six := tcp4(t), tcp6(t)
	udp4 := bytesOf(t, ip4(layers.IPProtocolUDP), udp(), raw(10))
	frag := ip4(layers.IPProtocolUDP)
	frag.FragOffset = 5
	first := ip4(layers.IPProtocolUDP)
	first.Flags = layers.IPv4MoreFragments
	options := ip4(layers.IPProtocolTCP)
	options.Options = []layers.IPv4Option{{OptionType: 1}, {OptionType: 1}, {OptionType: 1}, {OptionType: 0}}
	vxlan := join(etherHead(0x0800), four)
	superLength := edit(four, func(b []byte) { b[2], b[3] = 0, 0 })
	big := edit(six, func(b []byte) { b[4], b[5] = 0, 0 })
	return []frameCase{
		{name: "udp", data: udp4, want: v4(17, 5353, 53, 38)},
		{name: "sctp", data: bytesOf(t, ip4(layers.IPProtocolSCTP), &layers.SCTP{SrcPort: 7, DstPort: 8}), want: v4(132, 7, 8, 32)},
		{name: "icmp", data: bytesOf(t, ip4(layers.IPProtocolICMPv4), raw(8)), want: v4(1, 0, 0, 28)},
		{name: "icmpv6", data: bytesOf(t, ip6(layers.IPProtocolICMPv6), raw(8)), want: v6(58, 0, 0, 48)},
		{name: "ipv4 options", data: bytesOf(t, options, syn()), want: want{"10.0.0.1", "10.0.0.2", 1234, 80, 6, 44, flow.SYN}},
		{name: "first fragment", data: bytesOf(t, first, udp(), raw(8)), want: v4(17, 5353, 53, 36)},
		{name: "later fragment", data: bytesOf(t, frag, udp(), raw(8)), want: v4(17, 0, 0, 36)},
		{name: "gre", data: bytesOf(t, ip4(layers.IPProtocolGRE), gopacket.Payload(join([]byte{0, 0, 8, 0}, four))), want: v4(47, 0, 0, 64)},
		{name: "ip in ip", data: bytesOf(t, ip4(layers.IPProtocolIPv4), gopacket.Payload(four)), want: v4(4, 0, 0, 60)},
		{name: "esp", data: bytesOf(t, ip4(layers.IPProtocolESP), raw(20)), want: v4(50, 0, 0, 40)},
		{name: "vxlan", data: bytesOf(t, ip4(layers.IPProtocolUDP), &layers.UDP{SrcPort: 9, DstPort: 4789}, raw(8), gopacket.Payload(vxlan)), want: v4(17, 9, 4789, 90)},
		{name: "super-packet without a length", data: superLength, length: 70000, want: want{"10.0.0.1", "10.0.0.2", 1234, 80, 6, 70000, flow.SYN}},
		{name: "big tcp", data: big, length: 80040, want: want{"fd00::1", "fd00::2", 1234, 80, 6, 80040, flow.SYN}},
		{name: "ipv6 nothing", data: join(bytesOf(t, ip6(layers.IPProtocolNoNextHeader)), make([]byte, 6)), want: v6(59, 0, 0, 40)},
		{name: "ipv6 options and routing", data: bytesOf(t, ip6(0), ext(43), ext(60), ext(17), udp()), want: v6(17, 5353, 53, 72)},
		{name: "ipv6 first fragment", data: bytesOf(t, ip6(44), ext(17, 0, 0, 1), udp()), want: v6(17, 5353, 53, 56)},
		{name: "ipv6 later fragment", data: bytesOf(t, ip6(44), ext(17, 0, 0, 8), udp()), want: v6(17, 0, 0, 56)},
		{name: "ipv6 authentication", data: bytesOf(t, ip6(51), ext(17, 1), raw(4), udp()), want: v6(17, 5353, 53, 60)},
		{name: "ipv6 mobility", data: bytesOf(t, ip6(135), ext(59)), want: v6(135, 0, 0, 48)},
		{name: "tcp cut behind the ports", data: four[:24], length: 40, want: v4(6, 1234, 80, 40)},
		{name: "tcp cut in the ports", data: four[:23], length: 40, want: v4(6, 0, 0, 40)},
		{name: "tcp ends with the packet", data: edit(four, func(b []byte) { b[3] = 22 }), want: v4(6, 0, 0, 22)},
		{name: "ipv6 extension cut behind next header", data: bytesOf(t, ip6(60), ext(17))[:44], length: 48, want: v6(17, 0, 0, 48)},
		{name: "ipv6 extension cut before an extension", data: bytesOf(t, ip6(60), ext(43))[:44], reason: truncated},
		{name: "ipv6 extension missing", data: bytesOf(t, ip6(60), ext(17))[:41], reason: truncated},
		{name: "ipv4 cut", data: four[:19], reason: truncated},
		{name: "ipv4 options cut", data: bytesOf(t, options, syn())[:22], reason: truncated},
		{name: "ipv4 header of 16 bytes", data: edit(four, func(b []byte) { b[0] = 0x44 }), reason: malformed},
		{name: "ipv4 shorter than its header", data: edit(four, func(b []byte) { b[3] = 19 }), reason: malformed},
		{name: "ipv6 cut", data: six[:39], reason: truncated},
	}
}

func decodeCases(t testing.TB) []frameCase {
	cases := linkCases(t)
	cases = append(cases, rareLinks(t)...)
	for _, c := range append(ipCases(t), rareIP(t)...) {
		c.link = linkRaw
		cases = append(cases, c)
	}
	return cases
}

func addrs(s ...string) []netip.Addr {
	var all []netip.Addr
	for _, a := range s {
		all = append(all, netip.MustParseAddr(a))
	}
	return all
}
