package capture

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

func TestDropsAndReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{SelfPorts: []uint16{4566}, MaxFlows: 3})
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		other := r.frame(1, false)
		other.other = true
		in, out := r.frame(4566, false), r.frame(4566, true) // source port
		a.send(false, other, out, in, r.frame(2, true), r.frame(3, true), r.frame(4, true), r.frame(5, true))
		a.mu.Lock()
		a.dropped = 5
		a.mu.Unlock()
		pass(time.Second)
		if err := r.engine.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 3, packets: 3, lost: 7}})
		s := r.engine.Interfaces()[0]
		want := flow.Counts{Frames: 12, Recorded: 3, Excluded: 2, Lost: 7}
		if s.Stats.Counts != want || s.Stats.Reasons["self"] != 1 || s.Stats.Reasons["other-host"] != 1 ||
			s.Stats.Reasons["ring"] != 5 || s.Stats.Reasons["table"] != 2 {
			t.Errorf("%+v", s.Stats)
		}
		if s.LastPacket.IsZero() || s.Since.IsZero() || s.Err != nil {
			t.Errorf("%+v", s)
		}
		r.stop()
		if again := r.engine.Interfaces()[0]; again.Stats.Counts != want {
			t.Errorf("after the end: %+v", again.Stats)
		}
	})
}

func TestDirectionOfATap(t *testing.T) {
	tcp := func(src, dst uint16) []byte {
		l := syn()
		l.SrcPort, l.DstPort = layers.TCPPort(src), layers.TCPPort(dst)
		return bytesOf(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolTCP), l) // to macB
	}
	plain, web := tcp(1, 2), tcp(1, 80)
	cases := []struct {
		name            string
		tap             Tap
		data            []byte
		outgoing, other bool
		reason          reason
		want            flow.Direction
	}{
		{"sent", Tap{}, plain, true, false, recorded, flow.Egress},
		{"received", Tap{}, plain, false, false, recorded, flow.Ingress},
		{"flooded", Tap{}, plain, false, true, otherHost, 0},
		{"host side sent", Tap{HostSide: true, MAC: macB}, plain, true, false, recorded, flow.Ingress},
		{"host side received, for another host than this", Tap{HostSide: true, MAC: macA}, plain, false, true, recorded, flow.Egress},
		{"host side flooded", Tap{HostSide: true, MAC: macA}, plain, true, false, otherHost, 0},
		{"host side broadcast", Tap{HostSide: true, MAC: macA}, edit(plain, func(b []byte) { b[0] = 0xff }), true, false, recorded, flow.Ingress},
		{"loopback", Tap{Loopback: true}, plain, false, false, recorded, flow.Ingress},
		{"to self", Tap{}, web, false, false, self, 0},
		{"to another's port", Tap{}, web, true, false, recorded, flow.Egress},
		{"loopback from self", Tap{Loopback: true}, tcp(80, 1), false, false, self, 0},
		{"loopback to self", Tap{Loopback: true}, web, false, false, self, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Exporter: &exports{}, SelfPorts: []uint16{80}, Window: time.Second}
			if err := o.complete(); err != nil {
				t.Fatal(err)
			}
			fan, err := newFan(c.tap, []source{newFake()}, &o, newSeed())
			if err != nil {
				t.Fatal(err)
			}
			defer fan.release()
			tap := fan.taps[0]
			tap.add(&frame{data: c.data, length: uint32(len(c.data)), at: tap.open.start, link: linkEthernet, outgoing: c.outgoing, other: c.other})
			tap.cur.flush()
			if tap.tally[c.reason] != 1 {
				t.Fatalf("%+v", tap.tally.stats())
			}
			if c.reason == recorded && tap.cur.record(0).key.direction != c.want {
				t.Errorf("%v", tap.cur.record(0).key.direction)
			}
		})
	}
}

