package capture

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"golang.org/x/sys/unix"

	"github.com/flowemu/flowemu/flow"
)

// privateNetwork moves the test's goroutine into a network namespace of its own.
// The thread is never given back: it ends with the test, and the namespace with it.
func privateNetwork(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs the ip command")
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace: %v", err)
	}
	// no neighbour discovery in between
	for _, dev := range []string{"all", "default"} {
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+dev+"/disable_ipv6", []byte("1"), 0)
	}
}

func ipCommand(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

func index(t *testing.T, name string) *net.Interface {
	t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// vethPair makes va and vb, both up.
func vethPair(t *testing.T) (a, b *net.Interface) {
	t.Helper()
	ipCommand(t, "link", "add", "va", "type", "veth", "peer", "name", "vb")
	ipCommand(t, "link", "set", "va", "up")
	ipCommand(t, "link", "set", "vb", "up")
	return index(t, "va"), index(t, "vb")
}

// sender writes frames to an interface.
func sender(t *testing.T, i *net.Interface) func(n int, frame []byte) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	to := &unix.SockaddrLinklayer{Ifindex: i.Index}
	return func(n int, frame []byte) {
		t.Helper()
		for range n {
			if err := unix.Sendto(fd, frame, 0, to); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// live is an engine with real rings.
type live struct {
	*Engine
	exports exports
}

func newLive(t *testing.T, o Options) *live {
	t.Helper()
	l := &live{}
	o.Exporter = &l.exports
	o.Logger = slog.New(slog.DiscardHandler)
	if o.RingBytes == 0 {
		o.RingBytes = 1 << 20
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l.Engine = e
	t.Cleanup(func() { _ = e.Close() })
	return l
}

func (l *live) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// flush gives all that was counted since the last call, by interface.
func (l *live) flush(t *testing.T) map[string]map[key]flow.Counters {
	t.Helper()
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[key]flow.Counters{}
	for _, call := range l.exports.take() {
		for _, w := range call {
			if all[w.InterfaceID] == nil {
				all[w.InterfaceID] = map[key]flow.Counters{}
			}
			for _, f := range w.Flows {
				k := key{Tuple: f.Tuple, direction: f.Direction}
				c := all[w.InterfaceID][k]
				c.Add(f.Counters)
				all[w.InterfaceID][k] = c
			}
		}
	}
	return all
}

func TestVeth(t *testing.T) {
	privateNetwork(t)
	va, vb := vethPair(t)
	l := newLive(t, Options{})
	for _, tap := range []Tap{{Name: "va", InterfaceID: "eni-a", Index: va.Index}, {Name: "vb", InterfaceID: "eni-b", Index: vb.Index}} {
		if err := l.Open(tap); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Open(Tap{Name: "vb", InterfaceID: "eni-a", Index: vb.Index}); err == nil {
		t.Error("a second tap was not refused")
	}
	l.start(t)
	head := func(to net.HardwareAddr) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: vb.HardwareAddr, DstMAC: to, EthernetType: layers.EthernetTypeIPv4}
	}
	send := sender(t, vb)
	send(1000, bytesOf(t, head(va.HardwareAddr), gopacket.Payload(tcp4(t))))                                // 40 bytes, padded to 60
	send(3, bytesOf(t, head(va.HardwareAddr), ip4(layers.IPProtocolUDP), udp(), raw(1000)))                 // longer than the snap length
	send(2, bytesOf(t, head(net.HardwareAddr{2, 9, 9, 9, 9, 9}), ip4(layers.IPProtocolICMPv4), raw(8)))     // for another host
	send(1, join(va.HardwareAddr, vb.HardwareAddr, []byte{0x08, 0x06}, make([]byte, 46)))                   // ARP
	send(4, join(va.HardwareAddr, vb.HardwareAddr, []byte{0x81, 0, 0, 5, 8, 0}, tcp4(t), make([]byte, 10))) // VLAN
	got := l.flush(t)

	tuple := func(proto uint8, sp, dp uint16, d flow.Direction) key {
		return key{Tuple: flow.Tuple{Src: [16]byte{10, 0, 0, 1}, Dst: [16]byte{10, 0, 0, 2}, SrcPort: sp, DstPort: dp, Protocol: proto, IPVersion: 4}, direction: d}
	}
	for id, d := range map[string]flow.Direction{"eni-a": flow.Ingress, "eni-b": flow.Egress} {
		want := map[key]flow.Counters{
			tuple(6, 1234, 80, d):  {Packets: 1004, Bytes: 40160, TCPFlags: flow.SYN},
			tuple(17, 5353, 53, d): {Packets: 3, Bytes: 3 * 1028},
		}
		if d == flow.Egress {
			want[tuple(1, 0, 0, d)] = flow.Counters{Packets: 2, Bytes: 56}
		}
		for k, c := range want {
			if got[id][k] != c {
				t.Errorf("%s %+v: %+v, want %+v", id, k, got[id][k], c)
			}
		}
		if len(got[id]) != len(want) {
			t.Errorf("%s: %d flows, want %d: %+v", id, len(got[id]), len(want), got[id])
		}
	}
	for _, s := range l.Interfaces() {
		if want := map[string]uint64{"eni-a": 2, "eni-b": 0}[s.InterfaceID]; s.Stats.Reasons["other-host"] != want || s.Stats.Reasons["not-ip"] != 1 {
			t.Errorf("%s: %+v", s.InterfaceID, s.Stats)
		}
	}
}

func TestLoopbackCountsOnce(t *testing.T) {
	privateNetwork(t)
	ipCommand(t, "link", "set", "lo", "up")
	l := newLive(t, Options{RingBytes: 16 << 20})
	if err := l.Open(Tap{Name: "lo", InterfaceID: "eni-lo", Index: index(t, "lo").Index, Loopback: true}); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	c, err := net.DialUDP("udp4", nil, sink.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 10 {
		if _, err := c.Write(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	got := l.flush(t)["eni-lo"]
	if len(got) != 1 {
		t.Fatalf("%d flows: %+v", len(got), got)
	}
	for k, n := range got {
		if n != (flow.Counters{Packets: 10, Bytes: 1280}) || k.direction != flow.Ingress {
			t.Errorf("%+v: %+v", k, n)
		}
	}
}

// tcpCounters reads what the TCP of this namespace counted.
func tcpCounters(t *testing.T) map[string]uint64 {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/net/snmp")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	all := map[string]uint64{}
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "Tcp:") {
			continue
		}
		if names == nil {
			names = strings.Fields(line)
			continue
		}
		for i, v := range strings.Fields(line) {
			all[names[i]], _ = strconv.ParseUint(v, 10, 64) // MaxConn is -1
		}
	}
	return all
}

// TestSuperPackets compares with the kernel: what the interface shows as a few
// large frames must be counted as the segments that TCP sent.
func TestSuperPackets(t *testing.T) {
	privateNetwork(t)
	ipCommand(t, "link", "set", "lo", "mtu", "1500", "up")
	l := newLive(t, Options{RingBytes: 32 << 20})
	if err := l.Open(Tap{Name: "lo", InterfaceID: "eni-lo", Index: index(t, "lo").Index, Loopback: true}); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	read := make(chan int64, 1)
	go func() {
		defer close(read)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		n, _ := io.Copy(io.Discard, c)
		read <- n
	}()
	c, err := net.Dial("tcp4", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	const size = 8 << 20
	if _, err := c.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if n := <-read; n != size {
		t.Fatalf("%d bytes came through", n)
	}
	<-read // the other side is closed, too
	var packets, bytes uint64
	for _, n := range l.flush(t)["eni-lo"] {
		packets += n.Packets
		bytes += n.Bytes
	}
	s := l.Interfaces()[0].Stats
	tcp := tcpCounters(t)
	again := tcp["RetransSegs"] // not in OutSegs
	if want := tcp["OutSegs"] + again; packets != want || s.Lost != 0 {
		t.Errorf("%d packets in %d frames, TCP sent %d, %d lost", packets, s.Recorded, want, s.Lost)
	}
	// Every packet has headers of 52 bytes, more in the handshake; what is sent
	// again is payload again, and leads to longer acknowledgements.
	if overhead := bytes - size; overhead < 52*packets || again == 0 && overhead > 52*packets+64 {
		t.Errorf("%d bytes beside the payload in %d packets, %d sent again", overhead, packets, again)
	}
	if s.Recorded >= packets {
		t.Errorf("no super-packets: %d frames, %d packets", s.Recorded, packets)
	}
}

func TestRingOverrunIsCounted(t *testing.T) {
	privateNetwork(t)
	va, vb := vethPair(t)
	l := newLive(t, Options{RingBytes: minRing}) // not run: nobody reads
	if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); err != nil {
		t.Fatal(err)
	}
	frame := bytesOf(t, &layers.Ethernet{SrcMAC: vb.HardwareAddr, DstMAC: va.HardwareAddr, EthernetType: layers.EthernetTypeIPv4}, gopacket.Payload(tcp4(t)))
	send := sender(t, vb)
	const sent = 20_000
	send(sent, frame)
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := l.Interfaces()[0].Stats
	if s.Frames != sent || s.Lost == 0 || s.Recorded == 0 || s.Reasons["ring"] != s.Lost {
		t.Errorf("%+v of %d", s, sent)
	}
	w := l.exports.take()[0][0]
	if w.Lost != s.Lost || w.Flows[0].Packets != s.Recorded {
		t.Errorf("the window has %d lost, %d packets; %+v", w.Lost, w.Flows[0].Packets, s)
	}
	send(7, frame) // the ring works again
	if got := l.flush(t)["eni-a"]; len(got) != 1 {
		t.Errorf("after the overrun: %+v", got)
	}
	if s = l.Interfaces()[0].Stats; s.Frames != sent+7 || s.Reasons["ring"] != w.Lost {
		t.Errorf("after the overrun: %+v", s)
	}
}

func TestInterfaceGoesAway(t *testing.T) {
	privateNetwork(t)
	va, vb := vethPair(t)
	logged := make(chan string, 1)
	l := newLive(t, Options{})
	l.opt.Logger = slog.New(slog.NewTextHandler(lineWriter(logged), nil))
	if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	sender(t, vb)(5, bytesOf(t, &layers.Ethernet{SrcMAC: vb.HardwareAddr, DstMAC: va.HardwareAddr, EthernetType: layers.EthernetTypeIPv4}, gopacket.Payload(tcp4(t))))
	ipCommand(t, "link", "del", "va")
	if line := <-logged; !strings.Contains(line, "capture ended") {
		t.Fatal(line)
	}
	if got := l.flush(t)["eni-a"]; len(got) != 1 {
		t.Errorf("what was seen before: %+v", got)
	}
	if s := l.Interfaces()[0]; !errors.Is(s.Err, unix.ENETDOWN) || s.Stats.Recorded != 5 {
		t.Errorf("%+v", s)
	}
	if got := l.flush(t); len(got) != 0 {
		t.Errorf("windows after the end: %+v", got)
	}
	va, _ = vethPair(t)
	if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); err != nil {
		t.Errorf("open it again: %v", err)
	}
	ipCommand(t, "link", "set", "va", "down")
	<-logged
	if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); !errors.Is(err, unix.ENETDOWN) {
		t.Errorf("open an interface that is down: %v", err)
	}
}

// lineWriter hands on what a logger writes.
type lineWriter chan string

func (w lineWriter) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}

// TestPermission gives up the capabilities of one thread, which ends with it.
func TestPermission(t *testing.T) {
	runtime.LockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		t.Skipf("cannot give up capabilities: %v", err)
	}
	l := newLive(t, Options{})
	if err := l.Open(Tap{Name: "lo", InterfaceID: "eni-1", Index: 1}); !errors.Is(err, os.ErrPermission) {
		t.Errorf("%v", err)
	}
}

// TestRebindOfARing rebinds while packets come in: what was sent before is the
// old interface's, what is sent after it the new one's, and none is lost between.
func TestRebindOfARing(t *testing.T) {
	privateNetwork(t)
	va, vb := vethPair(t)
	l := newLive(t, Options{RingBytes: 8 << 20})
	if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	frame := bytesOf(t, &layers.Ethernet{SrcMAC: vb.HardwareAddr, DstMAC: va.HardwareAddr, EthernetType: layers.EthernetTypeIPv4}, gopacket.Payload(tcp4(t)))
	send := sender(t, vb)
	packets := func() (packets map[string]uint64, lost uint64) {
		t.Helper()
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		packets = map[string]uint64{}
		for _, w := range slices.Concat(l.exports.take()...) {
			for i := range w.Flows {
				packets[w.InterfaceID] += w.Flows[i].Packets
			}
			lost += w.Lost
		}
		return packets, lost
	}
	send(100, frame)
	if err := l.Rebind(t.Context(), Binding{Name: "va", InterfaceID: "eni-b"}); err != nil {
		t.Fatal(err)
	}
	send(70, frame)
	got, lost := packets()
	if want := map[string]uint64{"eni-a": 100, "eni-b": 70}; !maps.Equal(got, want) || lost != 0 {
		t.Errorf("%v, want %v; %d lost", got, want, lost)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, id := range []string{"eni-a", "eni-c", "eni-b", "eni-a"} {
			if err := l.Rebind(t.Context(), Binding{Name: "va", InterfaceID: id}); err != nil {
				t.Error(err)
			}
		}
	}()
	sent := uint64(0)
	for more := true; more; sent += 10 {
		send(10, frame)
		select {
		case <-done:
			more = false
		default:
		}
	}
	got, lost = packets() // more may come in than a slow machine can count
	if sum := got["eni-a"] + got["eni-b"] + got["eni-c"] + lost; sum != sent || len(got) != 3 {
		t.Errorf("%v and %d lost of %d", got, lost, sent)
	}
	if s := l.Interfaces()[0]; s.InterfaceID != "eni-a" || s.Stats.Frames != sent+170 || s.Stats.Lost != lost {
		t.Errorf("%+v", s)
	}
}

// received is the kernel's own counter of an interface.
func received(t *testing.T, name string) uint64 {
	t.Helper()
	out, err := exec.Command("ip", "-j", "-s", "link", "show", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	var links []struct {
		Stats struct{ RX struct{ Packets uint64 } } `json:"stats64"`
	}
	if err := json.Unmarshal(out, &links); err != nil || len(links) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return links[0].Stats.RX.Packets
}

// TestFanoutOfRings: four rings count what one counts, and the kernel; also
// fragments, and tunnels whose inner flows the kernel tells apart.
func TestFanoutOfRings(t *testing.T) {
	privateNetwork(t)
	va, vb := vethPair(t)
	one, four := newLive(t, Options{RingBytes: 8 << 20}), newLive(t, Options{Fanout: 4, RingBytes: 16 << 20})
	for _, l := range []*live{one, four} {
		if err := l.Open(Tap{Name: "va", InterfaceID: "eni-a", Index: va.Index}); err != nil {
			t.Fatal(err)
		}
		l.start(t)
	}
	head := func(typ layers.EthernetType) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: vb.HardwareAddr, DstMAC: va.HardwareAddr, EthernetType: typ}
	}
	before := received(t, "va")
	send := sender(t, vb)
	const flows = 500
	for i := range uint16(flows) {
		l := udp()
		l.SrcPort = layers.UDPPort(1000 + i)
		whole := bytesOf(t, ip4(layers.IPProtocolUDP), l, raw(64))
		send(3, bytesOf(t, head(layers.EthernetTypeIPv4), gopacket.Payload(whole)))
		send(1, bytesOf(t, head(layers.EthernetTypeIPv4), ip4(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeIPv4}, gopacket.Payload(whole)))
		first, later := *ip4(layers.IPProtocolUDP), *ip4(layers.IPProtocolUDP)
		first.Id, first.Flags = i, layers.IPv4MoreFragments
		later.Id, later.FragOffset = i, 9
		send(1, bytesOf(t, head(layers.EthernetTypeIPv4), &first, l, raw(64)))
		send(1, bytesOf(t, head(layers.EthernetTypeIPv4), &later, raw(64)))
	}
	sent := received(t, "va") - before
	want, got := one.flush(t)["eni-a"], four.flush(t)["eni-a"]
	if sent != 6*flows || !maps.Equal(got, want) {
		t.Errorf("%d frames: %d flows in four rings, %d in one", sent, len(got), len(want))
	}
	for _, l := range []*live{one, four} {
		if s := l.Interfaces()[0].Stats; s.Frames != sent || s.Recorded != sent {
			t.Errorf("the kernel saw %d: %+v", sent, s)
		}
	}
	for i, tap := range four.fans["eni-a"].taps {
		if n := tap.tally[recorded]; n == 0 || n == sent {
			t.Errorf("ring %d has %d of %d", i, n, sent)
		}
	}
}
