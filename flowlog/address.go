package flowlog

import (
	"encoding/binary"
	"net/netip"
)

// appendAddr appends a as a.AppendTo does, in a third of its time: addresses are
// most of what is rendered. Packets have no zones.
func appendAddr(dst []byte, a netip.Addr) []byte {
	switch {
	case a.Is4():
		b := a.As4()
		for i, octet := range b {
			if i > 0 {
				dst = append(dst, '.')
			}
			dst = appendOctet(dst, octet)
		}
		return dst
	case a.Is4In6(), a.Zone() != "", !a.IsValid():
		return a.AppendTo(dst)
	}
	b := a.As16()
	return appendGroups(dst, &b)
}

func appendOctet(dst []byte, n byte) []byte {
	if n >= 100 {
		return append(dst, '0'+n/100, '0'+n/10%10, '0'+n%10)
	}
	if n >= 10 {
		return append(dst, '0'+n/10, '0'+n%10)
	}
	return append(dst, '0'+n)
}

// appendGroups appends an IPv6 address in the form of RFC 5952: the first of the
// longest runs of two zero groups or more is "::".
func appendGroups(dst []byte, b *[16]byte) []byte {
	from, to := 8, 8
	for i := 0; i < 8; i++ {
		j := i
		for j < 8 && b[2*j]|b[2*j+1] == 0 {
			j++
		}
		if j-i >= 2 && j-i > to-from {
			from, to = i, j
		}
		i = max(i, j-1)
	}
	for i := 0; i < 8; i++ {
		if i == from {
			dst = append(dst, ':', ':')
			if i = to; i == 8 {
				break
			}
		} else if i > 0 {
			dst = append(dst, ':')
		}
		dst = appendGroup(dst, binary.BigEndian.Uint16(b[2*i:]))
	}
	return dst
}

func appendGroup(dst []byte, n uint16) []byte {
	const hex = "0123456789abcdef"
	switch {
	case n >= 0x1000:
		return append(dst, hex[n>>12], hex[n>>8&15], hex[n>>4&15], hex[n&15])
	case n >= 0x100:
		return append(dst, hex[n>>8], hex[n>>4&15], hex[n&15])
	case n >= 0x10:
		return append(dst, hex[n>>4], hex[n&15])
	}
	return append(dst, hex[n])
}
