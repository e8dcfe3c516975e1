package capture

import (
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

func TestDecode(t *testing.T) {
	for _, c := range decodeCases(t) {
		t.Run(c.name, func(t *testing.T) {
			p := packet{key: key{Tuple: flow.Tuple{SrcPort: 9, Protocol: 9, Src: [16]byte{15: 1}}}, flags: 0xff} // leftovers
			if r := decode(c.frame(), &p); r != c.reason {
				t.Fatalf("%v, want %v", r, c.reason)
			}
			if got := seen(&p); c.reason == recorded && got != c.want {
				t.Errorf("\n got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// outcome is all that decoding says of a frame.
type outcome struct {
	reason reason
	key    key
	bytes  uint64
	flags  uint8
	l3     uint16
	part   part
}

func outcomeOf(r reason, p *packet) outcome {
	if r != recorded {
		return outcome{reason: r}
	}
	return outcome{r, p.key, p.bytes, p.flags, p.l3, p.part}
}

// disagree compares decode with gopacket; compared is false where gopacket cannot tell.
func disagree(t *testing.T, f *frame) (compared bool) {
	t.Helper()
	var p packet
	ours := outcomeOf(decode(f, &p), &p)
	ref := reference{f: f}
	if theirs := outcomeOf(ref.decode(), &ref.p); ours != theirs && !ref.skip {
		t.Errorf("link %d, %d bytes %x\n    ours %+v\ngopacket %+v", f.link, f.length, f.data[:min(len(f.data), 200)], ours, theirs)
	}
	return !ref.skip
}

func TestDecodersAgree(t *testing.T) {
	all, compared := decodeCases(t), 0
	for _, c := range all {
		for n := range len(c.data) + 1 { // cut everywhere
			f := c.frame()
			f.data = c.data[:n]
			if disagree(t, f) && n == len(c.data) {
				compared++
			}
		}
	}
	if compared < len(all)-5 {
		t.Errorf("only %d of %d cases compared", compared, len(all))
	}
}

// fuzzLinks are what FuzzDecode's numbers stand for, so that none is for nothing.
var fuzzLinks = []linkType{
	linkEthernet, linkNull, linkPPP, linkRaw, linkPPPHDLC, linkPPPoE, linkCHDLC, linkLoop, linkSLL, linkIPv4, linkIPv6, linkSLL2,
	linkRawBSD, linkRawOpen, linkType(layers.LinkTypeFDDI), linkType(layers.LinkTypeIEEE802_11), linkType(layers.LinkTypeIEEE80211Radio), 147,
}

// FuzzDecode holds the decoder against gopacket's layers: everything that is said
// of a frame has to be the same.
func FuzzDecode(f *testing.F) {
	for _, c := range decodeCases(f) {
		f.Add(uint8(slices.Index(fuzzLinks, c.link)), c.frame().length, c.data)
	}
	f.Fuzz(func(t *testing.T, link uint8, length uint32, data []byte) {
		fr := &frame{data: data, length: max(length, uint32(len(data))), link: fuzzLinks[int(link)%len(fuzzLinks)]}
		disagree(t, fr)
		var p packet
		parts := newFragments(hashSeed{})
		if r := parts.decode(fr, &p); r > unknownLink {
			t.Fatalf("outcome %v", r)
		} else if r == recorded {
			s := newSide(macA, addrs("10.0.0.1"), flow.Ingress)
			s.direction(fr, &p.key)
		}
		one := p.bytes
		for kind := range uint8(6) {
			fr.gso, fr.gsoType = 1400, kind
			if decode(fr, &p) == recorded && (p.packets < 1 || p.packets > 1 && p.bytes+8*uint64(p.packets) < one) {
				t.Fatalf("%d packets of %d bytes, out of %d", p.packets, p.bytes, one)
			}
		}
	})
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range decodeCases(t) {
		f := c.frame()
		var p packet
		if decodeFast(f, &p) == declined {
			continue
		}
		if n := testing.AllocsPerRun(100, func() { decode(f, &p) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func TestSide(t *testing.T) {
	four := tcp4(t)
	ether := bytesOf(t, eth(layers.EthernetTypeIPv4), gopacket.Payload(four))
	cases := []struct {
		name string
		side side
		link linkType
		data []byte
		want flow.Direction
	}{
		{"source mac", newSide(macA, nil, flow.Ingress), linkEthernet, ether, flow.Egress},
		{"destination mac", newSide(macB, addrs("10.0.0.1"), flow.Ingress), linkEthernet, ether, flow.Ingress},
		{"source address", newSide(nil, addrs("10.9.9.9", "10.0.0.1"), flow.Ingress), linkEthernet, ether, flow.Egress},
		{"source address, mapped", newSide(nil, addrs("::ffff:10.0.0.1"), flow.Ingress), linkRaw, four, flow.Egress},
		{"destination address", newSide(nil, addrs("10.0.0.2"), flow.Ingress), linkSLL, join(sll(4, 0x800), four), flow.Ingress},
		{"cooked outgoing", newSide(nil, nil, flow.Ingress), linkSLL, join(sll(4, 0x800), four), flow.Egress},
		{"cooked 2 outgoing", newSide(macA, nil, flow.Ingress), linkSLL2, join(sll2(4, 0x800), four), flow.Egress},
		{"cooked host", newSide(nil, nil, flow.Ingress), linkSLL2, join(sll2(0, 0x800), four), flow.Ingress},
		{"nothing tells", newSide(nil, addrs("10.9.9.9"), flow.Ingress), linkEthernet, ether, flow.Ingress},
		{"nobody said", newSide(nil, nil, flow.Unknown), linkSLL, join(sll(4, 0x800), four), flow.Unknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := &frame{data: c.data, length: uint32(len(c.data)), link: c.link}
			var p packet
			if r := decode(f, &p); r != recorded {
				t.Fatal(r)
			}
			if d := c.side.direction(f, &p.key); d != c.want {
				t.Errorf("%v, want %v", d, c.want)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	cases := map[string][]byte{
		"ipv4-tcp": bytesOf(b, eth(layers.EthernetTypeIPv4), gopacket.Payload(tcp4(b))),
		"ipv6-tcp": bytesOf(b, eth(layers.EthernetTypeIPv6), gopacket.Payload(tcp6(b))),
		"ipv6-ext": bytesOf(b, eth(layers.EthernetTypeIPv6), ip6(0), ext(60), ext(17), udp()),
		"mpls":     bytesOf(b, eth(layers.EthernetTypeMPLSUnicast), &layers.MPLS{StackBottom: true}, gopacket.Payload(tcp4(b))),
	}
	for name, data := range cases {
		b.Run(name, func(b *testing.B) {
			f := &frame{data: data, length: uint32(len(data)), link: linkEthernet}
			var p packet
			b.ReportAllocs()
			for b.Loop() {
				if decode(f, &p) != recorded {
					b.Fatal("not recorded")
				}
			}
		})
	}
}