func TestTapDoesNotAllocate(t *testing.T) {
	o := Options{Exporter: &exports{}, SelfPorts: []uint16{80}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	fan, err := newFan(Tap{}, []source{newFake()}, &o, newSeed())
	if err != nil {
		t.Fatal(err)
	}
	defer fan.release()
	tap := fan.taps[0]
	data := etherTCP(t, 5)
	tap.frame = frame{data: data, length: uint32(len(data)), at: tap.open.start, link: linkEthernet, gso: 1000}
	if n := testing.AllocsPerRun(1000, func() { tap.add(&tap.frame) }); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

// TestSealUnderLoad: frames that come in faster than they are counted do not keep
// a window from being sealed.
func TestSealUnderLoad(t *testing.T) {
	o := Options{Exporter: &exports{}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	src := newFake()
	fan, err := newFan(Tap{InterfaceID: "eni-a"}, []source{src}, &o, newSeed())
	if err != nil {
		t.Fatal(err)
	}
	defer fan.release()
	tap := fan.taps[0]
	now := tap.open.start + 1000
	data := etherTCP(t, 1)
	for at := range int64(4 * pumpFrames) {
		src.queue = append(src.queue, frame{data: data, length: uint32(len(data)), at: now - 10 + at, link: linkEthernet})
	}
	for _, want := range []uint64{pumpFrames, 3 * pumpFrames} {
		w := fan.collect(now, true, nil)
		if len(w) != 1 || len(w[0].Flows) != 1 || w[0].Flows[0].Packets != want {
			t.Fatalf("want %d packets: %+v", want, w)
		}
		now += 4 * pumpFrames
	}
}

// BenchmarkTap counts frames of a thousand flows; an operation is a frame.
func BenchmarkTap(b *testing.B) {
	o := Options{Exporter: &exports{}, SelfPorts: []uint16{80}}
	if err := o.complete(); err != nil {
		b.Fatal(err)
	}
	fan, err := newFan(Tap{InterfaceID: "eni-a"}, []source{newFake()}, &o, newSeed())
	if err != nil {
		b.Fatal(err)
	}
	defer fan.release()
	tap := fan.taps[0]
	frames := make([]frame, 1000)
	for i := range frames {
		data := etherTCP(b, uint16(1000+i))
		frames[i] = frame{data: data, length: uint32(len(data)), at: tap.open.start, link: linkEthernet}
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		tap.add(&frames[i])
		if i++; i == len(frames) {
			i = 0
		}
	}
}

// TestHandOver: the capture goroutine gives a window of many flows away without
// clearing or allocating anything, whatever is in it.
func TestHandOver(t *testing.T) {
	const flows = 40_000
	tap := fullTap(t, flows)
	full, spare := tap.cur, tap.spare
	slots := len(spare.slots)
	allocations := testing.AllocsPerRun(10, func() {
		tap.cur, tap.spare, tap.full = full, spare, nil
		tap.seal(tap.open.end, tap.open.end)
	})
	if allocations > 1 {
		t.Errorf("%v allocations: only one, of what tells of the window, is needed", allocations)
	}
	if tap.cur != spare || tap.full.table != full || len(spare.slots) != slots || full.n != flows {
		t.Errorf("a table was touched: %d slots, %d flows", len(spare.slots), full.n)
	}
}

// fullTap has an open window of some flows.
func fullTap(t testing.TB, flows int) *tap {
	t.Helper()
	o := Options{Exporter: &exports{}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	fan, err := newFan(Tap{InterfaceID: "eni-a"}, []source{newFake()}, &o, newSeed())
	if err != nil {
		t.Fatal(err)
	}
	tap := fan.taps[0]
	for i := range flows {
		put(tap.cur, uint32(i), 40, 0)
	}
	tap.cur.flush()
	tap.spare.presize(flows)
	t.Cleanup(func() {
		if tap.full != nil {
			tap.full.table.free()
		}
		fan.release()
	})
	return tap
}

// BenchmarkHandOver is the pause of the capture goroutine at the edge of a window
// of a million flows: the frame that turns it.
func BenchmarkHandOver(b *testing.B) {
	tap := fullTap(b, 1_000_000)
	data := etherTCP(b, 5)
	f := &frame{data: data, length: uint32(len(data)), link: linkEthernet}
	a, c := tap.cur, tap.spare
	b.ReportAllocs()
	for b.Loop() {
		tap.cur, tap.spare, tap.full = a, c, nil
		f.at = tap.open.end
		tap.add(f)
	}
}
