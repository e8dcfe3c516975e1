package flowlog

import (
	"testing"

	"github.com/flowemu/flowemu/flow"
)

// TestVPCFlags: AWS's rule for every flags byte of one packet. FIN 1, SYN 2, RST 4,
// SYN-ACK 18, the rest alone 0.
func TestVPCFlags(t *testing.T) {
	for b := range 256 {
		want := int64(b & 7)
		if b&0x12 == 0x12 {
			want |= 18
		}
		r := Record{Flow: flow.Flow{Counters: flow.Counters{TCPFlags: flow.HeaderFlags(byte(b))}}}
		if got := r.VPCFlags(); got != want {
			t.Errorf("%#02x: %d, want %d", b, got, want)
		}
	}
}
