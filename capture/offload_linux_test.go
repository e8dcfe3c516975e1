package capture

import (
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/flowemu/flowemu/flow"
)

// TestUDPSuperPackets: one write with UDP_SEGMENT (udp(7)) passes the interface as
// one frame and is the datagrams that the receiver gets.
func TestUDPSuperPackets(t *testing.T) {
	privateNetwork(t)
	_ = os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("0"), 0)
	ipCommand(t, "link", "set", "lo", "mtu", "1500", "up")
	l := newLive(t, Options{})
	if err := l.Open(Tap{Name: "lo", InterfaceID: "eni-lo", Index: index(t, "lo").Index, Loopback: true}); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	for address, header := range map[string]uint64{"127.0.0.1": 28, "::1": 48} {
		before := l.Interfaces()[0].Stats.Recorded
		want := sendSegmented(t, address, header)
		var got flow.Counters
		for k, n := range l.flush(t)["eni-lo"] {
			if k.Protocol == protoUDP {
				got.Add(n)
			}
		}
		frames := l.Interfaces()[0].Stats.Recorded - before
		if got != want || want.Packets != 77 || frames >= want.Packets {
			t.Errorf("%s: recorded %+v, the receiver has %+v; %d frames", address, got, want, frames)
		}
	}
}

// sendSegmented makes seven writes of eleven datagrams each, and gives what arrives.
func sendSegmented(t *testing.T, address string, header uint64) (got flow.Counters) {
	t.Helper()
	const size = 1200
	const written = 10*size + 100
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(address)})
	if err != nil {
		t.Skipf("no address %s (a kernel without IPv6?): %v", address, err)
	}
	defer sink.Close()
	c, err := net.DialUDP("udp", nil, sink.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	segment(t, c, size)
	for range 7 {
		if _, err := c.Write(make([]byte, written)); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < written; {
			m, err := sink.Read(make([]byte, 2*written))
			if err != nil {
				t.Fatal(err)
			}
			n += m
			got.Packets++
			got.Bytes += uint64(m) + header
		}
	}
	return got
}

func segment(t *testing.T, c *net.UDPConn, size int) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT, size)
	}); err != nil || failed != nil {
		t.Skipf("no UDP_SEGMENT: %v %v", err, failed)
	}
}
