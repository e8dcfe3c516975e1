package capture

import (
	"bytes"
	"net"
	"net/netip"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// Sample gives a small capture, in pcap format, as an interface with the address
// self would see it: an HTTP exchange with 203.0.113.10, a DNS query to
// 198.51.100.53, four pings from 203.0.113.20, and a connection to port 22 that
// is refused. Its addresses are of documentation networks (RFC 5737).
func Sample(self netip.Addr) ([]byte, error) {
	s := &sampler{self: self.AsSlice(), at: time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC)}
	w := pcapgo.NewWriter(&s.out)
	if err := w.WriteFileHeader(sampleSnap, layers.LinkTypeEthernet); err != nil {
		return nil, err
	}
	s.w = w
	s.http(net.IPv4(203, 0, 113, 10))
	s.dns(net.IPv4(198, 51, 100, 53))
	s.pings(net.IPv4(203, 0, 113, 20))
	s.refused(net.IPv4(203, 0, 113, 99))
	return s.out.Bytes(), s.err
}

const sampleSnap = 65535

// Locally administered hardware addresses of the sample's two sides.
var (
	selfMAC = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	peerMAC = net.HardwareAddr{2, 0, 0, 0, 0, 2}
)

// sampler writes packets ten milliseconds apart. The first error stays.
type sampler struct {
	self net.IP
	at   time.Time
	out  bytes.Buffer
	w    *pcapgo.Writer
	err  error
}

func (s *sampler) http(peer net.IP) {
	get, page := make([]byte, 78), make([]byte, 1200)
	copy(get, "GET / HTTP/1.1\r\nHost: 203.0.113.10\r\n")
	copy(page, "HTTP/1.1 200 OK\r\n")
	const port, web = 40001, 80
	out := func(l layers.TCP, body []byte) {
		l.SrcPort, l.DstPort = port, web
		s.tcp(true, peer, l, body)
	}
	in := func(l layers.TCP, body []byte) {
		l.SrcPort, l.DstPort = web, port
		s.tcp(false, peer, l, body)
	}
	out(layers.TCP{SYN: true}, nil)
	in(layers.TCP{SYN: true, ACK: true}, nil)
	out(layers.TCP{ACK: true}, nil)
	out(layers.TCP{ACK: true, PSH: true}, get)
	in(layers.TCP{ACK: true}, nil)
	in(layers.TCP{ACK: true, PSH: true}, page)
	out(layers.TCP{ACK: true}, nil)
	in(layers.TCP{ACK: true, FIN: true}, nil)
	out(layers.TCP{ACK: true, FIN: true}, nil)
	in(layers.TCP{ACK: true}, nil)
}

func (s *sampler) dns(peer net.IP) {
	const port, domain = 40002, 53
	s.udp(true, peer, layers.UDP{SrcPort: port, DstPort: domain}, make([]byte, 40))
	s.udp(false, peer, layers.UDP{SrcPort: domain, DstPort: port}, make([]byte, 56))
}

func (s *sampler) pings(peer net.IP) {
	for seq := range uint16(4) {
		s.icmp(false, peer, layers.ICMPv4TypeEchoRequest, seq)
		s.icmp(true, peer, layers.ICMPv4TypeEchoReply, seq)
	}
}

func (s *sampler) refused(peer net.IP) {
	const port, ssh = 40003, 22
	s.tcp(false, peer, layers.TCP{SrcPort: port, DstPort: ssh, SYN: true}, nil)
	s.tcp(true, peer, layers.TCP{SrcPort: ssh, DstPort: port, RST: true, ACK: true}, nil)
}

func (s *sampler) tcp(out bool, peer net.IP, l layers.TCP, body []byte) {
	l.Window = 64240
	ip := s.ip(out, peer, layers.IPProtocolTCP)
	s.check(l.SetNetworkLayerForChecksum(ip))
	s.write(out, ip, &l, gopacket.Payload(body))
}

func (s *sampler) udp(out bool, peer net.IP, l layers.UDP, body []byte) {
	ip := s.ip(out, peer, layers.IPProtocolUDP)
	s.check(l.SetNetworkLayerForChecksum(ip))
	s.write(out, ip, &l, gopacket.Payload(body))
}

// icmp sends a ping of 84 bytes, as ping does by default.
func (s *sampler) icmp(out bool, peer net.IP, kind uint8, seq uint16) {
	l := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(kind, 0), Id: 1, Seq: seq}
	s.write(out, s.ip(out, peer, layers.IPProtocolICMPv4), l, gopacket.Payload(make([]byte, 56)))
}

func (s *sampler) ip(out bool, peer net.IP, p layers.IPProtocol) *layers.IPv4 {
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: p, SrcIP: peer, DstIP: s.self}
	if out {
		ip.SrcIP, ip.DstIP = s.self, peer
	}
	return ip
}

func (s *sampler) write(out bool, ls ...gopacket.SerializableLayer) {
	eth := &layers.Ethernet{SrcMAC: peerMAC, DstMAC: selfMAC, EthernetType: layers.EthernetTypeIPv4}
	if out {
		eth.SrcMAC, eth.DstMAC = selfMAC, peerMAC
	}
	buf := gopacket.NewSerializeBuffer()
	s.check(gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, append([]gopacket.SerializableLayer{eth}, ls...)...))
	data := buf.Bytes()
	s.check(s.w.WritePacket(gopacket.CaptureInfo{Timestamp: s.at, CaptureLength: len(data), Length: len(data)}, data))
	s.at = s.at.Add(10 * time.Millisecond)
}

func (s *sampler) check(err error) {
	if s.err == nil {
		s.err = err
	}
}
