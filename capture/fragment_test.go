package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// piece is one fragment of UDP datagrams to port 53 (or another): n bytes of
// payload at the offset, in units of eight bytes.
type piece struct {
	version int
	id      uint32
	offset  uint16
	more    bool
	port    uint16 // of the source; only in the first
	at      time.Duration
	next    uint8 // of IPv6's fragment header; 0 is UDP's
}

func (p *piece) data(t testing.TB) []byte {
	var body []byte
	if p.offset == 0 {
		body = bytesOf(t, &layers.UDP{SrcPort: layers.UDPPort(p.port), DstPort: 53}, raw(8))
		if p.next == protoDestOpts {
			body = join(ext(17), body)
		}
	} else {
		body = make([]byte, 16)
	}
	if p.version == 4 {
		ip := ip4(layers.IPProtocolUDP)
		ip.Id, ip.FragOffset = uint16(p.id), p.offset
		if p.more {
			ip.Flags = layers.IPv4MoreFragments
		}
		return bytesOf(t, eth(layers.EthernetTypeIPv4), ip, gopacket.Payload(body))
	}
	next := p.next
	if next == 0 {
		next = protoUDP
	}
	head := ext(layers.IPProtocol(next))
	field := p.offset << 3
	if p.more {
		field |= 1
	}
	binary.BigEndian.PutUint16(head[2:], field)
	binary.BigEndian.PutUint32(head[4:], p.id)
	return bytesOf(t, eth(layers.EthernetTypeIPv6), ip6(44), head, gopacket.Payload(body))
}

// part as the records have it.
type partFlow struct {
	port     uint16
	protocol uint8
	packets  uint64
	action   flow.Action
}

// TestFragments: the records of fragments after the first have no ports (there
// are none in the packets), and the verdict of the first (RFC 791, RFC 8200: same
// addresses, identification and, in IPv4, protocol). Port 7 is refused.
func TestFragments(t *testing.T) {
	const a, r = flow.Accept, flow.Reject
	p := func(version int, id uint32, offset uint16, port uint16) piece {
		return piece{version: version, id: id, offset: offset, more: offset < 4, port: port}
	}
	late := func(p piece, at time.Duration) piece { p.at = at; return p }
	behind := func(p piece) piece { p.next = protoDestOpts; return p }
	cases := []struct {
		name   string
		pieces []piece
		want   []partFlow
	}{
		{"ipv4", []piece{p(4, 1, 0, 7), p(4, 1, 2, 0), p(4, 1, 4, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 2, r}}},
		{"ipv6", []piece{p(6, 1<<20, 0, 7), p(6, 1<<20, 2, 0), p(6, 1<<20, 4, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 2, r}}},
		{"accepted", []piece{p(4, 1, 0, 8), p(4, 1, 2, 0)}, []partFlow{{8, 17, 1, a}, {0, 17, 1, a}}},
		{"another id", []piece{p(4, 1, 0, 7), p(4, 2, 2, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, a}}},
		{"another id in the upper half", []piece{p(6, 1, 0, 7), p(6, 1<<16|1, 2, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, a}}},
		{"before the first", []piece{p(4, 1, 4, 0), p(4, 1, 0, 7), p(4, 1, 2, 0)}, []partFlow{{0, 17, 1, a}, {7, 17, 1, r}, {0, 17, 1, r}}},
		{"two packets of one verdict", []piece{p(4, 1, 0, 8), p(4, 1, 2, 0), p(4, 2, 0, 9), p(4, 2, 2, 0)}, []partFlow{{8, 17, 1, a}, {0, 17, 2, a}, {9, 17, 1, a}}},
		{"two packets of two verdicts, mixed", []piece{p(4, 1, 0, 8), p(4, 2, 0, 7), p(4, 1, 2, 0), p(4, 2, 2, 0), p(4, 1, 4, 0)}, []partFlow{{8, 17, 1, a}, {7, 17, 1, r}, {0, 17, 2, a}, {0, 17, 1, r}}},
		{"an identification is used again", []piece{p(4, 1, 0, 7), p(4, 1, 2, 0), p(4, 1, 0, 8), p(4, 1, 2, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, r}, {8, 17, 1, a}, {0, 17, 1, a}}},
		{"overlapping the first", []piece{p(4, 1, 0, 7), p(4, 1, 1, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, r}}},
		{"too late", []piece{p(6, 1, 0, 7), late(p(6, 1, 2, 0), 61*time.Second)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, a}}},
		{"just in time", []piece{p(6, 1, 0, 7), late(p(6, 1, 2, 0), 60*time.Second)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, r}}},
		{"the upper protocol is only in the first", []piece{behind(p(6, 1, 0, 7)), behind(p(6, 1, 2, 0)), behind(p(6, 2, 2, 0))}, []partFlow{{7, 17, 1, r}, {0, 17, 1, r}, {0, 60, 1, a}}},
		{"a whole packet with a fragment header is no first", []piece{{version: 6, id: 1, port: 7}, p(6, 1, 2, 0)}, []partFlow{{7, 17, 1, r}, {0, 17, 1, a}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var file []timed
			for i := range c.pieces {
				file = append(file, timed{time.Hour + c.pieces[i].at, c.pieces[i].data(t)})
			}
			var k keep
			if _, err := Replay(t.Context(), bytes.NewReader(timedFile(file...)), ReplayOptions{
				InterfaceID: "eni-1", Window: time.Hour, Network: &rejects{port: 7}, Emit: k.emit,
			}); err != nil {
				t.Fatal(err)
			}
			var got []partFlow
			for _, f := range k.windows[0].Flows {
				got = append(got, partFlow{f.SrcPort, f.Protocol, f.Packets, f.Verdict.Action})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("\n got %v\nwant %v", got, c.want)
			}
		})
	}
}

