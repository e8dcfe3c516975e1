package capture

import (
	"fmt"
	"unsafe"

	"github.com/flowemu/flowemu/flow"
)

// record is one flow of the open window: one cache line, no pointers.
type record struct {
	key     key
	packets uint64
	bytes   uint64
	flags   uint8
	verdict flow.Verdict
	_       [4]byte // up to the cache line
}

const (
	recordSize   = int(unsafe.Sizeof(record{}))
	batchSize    = 64
	chunkBits    = 15 // records per chunk: 2 MiB, of which only touched pages are used
	chunkRecords = 1 << chunkBits
	chunkMask    = chunkRecords - 1
	minSlots     = 512
)

// table counts packets per flow. Records lie dense, in order of first packet, in
// chunks that never move; slots is an open-addressing index at most half full,
// each slot holding the upper half of the hash and the record's number plus one.
// That half tells the slot, too, so that a larger index is made from the smaller
// one alone, and in its order.
// Packets wait in a batch of 64, so that their cache misses overlap. A table
// belongs to one goroutine at a time. The verdicts are interfaceID's: it changes
// only while the table is empty.
type table struct {
	network     Network
	interfaceID string
	seed        hashSeed
	limit       uint32
	share       *share // of a limit for several tables, or nil

	slots  []uint64
	mask   uint64
	chunks []*[chunkRecords]record
	n      uint32
	later  uint32 // records of fragments after the first

	batch   [batchSize]packet
	pending int
	sink    uint64 // keeps the touching loads alive

	lostFrames  uint64 // past the limit
	lostPackets uint64
	exempt      [flow.Exempts]uint64 // frames that are never logged
}

func newTable(interfaceID string, network Network, seed hashSeed, limit int) (*table, error) {
	t := &table{network: network, interfaceID: interfaceID, seed: seed, limit: uint32(limit)}
	return t, t.resize(minSlots)
}

// next gives the place for the next packet; commit counts it. The place's old
// content is undefined.
func (t *table) next() *packet { return &t.batch[t.pending] }

// commit takes the packet that was written to next.
func (t *table) commit() {
	if t.pending++; t.pending == batchSize {
		t.flush()
	}
}

// flush counts the waiting packets in four passes: hash, touch the slots, touch the
// records, update. The loads of one pass do not depend on each other. Keys are
// hashed here and not when they are written: the processor is slow to load
// together what it has just stored in parts.
func (t *table) flush() {
	batch := t.batch[:t.pending]
	t.pending = 0
	var sum uint64
	for i := range batch {
		p := &batch[i]
		p.hash = p.key.hash(&t.seed)
	}
	for i := range batch {
		sum += t.slots[batch[i].hash>>32&t.mask]
	}
	for i := range batch {
		if n := uint32(t.slots[batch[i].hash>>32&t.mask]); n != 0 {
			sum += t.record(n - 1).packets
		}
	}
	t.sink += sum
	for i := range batch {
		t.count(&batch[i])
	}
}

func (t *table) record(i uint32) *record { return &t.chunks[i>>chunkBits][i&chunkMask] }

func (t *table) count(p *packet) {
	r, slot := t.find(&p.key, p.hash)
	if r == nil {
		r = t.insert(p, slot)
	}
	if r == nil {
		t.lostFrames++
		t.lostPackets += uint64(p.packets)
		return
	}
	if r.verdict.Exempt != flow.Logged {
		t.exempt[r.verdict.Exempt]++
		return
	}
	r.packets += uint64(p.packets)
	r.bytes += p.bytes
	r.flags |= p.flags
}

// find gives k's record, or nil and the slot for it.
func (t *table) find(k *key, hash uint64) (r *record, slot uint64) {
	const upper = ^uint64(0xffffffff)
	i := hash >> 32 & t.mask
	for {
		s := t.slots[i]
		if s == 0 {
			return nil, i
		}
		if (s^hash)&upper == 0 {
			if r := t.record(uint32(s) - 1); r.key.equal(k) {
				return r, i
			}
		}
		i = (i + 1) & t.mask
	}
}

// insert makes p's record, or none past the limit.
func (t *table) insert(p *packet, slot uint64) *record {
	r := t.place(&p.key, p.hash, slot)
	if r != nil && t.network != nil {
		r.verdict = t.network.Evaluate(t.interfaceID, p.key.direction, &r.key.Tuple)
	}
	return r
}

