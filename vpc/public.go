package vpc

import (
	"crypto/rand"
	"net/netip"
)

// KindAddress is the kind of an Address.
const KindAddress Kind = "elastic-ip"

// Address is an Elastic IP address; its id is the allocation id.
type Address struct {
	Head
	PublicIP      netip.Addr
	AssociationID string // "" when it is not associated
	InterfaceID   string
	PrivateIP     netip.Addr // the private address that it stands for
	// ServiceManaged is the service of AWS that has allocated it: rnat.
	ServiceManaged string
}

// Kind is KindAddress.
func (*Address) Kind() Kind { return KindAddress }

// Refs gives the network interface, and what it is looked up by: its association and the address.
func (a *Address) Refs() []string {
	return refs(a.InterfaceID, a.AssociationID, a.PublicIP.String())
}

// publicRanges are where public addresses are from: they are reserved for
// documentation, so that nobody's real address is among them. Source: RFC 5737.
var publicRanges = [...]netip.Prefix{
	netip.PrefixFrom(netip.AddrFrom4([4]byte{203, 0, 113, 0}), 24),
	netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, 100, 0}), 24),
	netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, 0}), 24),
}

// moreRange is for those who need more: it is reserved for benchmarks. Source: RFC 2544.
var moreRange = [2]byte{198, 18} // and 198.19

// FreePublicAddress gives the first public address that nobody has, in any
// account and Region, and when these are gone, any of moreRange; false if there is none.
func (s *Snapshot) FreePublicAddress() (netip.Addr, bool) {
	for _, p := range publicRanges {
		for a, last := p.Addr().Next(), Last(p); a != last; a = a.Next() {
			if !s.PublicAddressInUse(a) {
				return a, true
			}
		}
	}
	for range 1000 {
		var b [3]byte
		_, _ = rand.Read(b[:]) // never fails
		a := netip.AddrFrom4([4]byte{moreRange[0], moreRange[1] | b[0]&1, b[1], b[2]})
		if !s.PublicAddressInUse(a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// PublicAddressInUse says whether it is an Elastic IP address or an interface has it.
func (s *Snapshot) PublicAddressInUse(a netip.Addr) bool {
	return s.Refers(a.String(), KindAddress) || s.Refers(a.String(), KindENI)
}

// Public is the public address of a private one.
type Public struct {
	IP      netip.Addr
	Owner   string   // the account that owns it, or amazon, amazon-elb
	Elastic *Address // nil if it is none
}

// PublicOf gives the public address that stands for a private one of e, or nil.
func (s *Snapshot) PublicOf(e *ENI, private netip.Addr) *Public {
	for _, a := range Referring[Address](s, e.ID) {
		if a.PrivateIP == private {
			return &Public{IP: a.PublicIP, Owner: a.Account, Elastic: a}
		}
	}
	if e.PublicIP.IsValid() && private == e.PrivateIP {
		return &Public{IP: e.PublicIP, Owner: e.PublicOwner}
	}
	return nil
}
