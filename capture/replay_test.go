package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// timed is a packet of a test file.
type timed struct {
	at   time.Duration // since 1970
	data []byte
}

func timedFile(packets ...timed) []byte {
	b := pcapFile(binary.LittleEndian, 0xa1b23c4d, 1, 0)
	le := binary.LittleEndian
	for _, p := range packets {
		b = le.AppendUint32(b, uint32(p.at/time.Second))
		b = le.AppendUint32(b, uint32(p.at%time.Second))
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(p.data))), uint32(len(p.data)))
		b = append(b, p.data...)
	}
	return b
}

func etherTCP(t testing.TB, port uint16) []byte {
	l := syn()
	l.SrcPort = layers.TCPPort(port)
	return bytesOf(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolTCP), l)
}

// keep collects windows with their flows copied.
type keep struct{ windows []flow.Window }

func (k *keep) emit(w flow.Window) error {
	w.Flows = slices.Clone(w.Flows)
	k.windows = append(k.windows, w)
	return nil
}

func TestReplayWindows(t *testing.T) {
	arp := join(etherHead(0x0806), make([]byte, 28))
	file := timedFile(
		timed{1003 * time.Second, etherTCP(t, 1)},
		timed{1009999 * time.Millisecond, etherTCP(t, 2)},
		timed{1010 * time.Second, etherTCP(t, 3)},
		timed{1001 * time.Second, etherTCP(t, 1)}, // late: into the open window
		timed{1300 * time.Second, arp},            // a window of its own, without flows
		timed{1400 * time.Second, etherTCP(t, 1)[:20]},
		timed{1500 * time.Second, etherTCP(t, 1)},
	)
	var k keep
	var read int64
	stats, err := Replay(t.Context(), bytes.NewReader(file), ReplayOptions{
		InterfaceID: "eni-1", Addrs: addrs("10.0.0.2"), Emit: k.emit, Network: &rejects{port: 2}, Progress: func(n int64) { read = n },
	})
	if err != nil || read != int64(len(file)) {
		t.Fatalf("%v after %d of %d bytes", err, read, len(file))
	}
	if stats.Frames != 7 || stats.Recorded != 5 || stats.Reasons["not-ip"] != 1 || stats.Reasons["truncated"] != 1 {
		t.Errorf("%+v", stats)
	}
	type row struct {
		start, end int64
		ports      []uint16
	}
	want := []row{{1000, 1010, []uint16{1, 2}}, {1010, 1020, []uint16{3, 1}}, {1500, 1510, []uint16{1}}}
	if len(k.windows) != len(want) {
		t.Fatalf("%d windows", len(k.windows))
	}
	for i, w := range k.windows {
		got := row{start: w.Start.Unix(), end: w.End.Unix()}
		for _, f := range w.Flows {
			got.ports = append(got.ports, f.SrcPort)
			if f.Direction != flow.Ingress || (f.Verdict.Action == flow.Reject) != (f.SrcPort == 2) {
				t.Errorf("window %d: %+v", i, f)
			}
		}
		if got.start != want[i].start || got.end != want[i].end || !slices.Equal(got.ports, want[i].ports) {
			t.Errorf("window %d: %v, want %v", i, got, want[i])
		}
		if !w.Offline || w.InterfaceID != "eni-1" {
			t.Errorf("window %d: %+v", i, w)
		}
	}
}

