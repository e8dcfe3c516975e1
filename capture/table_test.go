package capture

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/flowemu/flowemu/flow"
)

func TestLayout(t *testing.T) {
	if n := unsafe.Sizeof(key{}); n != 40 {
		t.Errorf("a key has %d bytes", n)
	}
	if n := unsafe.Sizeof(record{}); n != 64 {
		t.Errorf("a record has %d bytes", n)
	}
	if n := unsafe.Sizeof(packet{}); n != 64 {
		t.Errorf("a packet has %d bytes", n)
	}
}

// rejects refuses one source port and remembers whom it was asked about.
type rejects struct {
	port  uint16
	asked int
}

func (r *rejects) Evaluate(id string, _ flow.Direction, t *flow.Tuple) flow.Verdict {
	r.asked++
	if id == "eni-1" && t.SrcPort == r.port {
		return flow.Verdict{Action: flow.Reject}
	}
	return flow.Verdict{}
}

func testTable(t testing.TB, n Network, limit int) *table {
	t.Helper()
	tab, err := newTable("eni-1", n, newSeed(), limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.free)
	return tab
}

// put counts a packet of flow number n.
func put(t *table, n uint32, bytes uint64, flags uint8) {
	p := t.next()
	*p = packet{bytes: bytes, packets: 1, flags: flags}
	p.key.Tuple = flow.Tuple{SrcPort: uint16(n), Protocol: 6, IPVersion: 4}
	binary.BigEndian.PutUint32(p.key.Src[:], n)
	p.key.direction = flow.Egress
	t.commit()
}

func TestTableCounts(t *testing.T) {
	network := &rejects{port: 7}
	tab := testTable(t, network, 1<<20)
	const flows = 40_000 // more than a chunk
	rng := rand.New(rand.NewPCG(1, 2))
	type sum struct{ packets, bytes uint64 }
	want := map[uint32]sum{}
	var order []uint32
	for range 3 * flows {
		n := uint32(rng.IntN(flows))
		if _, ok := want[n]; !ok {
			order = append(order, n)
		}
		b := uint64(rng.IntN(1500))
		want[n] = sum{want[n].packets + 1, want[n].bytes + b}
		put(tab, n, b, uint8(n))
	}
	tab.flush()
	got := tab.flows(nil, 0, tab.n)
	if len(got) != len(want) || network.asked != len(want) {
		t.Fatalf("%d flows, %d verdicts, want %d", len(got), network.asked, len(want))
	}
	for i, f := range got {
		n := binary.BigEndian.Uint32(f.Src[:])
		if n != order[i] {
			t.Fatalf("flow %d is %d, want %d: not in order of first packet", i, n, order[i])
		}
		if (sum{f.Packets, f.Bytes}) != want[n] || f.TCPFlags != uint8(n) || f.Direction != flow.Egress {
			t.Fatalf("flow %d: %+v, want %+v", n, f, want[n])
		}
		if reject := uint16(n) == 7; (f.Verdict.Action == flow.Reject) != reject {
			t.Fatalf("flow %d: %v", n, f.Verdict.Action)
		}
	}
}

func TestTableLimit(t *testing.T) {
	tab := testTable(t, nil, 100)
	for i := range uint32(1000) {
		put(tab, i%150, 40, 0)
	}
	tab.flush()
	if tab.n != 100 || len(tab.chunks) != 1 {
		t.Errorf("%d flows in %d chunks", tab.n, len(tab.chunks))
	}
	var packets uint64
	for _, f := range tab.flows(nil, 0, tab.n) {
		packets += f.Packets
	}
	if packets+tab.lostPackets != 1000 || tab.lostFrames != tab.lostPackets {
		t.Errorf("%d counted, %d lost", packets, tab.lostPackets)
	}
}

func TestTableResetGivesMemoryBack(t *testing.T) {
	tab := testTable(t, nil, 1<<20)
	for i := range uint32(3 * chunkRecords) {
		put(tab, i, 40, 0)
	}
	tab.flush()
	big := len(tab.slots)
	tab.reset()
	if len(tab.slots) != big || len(tab.chunks) != 3 {
		t.Errorf("after a full window: %d slots, %d chunks: should be ready for another", len(tab.slots), len(tab.chunks))
	}
	put(tab, 1, 40, 0)
	tab.flush()
	tab.reset()
	if len(tab.slots) > minSlots*4 || len(tab.chunks) > 1 {
		t.Errorf("after an idle window: %d slots, %d chunks", len(tab.slots), len(tab.chunks))
	}
	put(tab, 1, 40, 0)
	tab.flush()
	if got := tab.flows(nil, 0, tab.n); len(got) != 1 || got[0].Packets != 1 {
		t.Errorf("old counts came back: %+v", got)
	}
	tab.presize(10_000)
	if len(tab.slots) < 20_000 {
		t.Errorf("presized to %d slots", len(tab.slots))
	}
}

func TestTableDoesNotAllocate(t *testing.T) {
	tab := testTable(t, &rejects{}, 1<<20)
	i := uint32(0)
	add := func() {
		for range 2 * batchSize {
			put(tab, i%500, 40, 0)
			i++
		}
	}
	add()
	if n := testing.AllocsPerRun(1000, add); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTable(b *testing.B) {
	for _, flows := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(flows), func(b *testing.B) {
			tab := testTable(b, nil, 2*flows)
			order := rand.New(rand.NewPCG(1, 2)).Perm(flows)
			for _, n := range order {
				put(tab, uint32(n), 40, 0)
			}
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				// a stride that no prefetcher follows
				put(tab, uint32(order[i]), 40, 0)
				if i++; i == flows {
					i = 0
				}
			}
		})
	}
}
