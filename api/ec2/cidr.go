package ec2

import (
	"fmt"
	"net/netip"
	"slices"
)

// Families of addresses, by how many bits these have.
const (
	ipv4Bits = 32
	ipv6Bits = 128
)

// parseCIDR reads a range of one of the families, as it is; false if it is none.
func parseCIDR(text string, families ...int) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(text)
	return p, err == nil && !p.Addr().Is4In6() && slices.Contains(families, p.Addr().BitLen())
}

// parseBlock reads a range as most parameters have it, and drops the bits below its mask.
func parseBlock(parameter, text string, families ...int) (netip.Prefix, error) {
	p, ok := parseCIDR(text, families...)
	if !ok {
		return netip.Prefix{}, invalidValue("Value (%s) for parameter %s is invalid. This is not a valid CIDR block.", text, parameter)
	}
	return p.Masked(), nil
}

// family gives the ranges whose addresses have that many bits.
func family(ranges []netip.Prefix, bits int) (out []netip.Prefix) {
	for _, p := range ranges {
		if p.Addr().BitLen() == bits {
			out = append(out, p)
		}
	}
	return out
}

// parseAddress reads an address as parameters have it.
func parseAddress(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, invalidValue("invalid value for parameter address: %s", text)
	}
	return a, nil
}

// addrText gives the address, or "" for none.
func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// prefixText gives the range, or "" for none.
func prefixText(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func addrTexts(list []netip.Addr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = addrText(a)
	}
	return out
}

func prefixTexts(list []netip.Prefix) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = prefixText(p)
	}
	return out
}

// ipv4Text gives a range of IPv4, or "" for another one.
func ipv4Text(p netip.Prefix) string {
	if !p.Addr().Is4() {
		return ""
	}
	return p.String()
}

// ipv6Text is ipv4Text for IPv6.
func ipv6Text(p netip.Prefix) string {
	if !p.Addr().Is6() {
		return ""
	}
	return p.String()
}

// cidrPosition is a range's place in a list of pages, in the order of Prefix.Compare.
func cidrPosition(p netip.Prefix) string {
	a := p.Addr()
	return fmt.Sprintf("%03d/%x/%03d", a.BitLen(), a.AsSlice(), p.Bits())
}