// TestFragmentsOfAProtocolWithoutPorts: they make one flow with their first, as
// nothing tells them apart.
func TestFragmentsOfAProtocolWithoutPorts(t *testing.T) {
	var file []timed
	for offset := range uint16(3) {
		ip := ip4(layers.IPProtocolICMPv4)
		ip.Id, ip.FragOffset, ip.Flags = 5, offset*2, layers.IPv4MoreFragments
		file = append(file, timed{time.Hour, bytesOf(t, eth(layers.EthernetTypeIPv4), ip, raw(16))})
	}
	var k keep
	if _, err := Replay(t.Context(), bytes.NewReader(timedFile(file...)), ReplayOptions{Emit: k.emit}); err != nil {
		t.Fatal(err)
	}
	if f := k.windows[0].Flows; len(f) != 1 || f[0].Counters != (flow.Counters{Packets: 3, Bytes: 108}) {
		t.Errorf("%+v", f)
	}
}

// TestFragmentsOfATap: live, too, and the traffic of flowemu's own ports goes
// with all of its fragments.
func TestFragmentsOfATap(t *testing.T) {
	for _, self := range []bool{false, true} {
		t.Run(fmt.Sprint("self ", self), func(t *testing.T) {
			o := &Options{Exporter: &exports{}, Network: &rejects{port: 7}, Now: func() time.Time { return time.Unix(0, 0) }}
			if self {
				o.SelfPorts = []uint16{53}
			}
			if err := o.complete(); err != nil {
				t.Fatal(err)
			}
			tp, err := newFan(Tap{InterfaceID: "eni-1"}, []source{newFake()}, o, newSeed())
			if err != nil {
				t.Fatal(err)
			}
			defer tp.release()
			for _, p := range []piece{{version: 4, id: 3, port: 7, more: true}, {version: 4, id: 3, offset: 2}} {
				data := edit(p.data(t), func(b []byte) { b[14+9] = protoTCP })
				tp.taps[0].add(&frame{data: data, length: uint32(len(data)), link: linkEthernet, at: 1})
			}
			windows := tp.collect(int64(time.Second), true, nil)
			want := map[bool][]uint16{false: {7, 0}, true: nil}[self]
			var got []uint16
			for _, f := range windows[0].Flows {
				got = append(got, f.SrcPort)
				if f.Verdict.Action != flow.Reject {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("source ports %v, want %v", got, want)
			}
		})
	}
}

// TestFragmentsAreBounded: a flood takes no memory, and what was before it is
// forgotten, not what comes after.
func TestFragmentsAreBounded(t *testing.T) {
	parts := newFragments(hashSeed{1, 2, 3, 4}) // with which no set of them stays short
	see := func(p piece, at int64) packet {
		var out packet
		if r := parts.decode(&frame{data: p.data(t), link: linkEthernet, at: at}, &out); r != recorded {
			t.Fatal(r)
		}
		return out
	}
	const flood = 5 * fragmented
	for id := range uint32(flood) {
		see(piece{version: 6, id: id, port: uint16(id) | 1, more: true}, int64(id))
	}
	known := 0
	for id := range uint32(flood) {
		switch p := see(piece{version: 6, id: id, offset: 1}, flood); p.key.SrcPort {
		case uint16(id) | 1:
			known++
		case 0:
		default:
			t.Fatalf("id %d got port %d", id, p.key.SrcPort)
		}
	}
	if known != fragmented {
		t.Errorf("%d first fragments known, want %d", known, fragmented)
	}
	if p := see(piece{version: 6, id: flood - 1, offset: 1}, flood); p.key.SrcPort != (flood-1)|1 {
		t.Error("the latest was forgotten")
	}
	first, later := piece{version: 6, port: 9, more: true}, piece{version: 6, offset: 1}
	frames := []frame{{data: first.data(t), link: linkEthernet}, {data: later.data(t), link: linkEthernet}}
	var p packet
	if n := testing.AllocsPerRun(100, func() {
		for i := range frames {
			parts.decode(&frames[i], &p)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestFoldPartsIsBounded: one fragment does not make a seal remember every flow
// that has no ports.
func TestFoldPartsIsBounded(t *testing.T) {
	const flows = 100_000
	tab := testTable(t, nil, 2*flows)
	for i := range uint32(flows) {
		p := tab.next()
		*p = packet{bytes: 40, packets: 1}
		p.key.Tuple = flow.Tuple{Src: [16]byte{byte(i >> 16), byte(i >> 8), byte(i)}, Protocol: 1, IPVersion: 4}
		tab.commit()
	}
	p := tab.next()
	*p = packet{bytes: 40, packets: 1}
	p.key.Tuple = flow.Tuple{Src: [16]byte{0, 0, 7}, SrcPort: 5, DstPort: 6, Protocol: 1, IPVersion: 4}
	p.key.later = 1
	tab.commit()
	tab.flush()
	if n := testing.AllocsPerRun(1, tab.foldParts); n > 10 {
		t.Errorf("%v allocations", n)
	}
	got := tab.flows(nil, 0, tab.n)
	if len(got) != flows || got[7].Packets != 2 {
		t.Errorf("%d flows, the fragment's is %+v", len(got), got[7])
	}
}
