package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"
)

// FuzzPcapng reads blocks behind a section header and an interface: what fuzzing
// does to these four bytes is FuzzPcap's.
func FuzzPcapng(f *testing.F) {
	le := binary.LittleEndian
	whole := ngFile(le)
	head := whole[:28+20]
	f.Add(whole[len(head):])
	f.Add(ngBlock(le, ngSimple, append(le.AppendUint32(nil, 9), "abcd"...)))
	f.Add(join(ngBlock(le, ngInterface, ngInfo(le, 101, 9, []byte{0x80 | 63})), ngBlock(le, ngEnhanced, ngPacketBody(le, 1, 1<<63, "binary"))))
	f.Fuzz(func(t *testing.T, blocks []byte) {
		file := join(head, blocks)
		got, err := readAll(bytes.NewReader(file))
		captured := 0
		for _, s := range got {
			captured += len(s.data)
			if s.at < 0 || s.at >= 1<<33*1e9 {
				t.Fatalf("time %d", s.at)
			}
		}
		if captured > len(file) {
			t.Fatalf("%d bytes out of %d", captured, len(file))
		}
		if err == nil { // pcapgo makes place for whatever a damaged file says
			samePackets(t, got, pcapgoNg(file))
		}
	})
}

// pcapgoNg reads as much as gopacket's reader can; it panics at short options.
func pcapgoNg(file []byte) (all []sample) {
	defer func() { _ = recover() }()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return nil
	}
	return drain(r.ReadPacketData)
}

func drain(read func() ([]byte, gopacket.CaptureInfo, error)) (all []sample) {
	for {
		data, info, err := read()
		if err != nil {
			return all
		}
		all = append(all, sample{at: info.Timestamp.UnixNano(), data: string(data), len: uint32(info.Length)})
	}
}

// samePackets compares data and lengths. How finely time is divided gopacket rounds.
func samePackets(t *testing.T, ours, theirs []sample) {
	t.Helper()
	if len(theirs) > len(ours) {
		t.Fatalf("%d packets, gopacket has %d", len(ours), len(theirs))
	}
	for i := range theirs {
		if ours[i].data != theirs[i].data || ours[i].len != theirs[i].len {
			t.Fatalf("packet %d: %+v, gopacket has %+v", i, ours[i], theirs[i])
		}
	}
}

// TestReadersAgreeWithGopacket: on whole files gopacket's readers see all packets.
func TestReadersAgreeWithGopacket(t *testing.T) {
	le := binary.LittleEndian
	ng := join(ngFile(le), ngFile(le))
	ours, err := readAll(bytes.NewReader(ng))
	if theirs := pcapgoNg(ng); err != nil || len(theirs) != len(ours) {
		t.Errorf("pcapng: %d packets, %v, gopacket has %d", len(ours), err, len(theirs))
	} else {
		samePackets(t, ours, theirs)
	}
	file := observedFile(stream(rand.New(rand.NewPCG(1, 1)), pool(t)))
	ours, err = readAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	theirs := drain(r.ReadPacketData)
	if len(theirs) != len(ours) || len(ours) == 0 {
		t.Fatalf("%d packets, gopacket has %d", len(ours), len(theirs))
	}
	samePackets(t, ours, theirs)
	for i := range ours {
		if ours[i].at != theirs[i].at {
			t.Errorf("packet %d: at %d, gopacket says %d", i, ours[i].at, theirs[i].at)
		}
	}
}

// FuzzReplay: whatever a file says, the sums of conserved hold for the packets
// that can be read from it, and it means the same the second time.
func FuzzReplay(f *testing.F) {
	rng := rand.New(rand.NewPCG(8, 9))
	for range 5 {
		f.Add(observedFile(stream(rng, pool(f))), uint16(10), uint8(0), true)
	}
	f.Add(ngFile(binary.LittleEndian), uint16(1), uint8(3), false)
	for _, p := range []piece{{version: 4, id: 1, port: 7, more: true}, {version: 6, id: 1, port: 7, more: true}} {
		later := piece{version: p.version, id: 1, offset: 2}
		f.Add(timedFile(timed{time.Second, p.data(f)}, timed{time.Second, later.data(f)}), uint16(60), uint8(0), true)
	}
	f.Fuzz(func(t *testing.T, file []byte, width uint16, flows uint8, estimate bool) {
		packets, readErr := readAll(bytes.NewReader(file))
		var once, again keep
		o := ReplayOptions{Window: time.Duration(width%60+1) * time.Second, MaxFlows: int(flows), EstimateGSO: estimate, Emit: once.emit}
		stats, err := Replay(t.Context(), bytes.NewReader(file), o)
		if (err == nil) != (readErr == nil) || errors.Is(err, io.ErrUnexpectedEOF) != errors.Is(readErr, io.ErrUnexpectedEOF) {
			t.Fatalf("%v, reading gives %v", err, readErr)
		}
		if estimate {
			var counted uint64
			for _, w := range once.windows {
				counted += w.Lost
				for _, f := range w.Flows {
					counted += f.Packets
				}
			}
			if counted < stats.Recorded+stats.Lost {
				t.Fatalf("%d packets out of %+v", counted, stats)
			}
		} else {
			conserved(t, once.windows, stats, len(packets))
		}
		o.Emit = again.emit
		if _, err := Replay(t.Context(), bytes.NewReader(file), o); (err == nil) != (readErr == nil) {
			t.Fatal(err)
		}
		if len(once.windows) != len(again.windows) {
			t.Fatalf("%d windows, then %d", len(once.windows), len(again.windows))
		}
		for i := range once.windows {
			if a, b := once.windows[i], again.windows[i]; a.Lost != b.Lost || len(a.Flows) != len(b.Flows) || len(a.Flows) > 0 && a.Flows[len(a.Flows)-1] != b.Flows[len(b.Flows)-1] {
				t.Fatalf("window %d: %+v, then %+v", i, a, b)
			}
		}
	})
}
