package capture

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// setLength makes ip a packet of n bytes by its header.
func setLength(ip []byte, n int) []byte {
	return edit(ip, func(b []byte) {
		if b[0]>>4 == 4 {
			binary.BigEndian.PutUint16(b[2:], uint16(n))
		} else {
			binary.BigEndian.PutUint16(b[4:], uint16(n-40))
		}
	})
}

// optioned is a TCP header of 32 bytes: with the timestamps that Linux sends.
func optioned() *layers.TCP {
	return &layers.TCP{SrcPort: 1234, DstPort: 80, ACK: true, Options: []layers.TCPOption{
		{OptionType: 1}, {OptionType: 1}, {OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: make([]byte, 8)},
	}}
}

type splitCase struct {
	name    string
	ip      []byte // headers
	payload int
	kind    uint8
	gso     uint16
	packets uint32
	header  int // of each packet; 0: the frame stays as it is
}

func splitCases(t *testing.T) []splitCase {
	headers := func(l3 ...gopacket.SerializableLayer) []byte { return bytesOf(t, l3...) }
	v4head, v6head := headers(ip4(layers.IPProtocolTCP), optioned()), headers(ip6(layers.IPProtocolTCP), optioned())
	udp4 := headers(ip4(layers.IPProtocolUDP), udp())
	inUDP := func(port layers.UDPPort, parts ...[]byte) []byte {
		return join(headers(ip4(layers.IPProtocolUDP), &layers.UDP{SrcPort: 9, DstPort: port}), join(parts...))
	}
	vxlan := []byte{8, 0, 0, 0, 0, 0, 1, 0}
	geneve := []byte{2, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 2, 3, 1, 0, 0, 0, 0} // with an option of 8 bytes
	ether, tagged := etherHead(0x0800), join(etherHead(0x8100), []byte{0, 1, 0x86, 0xdd})
	jumbo := join(headers(ip6(0)), ext(6, 0, 0xc2, 4, 0, 1, 0x86, 0xa8), v6head[40:])
	return []splitCase{
		{"no offload", v4head, 1448, 0, 0, 1, 0},
		{"one segment", v4head, 1448, gsoTCPv4, 1448, 1, 52},
		{"a byte more", v4head, 1449, gsoTCPv4, 1448, 2, 52},
		{"full", v4head, 45 * 1448, gsoTCPv4, 1448, 45, 52},
		{"with ECN", v4head, 2 * 1448, gsoTCPv4 | gsoECN, 1448, 2, 52},
		{"ipv6", v6head, 3*1428 + 1, gsoTCPv6, 1428, 4, 72},
		{"ipv6 with options", headers(ip6(0), ext(6), optioned()), 2 * 1000, gsoTCPv6, 1000, 2, 80},
		{"big tcp with a jumbo option, which is not sent", jumbo, 70 * 1428, gsoTCPv6, 1428, 70, 72},
		{"udp", udp4, 10 * 1200, gsoUDP, 1200, 10, 28},
		{"udp ipv6", headers(ip6(layers.IPProtocolUDP), udp()), 10*1200 + 5, gsoUDP, 1200, 11, 48},
		{"udp fragmentation: the UDP header is payload", headers(ip4(layers.IPProtocolUDP)), 2*1480 + 7, gsoUDPFragment, 1480, 3, 20},
		{"vxlan", inUDP(4789, vxlan, ether, v4head), 5 * 1398, gsoTCPv4, 1398, 5, 28 + 8 + 14 + 52},
		{"vxlan at linux's port", inUDP(8472, vxlan, ether, v4head), 5 * 1398, gsoTCPv4, 1398, 5, 28 + 8 + 14 + 52},
		{"vxlan at any port, a tag", inUDP(1, vxlan, tagged, v6head), 5 * 1398, gsoTCPv6, 1398, 5, 28 + 8 + 18 + 72},
		{"vxlan with udp", inUDP(4789, vxlan, ether, udp4), 5 * 1200, gsoUDP, 1200, 5, 28 + 8 + 14 + 28},
		{"a program's own datagrams to a tunnel's port", inUDP(4789), 5 * 1200, gsoUDP, 1200, 5, 28},
		{"geneve", inUDP(6081, geneve, ether, v4head), 5 * 1398, gsoTCPv4, 1398, 5, 28 + 16 + 14 + 52},
		{"gre", join(headers(ip4(layers.IPProtocolGRE)), []byte{0, 0, 8, 0}, v4head), 4 * 1424, gsoTCPv4, 1424, 4, 20 + 4 + 52},
		{"gre with all fields", join(headers(ip4(layers.IPProtocolGRE)), []byte{0xb0, 0, 0x86, 0xdd}, make([]byte, 12), v6head), 4 * 1400, gsoTCPv6, 1400, 4, 20 + 16 + 72},
		{"ethernet in gre", join(headers(ip6(layers.IPProtocolGRE)), []byte{0, 0, 0x65, 0x58}, ether, v4head), 4 * 1400, gsoTCPv4, 1400, 4, 40 + 4 + 14 + 52},
		{"ip in ip", join(headers(ip4(layers.IPProtocolIPv4)), v4head), 4 * 1428, gsoTCPv4, 1428, 4, 72},
		{"ipv6 in ip", join(headers(ip4(layers.IPProtocolIPv6)), v6head), 4 * 1408, gsoTCPv6, 1408, 4, 92},
		{"ip in udp", inUDP(5555, v4head), 4 * 1420, gsoTCPv4, 1420, 4, 80},
		{"vxlan in vxlan", inUDP(4789, vxlan, ether, inUDP(4789, vxlan, ether, v4head)), 4 * 1300, gsoTCPv4, 1300, 4, 50 + 50 + 52},
		{"header cut", v4head[:30], 40000, gsoTCPv4, 1000, 1, 0},
		{"tunnel cut", inUDP(4789, vxlan, ether[:10]), 40000, gsoTCPv4, 1000, 1, 0},
		{"neither tcp nor a tunnel", headers(ip4(layers.IPProtocolICMPv4), raw(8)), 40000, gsoTCPv4, 1000, 1, 0},
		{"six tunnels", join(bytes.Repeat(headers(ip4(layers.IPProtocolIPv4)), 6), v4head), 40000, gsoTCPv4, 1000, 1, 0},
	}
}

