package vpc

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"slices"
	"sort"
	"strings"
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
	for a := plus(p.Masked().Addr(), firstUsable); ; a = a.Next() {
		a = s.afterRun(n.ID, a)
		if !Usable(p, a) {
			return netip.Addr{}, false
		}
		if s.Holder(n, a) == nil && !slices.Contains(besides, a) {
			return a, true
		}
	}
}

// afterRun gives the first address after those from a on that interfaces of a
// subnet have without a gap: a itself, if none has it. It looks at few of them,
// so that to fill a subnet takes time in proportion to its size. It is a guess where
// two interfaces have the same address.
func (s *Snapshot) afterRun(subnetID string, a netip.Addr) netip.Addr {
	first := sort.Search(s.refs.Len(), func(i int) bool {
		at, _, _ := s.refs.GetAt(i)
		return at >= addressRef(subnetID, a)
	})
	n := sort.Search(s.refs.Len()-first, func(i int) bool {
		at, _, _ := s.refs.GetAt(first + i)
		return !strings.HasPrefix(at, key(addressRef(subnetID, plus(a, i)), ""))
	})
	return plus(a, n)
}

// plus gives the n-th address after a, in the same /64.
func plus(a netip.Addr, n int) netip.Addr {
	b := a.As16()
	low := b[8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)+uint64(n)) //nolint:gosec // n is not negative
	sum := netip.AddrFrom16(b)
	if a.Is4() {
		return sum.Unmap()
	}
	return sum
}

// addressRef is what an interface is looked up by that has an address in a
// subnet. In the order of these its addresses are, too.
func addressRef(subnetID string, a netip.Addr) string {
	b := a.As16()
	return subnetID + "/" + hex.EncodeToString(b[:])
}

// Holder gives the interface of a subnet that has an address, or nil.
func (s *Snapshot) Holder(n *Subnet, a netip.Addr) *ENI {
	for _, e := range Referring[ENI](s, addressRef(n.ID, a)) {
		return e
	}
	return nil
}

// FreeAddresses gives how many IPv4 addresses of a subnet interfaces can still get.
func (s *Snapshot) FreeAddresses(n *Subnet) int {
	if !n.CIDR.IsValid() {
		return 0
	}
	free := 1<<(n.CIDR.Addr().BitLen()-n.CIDR.Bits()) - len(reserved(n.CIDR))
	for _, e := range Referring[ENI](s, n.ID) {
		free -= len(e.PrivateIPs())
	}
	return max(free, 0)
}

// MACOf makes an interface's MAC address from its id, locally administered as AWS's are.
func MACOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return net.HardwareAddr(append([]byte{0x02}, sum[:5]...)).String()
}
