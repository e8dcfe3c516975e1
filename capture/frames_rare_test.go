package capture

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// rareLinks: what may be between the frame's start and the IP header.
func rareLinks(t testing.TB) []frameCase {
	four, six := tcp4(t), tcp6(t)
	label := func(n byte, bottom byte) []byte { return []byte{0, n, bottom, 64} }
	snap := func(organization, typ []byte) []byte { return join([]byte{0xaa, 0xaa, 3}, organization, typ) }
	zero, bridge, cisco := []byte{0, 0, 0}, []byte{0, 0, 0xf8}, []byte{0, 0, 0x0c}
	session := func(code byte, rest ...[]byte) []byte {
		return join(etherHead(0x8864), []byte{0x11, code, 0, 1, 0, 42}, join(rest...))
	}
	tags := join(etherHead(0x88a8), []byte{0, 1, 0x88, 0xa8, 0, 2, 0x81, 0, 0, 3, 8, 0}, four)
	return []frameCase{
		{name: "three tags", link: linkEthernet, data: tags, want: want4},
		{name: "three tags, cut", link: linkEthernet, data: tags[:24], reason: truncated},
		{name: "tag and arp", link: linkEthernet, data: join(etherHead(0x8100), []byte{0, 1, 8, 6}, make([]byte, 28)), reason: notIP},
		{name: "tag and snap", link: linkEthernet, data: join(etherHead(0x8100), []byte{0, 1, 0, 48}, snap(zero, []byte{8, 0}), four), want: want4},
		{name: "snap ipv6", link: linkEthernet, data: join(etherHead(68), snap(zero, []byte{0x86, 0xdd}), six), want: want6},
		{name: "snap of 802.1H", link: linkEthernet, data: join(etherHead(48), snap(bridge, []byte{8, 0}), four), want: want4},
		{name: "snap of cisco", link: linkEthernet, data: join(etherHead(48), snap(cisco, []byte{8, 0}), four), reason: notIP},
		{name: "snap arp", link: linkEthernet, data: join(etherHead(36), snap(zero, []byte{8, 6}), make([]byte, 28)), reason: notIP},
		{name: "snap cut", link: linkEthernet, data: join(etherHead(48), snap(zero, []byte{8})), reason: truncated},
		{name: "snap shorter than its header, padding behind", link: linkEthernet, data: join(etherHead(6), snap(zero, []byte{8, 0}), make([]byte, 38)), reason: malformed},
		{name: "802.3 of two bytes", link: linkEthernet, data: join(etherHead(2), make([]byte, 46)), reason: malformed},
		{name: "netbios", link: linkEthernet, data: join(etherHead(20), []byte{0xf0, 0xf0, 3}, make([]byte, 43)), reason: notIP},
		{name: "mpls ipv6", link: linkEthernet, data: join(etherHead(0x8847), label(16, 1), six), want: want6},
		{name: "mpls stack", link: linkEthernet, data: join(etherHead(0x8847), label(16, 0), label(17, 0), label(18, 1), four), want: want4},
		{name: "mpls multicast", link: linkEthernet, data: join(etherHead(0x8848), label(16, 1), four), want: want4},
		{name: "mpls in a tag", link: linkEthernet, data: join(etherHead(0x8100), []byte{0, 1, 0x88, 0x47}, label(16, 1), four), want: want4},
		{name: "pseudowire", link: linkEthernet, data: join(etherHead(0x8847), label(16, 1), make([]byte, 4), etherHead(0x0800), four), reason: notIP},
		{name: "mpls without a bottom", link: linkEthernet, data: join(etherHead(0x8847), label(16, 0), label(17, 0)), reason: truncated},
		{name: "mpls and nothing", link: linkEthernet, data: join(etherHead(0x8847), label(16, 1)), reason: truncated},
		{name: "pppoe ipv6", link: linkEthernet, data: session(0, []byte{0, 0x57}, six), want: want6},
		{name: "pppoe, protocol compressed", link: linkEthernet, data: session(0, []byte{0x21}, four), want: want4},
		{name: "pppoe lcp", link: linkEthernet, data: session(0, []byte{0xc0, 0x21}, make([]byte, 20)), reason: notIP},
		{name: "pppoe with a code", link: linkEthernet, data: session(0xa7, make([]byte, 20)), reason: notIP},
		{name: "pppoe discovery", link: linkEthernet, data: join(etherHead(0x8863), make([]byte, 20)), reason: notIP},
		{name: "pppoe with an even protocol", link: linkEthernet, data: session(0, []byte{0, 0x20}, four), reason: malformed},
		{name: "pppoe cut", link: linkEthernet, data: session(0)[:19], reason: truncated},
		{name: "pppoe link", link: linkPPPoE, data: join([]byte{0x11, 0, 0, 1, 0, 42, 0, 0x21}, four), want: want4},
		{name: "ppp without hdlc", link: linkPPP, data: join([]byte{0, 0x57}, six), want: want6},
		{name: "ppp mpls", link: linkPPP, data: join([]byte{0xff, 3, 2, 0x81}, label(16, 1), four), want: want4},
		{name: "ppp cut", link: linkPPP, data: []byte{0xff, 3, 0}, reason: truncated},
		{name: "ppp in hdlc", link: linkPPPHDLC, data: join([]byte{0xff, 3, 0, 0x21}, four), want: want4},
		{name: "cisco hdlc", link: linkPPPHDLC, data: join([]byte{0x0f, 0, 8, 0}, four), want: want4},
		{name: "cisco hdlc link", link: linkCHDLC, data: join([]byte{0x8f, 0, 0x86, 0xdd}, six), want: want6},
		{name: "cisco keep-alive", link: linkCHDLC, data: join([]byte{0x8f, 0, 0x80, 0x35}, make([]byte, 18)), reason: notIP},
		{name: "hdlc cut", link: linkCHDLC, data: []byte{0x0f, 0, 8}, reason: truncated},
		{name: "sll snap", link: linkSLL, data: join(sll(0, 4), snap(zero, []byte{8, 0}), four), want: want4},
		{name: "sll2 qinq", link: linkSLL2, data: join(sll2(0, 0x88a8), []byte{0, 7, 0x81, 0, 0, 8, 0x86, 0xdd}, six), want: want6},
		{name: "sll netlink", link: linkSLL, data: edit(join(sll(0, 0x0800), four), func(b []byte) { b[2], b[3] = 3, 56 }), reason: notIP},
		{name: "null family out of range", link: linkNull, data: join([]byte{0, 1, 0, 0}, four), reason: malformed},
		{name: "null netbsd", link: linkNull, data: join([]byte{24, 0, 0, 0}, six), want: want6},
		{name: "null freebsd", link: linkNull, data: join([]byte{28, 0, 0, 0}, six), want: want6},
	}
}