func TestReplayErrors(t *testing.T) {
	file := timedFile(timed{time.Second, etherTCP(t, 1)}, timed{time.Second, etherTCP(t, 2)})
	var k keep
	stats, err := Replay(t.Context(), bytes.NewReader(file[:len(file)-3]), ReplayOptions{Emit: k.emit})
	if !errors.Is(err, io.ErrUnexpectedEOF) || stats.Recorded != 1 || len(k.windows) != 1 {
		t.Errorf("a file that is cut: %v, %+v", err, stats)
	}
	failed := errors.New("disk full")
	if _, err = Replay(t.Context(), bytes.NewReader(file), ReplayOptions{Emit: func(flow.Window) error { return failed }}); !errors.Is(err, failed) {
		t.Errorf("a failing Emit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Replay(ctx, bytes.NewReader(file), ReplayOptions{Emit: k.emit}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
	for name, o := range map[string]ReplayOptions{
		"no emit": {}, "window": {Emit: k.emit, Window: -1}, "flows": {Emit: k.emit, MaxFlows: -1},
	} {
		if _, err = Replay(t.Context(), bytes.NewReader(file), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReplayLimit(t *testing.T) {
	var packets []timed
	for i := range 20 {
		packets = append(packets, timed{time.Duration(i) * time.Second, etherTCP(t, uint16(i))})
	}
	var k keep
	stats, err := Replay(t.Context(), bytes.NewReader(timedFile(packets...)), ReplayOptions{MaxFlows: 7, Emit: k.emit})
	if err != nil {
		t.Fatal(err)
	}
	if stats.Frames != 20 || stats.Recorded != 14 || stats.Lost != 6 || stats.Reasons["table"] != 6 {
		t.Errorf("%+v", stats)
	}
	if len(k.windows) != 2 || k.windows[0].Lost != 3 || k.windows[1].Lost != 3 {
		t.Errorf("%d windows", len(k.windows))
	}
}

func TestStats(t *testing.T) {
	var n tally
	for i := range n {
		n[i] = 1 << i
	}
	s := n.stats()
	const all = 1<<reasons - 1
	if s.Recorded != 1 || s.Excluded != all-1-16-32-64-128-256 || s.Undecodable != 16+32+64 || s.Lost != 128+256 || s.Frames != all {
		t.Errorf("%+v", s)
	}
	if len(s.Reasons) != int(reasons)-1 || s.Reasons["self"] != 8 || s.Reasons["link-type"] != 64 || s.Reasons["dns"] != 512 || s.Reasons["nlb-endpoint"] != 1<<15 {
		t.Errorf("%v", s.Reasons)
	}
	var sum Stats
	sum.Add(s)
	sum.Add(s)
	if sum.Frames != 2*all || sum.Reasons["ring"] != 256 || declined.String() != "declined" {
		t.Errorf("%+v", sum)
	}
}

// BenchmarkReplay reads a trace of 10,000 flows; an operation is a packet.
func BenchmarkReplay(b *testing.B) {
	const packets = 200_000
	bodies := make([][]byte, 10_000)
	for i := range bodies {
		ip := ip4(layers.IPProtocolTCP)
		ip.SrcIP = []byte{10, 1, byte(i >> 8), byte(i)}
		bodies[i] = bytesOf(b, eth(layers.EthernetTypeIPv4), ip, syn(), gopacket.Payload(nil))
	}
	var all []timed
	for i := range packets {
		all = append(all, timed{time.Duration(i) * 100 * time.Microsecond, bodies[i*7919%len(bodies)]})
	}
	file := timedFile(all...)
	var flows int
	for b.Loop() {
		stats, err := Replay(b.Context(), bytes.NewReader(file), ReplayOptions{
			Emit: func(w flow.Window) error { flows += len(w.Flows); return nil },
		})
		if err != nil || stats.Recorded != packets {
			b.Fatal(stats, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/packets, "ns/packet")
}

// TestReplayInPieces: a window of many flows comes in several calls, which
// together have every flow once and the loss once.
func TestReplayInPieces(t *testing.T) {
	const flows, limit = 3*pieceFlows + 10, 2*pieceFlows + 1
	var packets []timed
	for i := range flows {
		packets = append(packets, timed{1000 * time.Second, etherTCP(t, uint16(i))})
	}
	var k keep
	if _, err := Replay(t.Context(), bytes.NewReader(timedFile(packets...)), ReplayOptions{Emit: k.emit, MaxFlows: limit}); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	var lost []uint64
	next := uint16(0)
	for _, w := range k.windows {
		sizes, lost = append(sizes, len(w.Flows)), append(lost, w.Lost)
		for i := range w.Flows {
			if w.Flows[i].SrcPort != next {
				t.Fatalf("flow of port %d, want %d", w.Flows[i].SrcPort, next)
			}
			next++
		}
	}
	if want := []int{pieceFlows, pieceFlows, 1}; !slices.Equal(sizes, want) {
		t.Errorf("pieces of %v, want %v", sizes, want)
	}
	if want := []uint64{0, 0, flows - limit}; !slices.Equal(lost, want) {
		t.Errorf("lost %v, want %v", lost, want)
	}
}
