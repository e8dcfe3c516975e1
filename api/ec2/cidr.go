package ec2

import (
	"fmt"
	"net/netip"
)

// cidrPosition is a range's place in a list of pages, in the order of Prefix.Compare.
func cidrPosition(p netip.Prefix) string {
	a := p.Addr()
	return fmt.Sprintf("%03d/%x/%03d", a.BitLen(), a.AsSlice(), p.Bits())
}
