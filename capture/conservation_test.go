package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"github.com/flowemu/flowemu/flow"
)

// observed is a frame of a random stream with what has to come of it.
type observed struct {
	at     int64
	data   []byte
	length int
	reason reason
	want   want
}

// pool is the frames of the decoding tests, as Ethernet frames.
func pool(t testing.TB) []observed {
	var all []observed
	for _, c := range decodeCases(t) {
		f := c.frame()
		o := observed{data: f.data, length: int(f.length), reason: c.reason, want: c.want}
		switch {
		case c.link == linkEthernet:
		case c.link == linkRaw && len(c.data) > 0 && c.data[0]>>4 == 4:
			o.data, o.length = join(etherHead(0x0800), c.data), o.length+14
		case c.link == linkRaw && len(c.data) > 0 && c.data[0]>>4 == 6:
			o.data, o.length = join(etherHead(0x86dd), c.data), o.length+14
		default:
			continue
		}
		all = append(all, o)
	}
	return all
}

// stream draws frames from the pool. Their time goes on, stands still or goes
// back, within a few minutes.
func stream(rng *rand.Rand, from []observed) []observed {
	all := make([]observed, rng.IntN(400))
	at := int64(1_700_000_000e9) + rng.Int64N(int64(time.Hour))
	for i := range all {
		all[i] = from[rng.IntN(len(from))]
		switch rng.IntN(8) {
		case 0:
			at += rng.Int64N(int64(90 * time.Second))
		case 1:
			at -= rng.Int64N(int64(30 * time.Second))
		case 2:
		default:
			at += rng.Int64N(int64(time.Second))
		}
		all[i].at = at
	}
	return all
}

func observedFile(all []observed) []byte {
	b := pcapFile(binary.LittleEndian, 0xa1b23c4d, 1, 0)
	le := binary.LittleEndian
	for _, o := range all {
		b = le.AppendUint32(b, uint32(o.at/1e9))
		b = le.AppendUint32(b, uint32(o.at%1e9))
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(o.data))), uint32(o.length))
		b = append(b, o.data...)
	}
	return b
}

// total is what has to be counted of a flow, in a window or in all.
type total struct {
	start int64
	want  want // with bytes and flags zero
}

// expected sums up a stream without the code under test: windows are aligned to
// their length, and a frame older than the open window goes into the open one.
func expected(all []observed, width int64) (perWindow, perFlow map[total]flow.Counters, reasons map[string]uint64) {
	perWindow, perFlow, reasons = map[total]flow.Counters{}, map[total]flow.Counters{}, map[string]uint64{}
	var start int64
	for _, o := range all {
		start = max(start, o.at-o.at%width)
		if o.reason != recorded {
			reasons[o.reason.String()]++
			continue
		}
		one := flow.Counters{Packets: 1, Bytes: o.want.bytes, TCPFlags: o.want.flags}
		key := o.want
		key.bytes, key.flags = 0, 0
		for _, sums := range []struct {
			m map[total]flow.Counters
			k total
		}{{perWindow, total{start, key}}, {perFlow, total{0, key}}} {
			c := sums.m[sums.k]
			c.Add(one)
			sums.m[sums.k] = c
		}
	}
	return perWindow, perFlow, reasons
}

func totalOf(w *flow.Window, f *flow.Flow) total {
	return total{w.Start.UnixNano(), want{f.SrcAddr().String(), f.DstAddr().String(), f.SrcPort, f.DstPort, f.Protocol, 0, 0}}
}

// TestConservation: nothing is counted twice or forgotten, whatever the stream,
// the windows and the order in which records are merged.
func TestConservation(t *testing.T) {
	from := pool(t)
	if len(from) < 90 {
		t.Fatalf("only %d kinds of frame", len(from))
	}
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		all := stream(rng, from)
		width := time.Second + time.Duration(rng.Int64N(int64(time.Minute)))
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			file := observedFile(all)
			windows, stats := replayed(t, file, ReplayOptions{Window: width})
			perWindow, perFlow, reasons := expected(all, int64(width))
			conserved(t, windows, stats, len(all))
			if !maps.Equal(stats.Reasons, reasons) {
				t.Errorf("reasons %v, want %v", stats.Reasons, reasons)
			}
			got := map[total]flow.Counters{}
			for i := range windows {
				for j := range windows[i].Flows {
					f := &windows[i].Flows[j]
					got[totalOf(&windows[i], f)] = f.Counters
				}
			}
			if !maps.Equal(got, perWindow) {
				t.Errorf("per window\n got %v\nwant %v", got, perWindow)
			}
			if got := mergedInAnyOrder(rng, windows); !maps.Equal(got, perFlow) {
				t.Errorf("merged\n got %v\nwant %v", got, perFlow)
			}
			limited, stats := replayed(t, file, ReplayOptions{Window: width, MaxFlows: 1 + rng.IntN(20)})
			conserved(t, limited, stats, len(all))
		})
	}
}

