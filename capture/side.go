package capture

import (
	"net"
	"net/netip"

	"github.com/flowemu/flowemu/flow"
)

// side knows whose side is the interface's in a file, which has no direction.
type side struct {
	mac   []byte // six bytes or none
	addrs []sideAddr
	// fallback is for packets that nothing tells about.
	fallback flow.Direction
}

type sideAddr struct {
	b       [16]byte
	version uint8
}

func newSide(mac net.HardwareAddr, addrs []netip.Addr, fallback flow.Direction) side {
	s := side{fallback: fallback}
	if len(mac) == 6 {
		s.mac = mac
	}
	for _, a := range addrs {
		a = a.Unmap()
		if a.Is4() {
			v4 := a.As4()
			var b [16]byte
			copy(b[:], v4[:])
			s.addrs = append(s.addrs, sideAddr{b: b, version: 4})
		} else if a.Is6() {
			s.addrs = append(s.addrs, sideAddr{b: a.As16(), version: 6})
		}
	}
	return s
}

// direction asks, in this order, the hardware addresses, the IP addresses and
// the packet type of cooked captures.
func (s *side) direction(f *frame, k *key) flow.Direction {
	if s.fallback == flow.Unknown {
		return flow.Unknown
	}
	if s.mac != nil && f.link == linkEthernet {
		if string(f.data[6:12]) == string(s.mac) {
			return flow.Egress
		}
		if string(f.data[:6]) == string(s.mac) {
			return flow.Ingress
		}
	}
	if s.has(&k.Src, k.IPVersion) {
		return flow.Egress
	}
	if s.has(&k.Dst, k.IPVersion) {
		return flow.Ingress
	}
	if cookedOutgoing(f) {
		return flow.Egress
	}
	return s.fallback
}

func (s *side) has(a *[16]byte, version uint8) bool {
	for i := range s.addrs {
		if s.addrs[i].version == version && s.addrs[i].b == *a {
			return true
		}
	}
	return false
}

func cookedOutgoing(f *frame) bool {
	switch f.link {
	case linkSLL:
		return f.data[0] == 0 && f.data[1] == typeOutgoing
	case linkSLL2:
		return f.data[10] == typeOutgoing
	}
	return false
}