func (t *table) place(k *key, hash, slot uint64) *record {
	if t.n >= t.limit || !t.share.take() || !t.room() {
		return nil
	}
	r := t.record(t.n)
	*r = record{key: *k}
	t.n++
	t.later += uint32(k.later)
	t.slots[slot] = hash&^0xffffffff | uint64(t.n)
	if uint64(t.n)*2 > uint64(len(t.slots)) {
		// A table that cannot grow its index goes on with a fuller one until
		// room refuses.
		_ = t.resize(len(t.slots) * 2)
	}
	return r
}

// absorb counts what another table has. Flows that both have keep their own verdict.
func (t *table) absorb(from *table) {
	for i := range from.n {
		f := from.record(i)
		if f.packets == 0 {
			continue // never logged
		}
		hash := f.key.hash(&t.seed)
		r, slot := t.find(&f.key, hash)
		if r == nil {
			if r = t.place(&f.key, hash, slot); r == nil {
				t.lostPackets += f.packets
				continue
			}
			r.verdict = f.verdict
		}
		r.packets += f.packets
		r.bytes += f.bytes
		r.flags |= f.flags
	}
}

// room makes sure that there is place for one record more. False means that the
// system has no memory for it.
func (t *table) room() bool {
	if uint64(t.n)+1 >= uint64(len(t.slots)) {
		return false
	}
	if int(t.n>>chunkBits) < len(t.chunks) {
		return true
	}
	// The first chunk is all that most tables have, and hardly full.
	b, err := allocate(chunkRecords*recordSize, len(t.chunks) > 0)
	if err != nil {
		return false
	}
	t.chunks = append(t.chunks, (*[chunkRecords]record)(unsafe.Pointer(&b[0])))
	return true
}

// resize replaces the index by a larger one of n slots, a power of two.
func (t *table) resize(n int) error {
	old, err := t.renew(n)
	if err != nil {
		return err
	}
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := s >> 32 & t.mask
		for t.slots[i] != 0 {
			i = (i + 1) & t.mask
		}
		t.slots[i] = s
	}
	releaseSlots(old)
	return nil
}

// renew makes an empty index of n slots and gives the old one, which stays with an error.
func (t *table) renew(n int) (old []uint64, err error) {
	b, err := allocate(n*8, n*8 > hugePage)
	if err != nil {
		return nil, fmt.Errorf("allocate flow table index of %d slots: %w", n, err)
	}
	old = t.slots
	t.slots = unsafe.Slice((*uint64)(unsafe.Pointer(&b[0])), n)
	t.mask = uint64(n - 1)
	return old, nil
}

func releaseSlots(s []uint64) {
	if s != nil {
		release(unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*8))
	}
}

// flows appends the flows of records from to to, exclusive, to dst: in order of
// their first packet, without those that are never logged.
func (t *table) flows(dst []flow.Flow, from, to uint32) []flow.Flow {
	for i := from; i < to; i++ {
		if r := t.record(i); r.packets != 0 {
			dst = append(dst, r.flow())
		}
	}
	return dst
}

func (r *record) flow() flow.Flow {
	return flow.Flow{
		Tuple:     r.key.Tuple,
		Direction: r.key.direction,
		Verdict:   r.verdict,
		Counters:  flow.Counters{Packets: r.packets, Bytes: r.bytes, TCPFlags: r.flags},
	}
}

// reset empties the table for the next window. It keeps the memory that as many
// flows again would need, and gives back what a burst left behind.
func (t *table) reset() {
	used := int(t.n)
	t.n, t.later, t.pending, t.lostFrames, t.lostPackets = 0, 0, 0, 0, 0
	clear(t.exempt[:])
	for keep := used>>chunkBits + 1; len(t.chunks) > keep; {
		last := len(t.chunks) - 1
		t.releaseChunk(last)
		t.chunks = t.chunks[:last]
	}
	want := minSlots
	for want < used*2 {
		want *= 2
	}
	if len(t.slots) > want*4 {
		if old, err := t.renew(want); err == nil {
			releaseSlots(old)
			return // fresh memory is zero
		}
	}
	clear(t.slots)
}

// presize makes the index ready for n flows, so that no packet waits for it.
func (t *table) presize(n int) {
	want := len(t.slots)
	for want < n*2 {
		want *= 2
	}
	if want > len(t.slots) {
		_ = t.resize(want) // it grows later, or room refuses
	}
}

func (t *table) releaseChunk(i int) {
	release(unsafe.Slice((*byte)(unsafe.Pointer(t.chunks[i])), chunkRecords*recordSize))
	t.chunks[i] = nil
}

// free gives all memory back; the table is not used after it.
func (t *table) free() {
	for i := range t.chunks {
		t.releaseChunk(i)
	}
	releaseSlots(t.slots)
	t.chunks, t.slots = nil, nil
}
