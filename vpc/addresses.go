package vpc

import (
	"crypto/sha256"
	"net"
	"net/netip"
	"slices"
)

// firstUsable is how many addresses at the start of a subnet nobody can have;
// nor can anybody have its last. Source: "Subnet CIDR blocks", VPC user guide.
const firstUsable = 4

// Usable says whether an interface may have an address of a subnet's range.
func Usable(p netip.Prefix, a netip.Addr) bool {
	return p.Contains(a) && !slices.Contains(reserved(p), a)
}

// reserved gives the addresses of a range that are AWS's.
func reserved(p netip.Prefix) []netip.Addr {
	out := make([]netip.Addr, 0, firstUsable+1)
	a := p.Masked().Addr()
	for range firstUsable {
		out = append(out, a)
		a = a.Next()
	}
	return append(out, Last(p))
}

// Last gives the last address of a range.
func Last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := range b {
		if host := p.Bits() - i*8; host < 8 {
			b[i] |= 0xff >> max(host, 0)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// FreeAddress gives the first IPv4 address of a subnet that no interface has and
// that is not among besides; false if there is none.
func (s *Snapshot) FreeAddress(n *Subnet, besides ...netip.Addr) (netip.Addr, bool) {
	return s.free(n, n.CIDR, besides)
}

// FreeIPv6 is FreeAddress for IPv6, in the subnet's first range.
func (s *Snapshot) FreeIPv6(n *Subnet, besides ...netip.Addr) (netip.Addr, bool) {
	if len(n.IPv6) == 0 {
		return netip.Addr{}, false
	}
	return s.free(n, n.IPv6[0], besides)
}

func (s *Snapshot) free(n *Subnet, p netip.Prefix, besides []netip.Addr) (netip.Addr, bool) {
	if !p.IsValid() {
		return netip.Addr{}, false
	}
	used := map[netip.Addr]bool{}
	for _, e := range Referring[ENI](s, n.ID) {
		for _, a := range e.Addresses() {
			used[a] = true
		}
	}
	for _, a := range slices.Concat(reserved(p), besides) {
		used[a] = true
	}
	for a := p.Masked().Addr(); p.Contains(a); a = a.Next() {
		if !used[a] {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// MACOf makes an interface's MAC address from its id, locally administered as AWS's are.
func MACOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return net.HardwareAddr(append([]byte{0x02}, sum[:5]...)).String()
}

// Holder gives the interface of a subnet that has an address, or nil.
func (s *Snapshot) Holder(n *Subnet, a netip.Addr) *ENI {
	for _, e := range Referring[ENI](s, n.ID) {
		if slices.Contains(e.Addresses(), a) {
			return e
		}
	}
	return nil
}