// TestSplit: each packet on the wire has the headers once, and all of them
// together the payload once.
func TestSplit(t *testing.T) {
	for _, c := range splitCases(t) {
		t.Run(c.name, func(t *testing.T) {
			total := len(c.ip) + c.payload
			f := &frame{data: setLength(c.ip, total), length: uint32(total), link: linkRaw, gso: c.gso, gsoType: c.kind}
			if total > 0xffff { // BIG TCP
				f.data = setLength(c.ip, 40)
				binary.BigEndian.PutUint32(f.data[44:], uint32(total-40))
			}
			var p packet
			if r := decode(f, &p); r != recorded {
				t.Fatal(r)
			}
			want := uint64(total)
			if c.header != 0 {
				want = uint64(c.payload + int(c.packets)*c.header)
			}
			if p.packets != c.packets || p.bytes != want {
				t.Errorf("%d packets, %d bytes, want %d, %d", p.packets, p.bytes, c.packets, want)
			}
		})
	}
}

// conversation is a TCP packet of a test connection; the answers come from port 80.
type conversation struct {
	answer  bool
	syn     bool
	ack     bool
	mss     uint16 // 0: without the option
	payload int
	version int
}

func (c *conversation) packet(t *testing.T) []byte {
	l := optioned()
	if c.syn {
		l.Options = nil
		if c.mss != 0 {
			l.Options = []layers.TCPOption{{OptionType: 1}, {OptionType: 1}, {OptionType: 4, OptionLength: 2}, {OptionType: 2, OptionLength: 4, OptionData: []byte{byte(c.mss >> 8), byte(c.mss)}}}
		}
	}
	l.SYN, l.ACK = c.syn, c.ack
	if c.version == 6 {
		ip := ip6(layers.IPProtocolTCP)
		if c.answer {
			ip.SrcIP, ip.DstIP, l.SrcPort, l.DstPort = ip.DstIP, ip.SrcIP, 80, 1234
		}
		return bytesOf(t, eth(layers.EthernetTypeIPv6), ip, l, raw(c.payload))
	}
	ip := ip4(layers.IPProtocolTCP)
	if c.answer {
		ip.SrcIP, ip.DstIP, l.SrcPort, l.DstPort = ip.DstIP, ip.SrcIP, 80, 1234
	}
	return bytesOf(t, eth(layers.EthernetTypeIPv4), ip, l, raw(c.payload))
}

