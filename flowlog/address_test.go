package flowlog

import (
	"net/netip"
	"testing"
)

// TestAppendAddr: every pattern of zero groups and every length of a group and
// an octet is printed as the standard library does.
func TestAppendAddr(t *testing.T) {
	check := func(a netip.Addr) {
		t.Helper()
		if got := string(appendAddr([]byte("x"), a)); got != "x"+a.String() {
			t.Errorf("got %s, want %s", got[1:], a)
		}
	}
	for _, group := range [][2]byte{{0, 1}, {0, 0x1f}, {0x2, 0}, {0xab, 0xcd}} {
		for zeros := range 256 {
			var b [16]byte
			for i := range 8 {
				if zeros>>i&1 == 0 {
					b[2*i], b[2*i+1] = group[0], group[1]
				}
			}
			check(netip.AddrFrom16(b))
			check(netip.AddrFrom4([4]byte{byte(zeros), group[1], byte(255 - zeros), group[0]}))
		}
	}
	for _, a := range []string{"::ffff:192.0.2.1", "::192.0.2.1", "fe80::1%eth0"} {
		check(netip.MustParseAddr(a))
	}
	if got := appendAddr(nil, netip.Addr{}); len(got) != 0 {
		t.Errorf("no address is %q", got)
	}
}