func replayed(t *testing.T, file []byte, o ReplayOptions) ([]flow.Window, Stats) {
	t.Helper()
	var k keep
	o.Emit = k.emit
	stats, err := Replay(t.Context(), bytes.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return k.windows, stats
}

// conserved checks the sums that hold for every file: each frame is one thing, and
// what was recorded or lost is in the windows.
func conserved(t *testing.T, windows []flow.Window, s Stats, frames int) {
	t.Helper()
	var packets, lost, reasons uint64
	for i, w := range windows {
		lost += w.Lost
		if len(w.Flows) == 0 && w.Lost == 0 || !w.Start.Before(w.End) || i > 0 && w.Start.Before(windows[i-1].End) {
			t.Errorf("window %d, %v to %v, %d flows", i, w.Start, w.End, len(w.Flows))
		}
		seen := map[flow.Flow]bool{}
		for _, f := range w.Flows {
			packets += f.Packets
			f.Counters = flow.Counters{}
			if seen[f] {
				t.Errorf("window %d has %+v twice", i, f)
			}
			seen[f] = true
		}
	}
	for _, n := range s.Reasons {
		reasons += n
	}
	if s.Frames != uint64(frames) || s.Recorded+s.Excluded+s.Undecodable+s.Lost != s.Frames || s.Recorded+reasons != s.Frames {
		t.Errorf("%d frames: %+v", frames, s)
	}
	if packets != s.Recorded || lost != s.Lost {
		t.Errorf("%d packets in records, %d lost in windows: %+v", packets, lost, s)
	}
}

// mergedInAnyOrder adds the records up, some of them first among themselves.
func mergedInAnyOrder(rng *rand.Rand, windows []flow.Window) map[total]flow.Counters {
	type part = map[total]flow.Counters
	parts := make([]part, 1+rng.IntN(5))
	var records []func()
	for i := range windows {
		for j := range windows[i].Flows {
			f := &windows[i].Flows[j]
			k := totalOf(&windows[i], f)
			k.start = 0
			to := &parts[rng.IntN(len(parts))]
			records = append(records, func() { addTo(to, k, f.Counters) })
		}
	}
	rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for _, add := range records {
		add()
	}
	rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	all := part{}
	for _, p := range parts {
		for k, c := range p {
			addTo(&all, k, c)
		}
	}
	return all
}

func addTo(m *map[total]flow.Counters, k total, c flow.Counters) {
	if *m == nil {
		*m = map[total]flow.Counters{}
	}
	sum := (*m)[k]
	sum.Add(c)
	(*m)[k] = sum
}

// TestReplayIsRepeatable: the same file gives the same windows, whatever the hash
// seed, and in the same order.
func TestReplayIsRepeatable(t *testing.T) {
	rng, from := rand.New(rand.NewPCG(3, 4)), pool(t)
	for range 10 {
		file := observedFile(stream(rng, from))
		once, _ := replayed(t, file, ReplayOptions{EstimateGSO: true})
		again, _ := replayed(t, file, ReplayOptions{EstimateGSO: true})
		if fmt.Sprint(once) != fmt.Sprint(again) {
			t.Fatalf("\n %v\nthen %v", once, again)
		}
	}
}

// TestTapConservation: live, on one ring or several, with super-packets, flooding, drops in the ring and
// seals at any time.
func TestTapConservation(t *testing.T) {
	from := pool(t)
	headers := bytesOf(t, ip4(layers.IPProtocolTCP), optioned())
	super := frame{data: join(etherHead(0x0800), setLength(headers, 52+45*1448)), length: 66 + 45*1448, link: linkEthernet, gso: 1448, gsoType: gsoTCPv4}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 5))
		o := &Options{Exporter: &exports{}, MaxFlows: []int{0, 5}[rng.IntN(2)]}
		if err := o.complete(); err != nil {
			t.Fatal(err)
		}
		rings := make([]*fake, 1+rng.IntN(3))
		var sources []source
		for i := range rings {
			rings[i] = newFake()
			sources = append(sources, rings[i])
		}
		tp, err := newFan(Tap{InterfaceID: "eni-1"}, sources, o, newSeed())
		if err != nil {
			t.Fatal(err)
		}
		var windows []flow.Window
		var frames, drops, packets, recordable uint64
		now := time.Now().UnixNano()
		for _, one := range stream(rng, from) {
			now += rng.Int64N(int64(time.Second))
			f := frame{data: one.data, length: uint32(one.length), at: now, link: linkEthernet}
			wire := uint64(1)
			if rng.IntN(10) == 0 {
				f, wire, one.reason = super, 45, recorded
			}
			f.at, f.outgoing, f.other = now, rng.IntN(2) == 0, rng.IntN(10) == 0
			frames++
			if one.reason == recorded && (f.outgoing || !f.other) {
				recordable++
				packets += wire
			}
			src := rings[rng.IntN(len(rings))]
			src.send(false, f)
			if rng.IntN(20) == 0 {
				src.dropped += 3
				drops += 3
			}
			if rng.IntN(10) == 0 {
				windows = append(windows, tp.collect(now, rng.IntN(2) == 0, nil)...)
			}
		}
		windows = append(windows, tp.collect(now+1, true, nil)...)
		s := tp.status().Stats
		tp.release()
		var counted, lost uint64
		for _, w := range windows {
			lost += w.Lost
			for _, f := range w.Flows {
				counted += f.Packets
			}
		}
		if s.Frames != frames+drops || s.Recorded+s.Lost != recordable+drops || counted+lost != packets+drops || lost < s.Lost || s.Reasons["ring"] != drops {
			t.Fatalf("seed %d: %d frames, %d dropped, %d to record; %d counted, %d lost; %+v", seed, frames, drops, recordable, counted, lost, s)
		}
	}
}

// TestCountersAdd: merging does not depend on order or grouping.
func TestCountersAdd(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 7))
	for range 200 {
		all := make([]flow.Counters, 1+rng.IntN(10))
		var want flow.Counters
		for i := range all {
			all[i] = flow.Counters{Packets: rng.Uint64N(1 << 40), Bytes: rng.Uint64N(1 << 50), TCPFlags: uint8(rng.Uint32())}
			want.Packets += all[i].Packets
			want.Bytes += all[i].Bytes
			want.TCPFlags |= all[i].TCPFlags
		}
		for len(all) > 1 { // merge two of them, in either order
			rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			all[0].Add(all[1])
			all = slices.Delete(all, 1, 2)
		}
		if all[0] != want {
			t.Fatalf("%+v, want %+v", all[0], want)
		}
	}
}