// TestEstimate: by RFC 6691 a segment carries the maximum segment size less the
// options, here 12 bytes of timestamps.
func TestEstimate(t *testing.T) {
	syn := func(mss uint16) conversation { return conversation{syn: true, mss: mss} }
	synAck := func(mss uint16) conversation { return conversation{syn: true, ack: true, answer: true, mss: mss} }
	data := func(n int) conversation { return conversation{ack: true, payload: n} }
	reply := func(n int) conversation { return conversation{ack: true, answer: true, payload: n} }
	v6 := func(c conversation) conversation { c.version = 6; return c }
	cases := []struct {
		name    string
		before  []conversation
		last    conversation
		packets uint64
	}{
		{"no syn, as long as the mtu", nil, data(1448), 1},
		{"no syn, a byte more", nil, data(1449), 2},
		{"no syn", nil, data(10 * 1448), 10},
		{"no syn, ipv6", nil, v6(data(10 * 1428)), 10},
		{"no syn, ipv6, a byte more", nil, v6(data(10*1428 + 1)), 11},
		{"the peer's syn", []conversation{syn(1460), synAck(1360)}, data(4 * 1348), 4},
		{"the other way", []conversation{syn(1460), synAck(1360)}, reply(4*1348 + 1), 5},
		{"the own syn", []conversation{syn(1360), synAck(1460)}, data(4 * 1348), 4},
		{"one syn is enough", []conversation{syn(1360)}, reply(4 * 1348), 4},
		{"a small one, shorter than the mtu", []conversation{syn(536), synAck(1460)}, data(2 * 524), 2},
		{"jumbo frames", []conversation{syn(8961), synAck(8961)}, data(8949), 1},
		{"jumbo frames and super-packets", []conversation{syn(8961), synAck(8961)}, data(7 * 8949), 7},
		{"without an option: 536", []conversation{syn(0), synAck(1460)}, data(2 * 524), 2},
		{"without an option in ipv6: 1220", []conversation{v6(syn(0)), v6(synAck(1440))}, v6(data(2 * 1208)), 2},
		{"a new connection", []conversation{syn(536), synAck(536), syn(1460), synAck(1460)}, data(1448), 1},
		{"a syn that asks for nothing", []conversation{syn(1)}, data(3600), 100},
		{"another version's syn", []conversation{v6(syn(536))}, data(1448), 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var file []timed
			for i := range c.before {
				file = append(file, timed{time.Second, c.before[i].packet(t)})
			}
			file = append(file, timed{time.Hour, c.last.packet(t)})
			for _, estimate := range []bool{false, true} {
				var k keep
				if _, err := Replay(t.Context(), bytes.NewReader(timedFile(file...)), ReplayOptions{EstimateGSO: estimate, Emit: k.emit}); err != nil {
					t.Fatal(err)
				}
				header := map[int]int{0: 52, 6: 72}[c.last.version]
				want := flow.Counters{Packets: 1, Bytes: uint64(header + c.last.payload), TCPFlags: flow.ACK}
				if estimate {
					want.Packets, want.Bytes = c.packets, uint64(c.last.payload)+c.packets*uint64(header)
				}
				if got := k.windows[len(k.windows)-1].Flows[0].Counters; got != want {
					t.Errorf("estimate %v: %+v, want %+v", estimate, got, want)
				}
			}
		})
	}
}

// TestEstimateLeavesTheRest: what is not TCP, not whole or cut is one packet.
func TestEstimateLeavesTheRest(t *testing.T) {
	part := ip4(layers.IPProtocolTCP)
	part.Flags = layers.IPv4MoreFragments
	tcp := bytesOf(t, ip4(layers.IPProtocolTCP), optioned(), raw(5000))
	for name, data := range map[string][]byte{
		"udp":        bytesOf(t, ip4(layers.IPProtocolUDP), udp(), raw(5000)),
		"fragment":   bytesOf(t, part, optioned(), raw(5000)),
		"header cut": tcp[:36],
		"tunnel":     bytesOf(t, ip4(layers.IPProtocolIPv4), gopacket.Payload(tcp)),
	} {
		var p packet
		f := &frame{data: data, length: uint32(len(data)), link: linkRaw}
		if r := decode(f, &p); r != recorded {
			t.Fatal(r)
		}
		newEstimate(newSeed()).split(f, &p)
		if p.packets != 1 {
			t.Errorf("%s: %d packets", name, p.packets)
		}
	}
}
