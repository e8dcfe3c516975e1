package flow

import "testing"

// The rules as AWS documents them, over the flag bytes of a record's packets.

// vpcRule is of https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html:
// FIN 1, SYN 2, RST 4, SYN-ACK 18; ACK and the rest alone are 0; OR-ed.
func vpcRule(packets ...byte) (v uint8) {
	for _, b := range packets {
		v |= b & 7
		if b&0x12 == 0x12 {
			v |= 18
		}
	}
	return v
}

// transitRule is of https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html:
// FIN 1, SYN 2, RST 4, PSH 8, ACK 16, SYN-ACK 18, URG 32, OR-ed; 0 if there are
// only ACK packets.
func transitRule(packets ...byte) (v uint8) {
	for _, b := range packets {
		v |= b & 0x3f
	}
	if v == 16 {
		return 0
	}
	return v
}

// TestFlags: Counters.TCPFlags has what both rules need, for every flags byte and
// every two of them merged.
func TestFlags(t *testing.T) {
	vpc := func(c Counters) uint8 {
		v := c.TCPFlags & (FIN | SYN | RST)
		if c.TCPFlags&SynAck != 0 {
			v |= ACK
		}
		return v
	}
	transit := func(c Counters) uint8 {
		if v := c.TCPFlags &^ SynAck; v != ACK {
			return v
		}
		return 0
	}
	for a := range 256 {
		one := Counters{TCPFlags: HeaderFlags(byte(a))}
		if got, want := vpc(one), vpcRule(byte(a)); got != want {
			t.Errorf("%#02x: %d, want %d", a, got, want)
		}
		if got, want := transit(one), transitRule(byte(a)); got != want {
			t.Errorf("%#02x: transit %d, want %d", a, got, want)
		}
		for b := range 256 {
			both := one
			both.Add(Counters{TCPFlags: HeaderFlags(byte(b))})
			if got, want := vpc(both), vpcRule(byte(a), byte(b)); got != want {
				t.Fatalf("%#02x and %#02x: %d, want %d", a, b, got, want)
			}
			if got, want := transit(both), transitRule(byte(a), byte(b)); got != want {
				t.Fatalf("%#02x and %#02x: transit %d, want %d", a, b, got, want)
			}
		}
	}
}

// TestFlagsOfWholeConnections: AWS's own examples of values, and those of delivery
// by both sides of a connection in one window.
func TestFlagsOfWholeConnections(t *testing.T) {
	const syn, synAck, ack, pshAck, finAck, rst, rstAck, synECE = 0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0xc2
	cases := []struct {
		name         string
		packets      []byte
		vpc, transit uint8
	}{
		{"client, short", []byte{syn, ack, pshAck, finAck, ack}, 3, 1 | 2 | 8 | 16},
		{"server, short", []byte{synAck, ack, pshAck, finAck}, 19, 1 | 2 | 8 | 16},
		{"client, opening", []byte{syn, ack}, 2, 18},
		{"server, opening", []byte{synAck}, 18, 18},
		{"middle", []byte{ack, pshAck, ack}, 0, 24},
		{"nothing but ACKs", []byte{ack, ack}, 0, 0},
		{"closing", []byte{ack, finAck}, 1, 17},
		{"refused", []byte{rstAck}, 4, 20},
		{"reset", []byte{rst}, 4, 4},
		{"with congestion notification", []byte{synECE}, 2, 2},
		{"no flags", []byte{0}, 0, 0},
	}
	for _, c := range cases {
		var n Counters
		for _, b := range c.packets {
			n.Add(Counters{TCPFlags: HeaderFlags(b)})
		}
		if vpcRule(c.packets...) != c.vpc || transitRule(c.packets...) != c.transit {
			t.Errorf("%s: the rules give %d and %d, want %d and %d", c.name, vpcRule(c.packets...), transitRule(c.packets...), c.vpc, c.transit)
		}
		if syn := n.TCPFlags&SynAck != 0; syn != (c.vpc&16 != 0) {
			t.Errorf("%s: %#x", c.name, n.TCPFlags)
		}
	}
}