// rareIP: expectations by the RFCs that are named; lengths are IP total lengths.
func rareIP(t testing.TB) []frameCase {
	four, six := tcp4(t), tcp6(t)
	inUDP := func(port layers.UDPPort, parts ...[]byte) []byte {
		return bytesOf(t, ip4(layers.IPProtocolUDP), &layers.UDP{SrcPort: 9, DstPort: port}, gopacket.Payload(join(parts...)))
	}
	gre := func(head []byte, parts ...[]byte) []byte {
		return bytesOf(t, ip4(layers.IPProtocolGRE), gopacket.Payload(join(head, join(parts...))))
	}
	ether := join(etherHead(0x0800), four)
	short := ip4(layers.IPProtocolTCP)
	short.Flags = layers.IPv4MoreFragments
	jumbo := func(length uint32, rest ...[]byte) []byte { // RFC 2675, section 2
		option := ext(6, 0, 0xc2, 4, byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
		return edit(join(bytesOf(t, ip6(0)), option, join(rest...)), func(b []byte) { b[4], b[5] = 0, 0 })
	}
	return []frameCase{
		{name: "ipv4 authentication", data: bytesOf(t, ip4(layers.IPProtocolAH), ext(6, 4), raw(16), gopacket.Payload(four[20:])), want: v4(51, 0, 0, 64)},
		{name: "ipv6 in ipv4", data: bytesOf(t, ip4(layers.IPProtocolIPv6), gopacket.Payload(six)), want: v4(41, 0, 0, 80)},
		{name: "ipv6 in ipv6", data: bytesOf(t, ip6(layers.IPProtocolIPv6), gopacket.Payload(six)), want: v6(41, 0, 0, 100)},
		{name: "ipv4 in ipv6", data: bytesOf(t, ip6(layers.IPProtocolIPv4), gopacket.Payload(four)), want: v6(4, 0, 0, 80)},
		{name: "ipv6 esp", data: bytesOf(t, ip6(layers.IPProtocolESP), raw(24)), want: v6(50, 0, 0, 64)},
		{name: "erspan", data: gre([]byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1}, make([]byte, 8), ether), want: v4(47, 0, 0, 20+8+8+54)},
		{name: "gre with a key", data: gre([]byte{0x20, 0, 0x86, 0xdd, 0, 0, 0, 1}, six), want: v4(47, 0, 0, 88)},
		{name: "geneve", data: inUDP(6081, []byte{0, 0, 0x65, 0x58, 0, 0, 1, 0}, ether), want: v4(17, 9, 6081, 28+8+54)},
		{name: "gtp", data: inUDP(2152, []byte{0x30, 0xff, 0, 40, 0, 0, 0, 1}, four), want: v4(17, 9, 2152, 28+8+40)},
		{name: "esp in udp", data: inUDP(4500, make([]byte, 40)), want: v4(17, 9, 4500, 68)},
		{name: "quoted packet in an icmp error", data: bytesOf(t, ip4(layers.IPProtocolICMPv4), gopacket.Payload(join([]byte{3, 1, 0, 0, 0, 0, 0, 0}, four))), want: v4(1, 0, 0, 68)},
		{name: "first fragment of eight bytes", data: bytesOf(t, short, gopacket.Payload(four[20:28])), want: v4(6, 1234, 80, 28)},
		{name: "ipv6 first fragment with extensions", data: bytesOf(t, ip6(43), ext(44), ext(60, 0, 0, 1), ext(17), udp()), want: v6(17, 5353, 53, 72)},
		{name: "ipv6 whole packet with a fragment header", data: bytesOf(t, ip6(44), ext(17, 0, 0, 0), udp()), want: v6(17, 5353, 53, 56)},
		{name: "ipv6 authentication of 24 bytes", data: bytesOf(t, ip6(51), ext(6, 4), raw(16), gopacket.Payload(six[40:])), want: want{"fd00::1", "fd00::2", 1234, 80, 6, 84, flow.SYN}},
		{name: "ipv6 extensions in a strange order", data: bytesOf(t, ip6(60), ext(51), ext(0, 0), ext(43), ext(17), udp()), want: v6(17, 5353, 53, 80)},
		{name: "ipv6 segment routing", data: bytesOf(t, ip6(43), ext(17, 2, 4), raw(16), udp()), want: v6(17, 5353, 53, 72)},
		{name: "ipv6 hip control", data: bytesOf(t, ip6(139), ext(59, 4), raw(32)), want: v6(139, 0, 0, 80)},
		{name: "ipv6 hip data", data: bytesOf(t, ip6(139), ext(17, 1), raw(8), udp()), want: v6(17, 5353, 53, 64)},
		{name: "ipv6 shim6 control", data: bytesOf(t, ip6(140), ext(59, 0, 1)), want: v6(140, 0, 0, 48)},
		{name: "ipv6 shim6 payload", data: bytesOf(t, ip6(140), ext(17, 0, 0x80), udp()), want: v6(17, 5353, 53, 56)},
		{name: "ipv6 mobility behind options", data: bytesOf(t, ip6(60), ext(135), ext(59)), want: v6(135, 0, 0, 56)},
		{name: "ipv6 mobility cut", data: bytesOf(t, ip6(135), ext(59))[:41], want: v6(135, 0, 0, 48)},
		{name: "ipv6 nothing behind options", data: bytesOf(t, ip6(60), ext(59)), want: v6(59, 0, 0, 48)},
		{name: "ipv6 experiment", data: bytesOf(t, ip6(253), ext(17), udp()), want: v6(253, 0, 0, 56)},
		{name: "jumbogram", data: jumbo(70_000, six[40:]), length: 70_040, want: want{"fd00::1", "fd00::2", 1234, 80, 6, 70_040, flow.SYN}},
		{name: "jumbogram, frame padded", data: jumbo(70_000, six[40:]), length: 70_044, want: want{"fd00::1", "fd00::2", 1234, 80, 6, 70_040, flow.SYN}},
		{name: "jumbo option too small to be one", data: jumbo(100, six[40:]), length: 148, want: want{"fd00::1", "fd00::2", 1234, 80, 6, 148, flow.SYN}},
		{name: "length zero, hop-by-hop without a jumbo option", data: edit(bytesOf(t, ip6(0), ext(17, 0, 1, 4), udp()), func(b []byte) { b[5] = 0 }), want: v6(17, 5353, 53, 56)},
		{name: "ipv4 without a header length", data: edit(six, func(b []byte) { b[0] = 0x40 }), reason: malformed},
	}
}
