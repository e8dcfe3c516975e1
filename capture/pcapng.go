package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// Block types of pcapng that carry packets or say how to read them.
const (
	ngSection   = 0x0a0d0d0a
	ngInterface = 1
	ngPacket    = 2 // obsolete
	ngSimple    = 3
	ngEnhanced  = 6
)

// pcapng walks the next generation format
// (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html).
type pcapng struct {
	blocks     *blocks
	order      binary.ByteOrder
	interfaces []ngInterfaceInfo // of the current section
}

type ngInterfaceInfo struct {
	link   linkType
	snap   uint32
	units  uint64 // per second
	offset int64  // seconds
}

func (n *pcapng) next(f *frame) error {
	for {
		at := n.blocks.offset()
		typ, body, err := n.block(at)
		if err != nil {
			return err
		}
		switch typ {
		case ngInterface:
			err = n.describe(body)
		case ngEnhanced, ngPacket, ngSimple:
			if err = n.packet(typ, body, f); err == nil {
				return nil
			}
		}
		if err != nil {
			return fmt.Errorf("pcapng block at offset %d: %w", at, err)
		}
	}
}

// block reads the next block and gives its type and what is between its two
// length fields.
func (n *pcapng) block(at int64) (uint32, []byte, error) {
	h, err := n.blocks.take(8)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return 0, nil, io.EOF
		}
		return 0, nil, cut(err, "pcapng block header", at)
	}
	if binary.BigEndian.Uint32(h) == ngSection { // a palindrome: byte order unknown yet
		n.blocks.back(8)
		return n.section(at)
	}
	if n.order == nil {
		return 0, nil, fmt.Errorf("pcapng block at offset %d is outside of a section", at)
	}
	typ, length := n.order.Uint32(h), n.order.Uint32(h[4:])
	body, err := n.rest(at, length, 8)
	return typ, body, err
}

func (n *pcapng) section(at int64) (uint32, []byte, error) {
	h, err := n.blocks.take(12)
	if err != nil {
		return 0, nil, cut(err, "pcapng section header", at)
	}
	switch binary.LittleEndian.Uint32(h[8:]) {
	case 0x1a2b3c4d:
		n.order = binary.LittleEndian
	case 0x4d3c2b1a:
		n.order = binary.BigEndian
	default:
		return 0, nil, fmt.Errorf("pcapng section at offset %d has no byte order", at)
	}
	n.interfaces = n.interfaces[:0]
	body, err := n.rest(at, n.order.Uint32(h[4:]), 12)
	return ngSection, body, err
}

// rest takes a block of the given length, of which got bytes were read.
func (n *pcapng) rest(at int64, length uint32, got int) ([]byte, error) {
	if length%4 != 0 || int(length) < got+4 || length > maxCaptured {
		return nil, fmt.Errorf("pcapng block at offset %d is damaged: length %d", at, length)
	}
	b, err := n.blocks.take(int(length) - got)
	if err != nil {
		return nil, cut(err, "pcapng block", at)
	}
	return b[:len(b)-4], nil
}

// describe takes an interface description.
func (n *pcapng) describe(b []byte) error {
	const resolution, offset = 9, 14
	if len(b) < 8 {
		return errors.New("interface description too short")
	}
	if len(n.interfaces) >= math.MaxUint16 {
		return errors.New("too many interfaces")
	}
	i := ngInterfaceInfo{link: linkType(n.order.Uint16(b)), snap: n.order.Uint32(b[4:]), units: 1e6}
	for o := b[8:]; len(o) >= 4; {
		code, size := n.order.Uint16(o), int(n.order.Uint16(o[2:]))
		if code == 0 || len(o) < 4+size {
			break
		}
		v := o[4 : 4+size]
		switch {
		case code == resolution && size == 1:
			units, ok := ngUnits(v[0])
			if !ok {
				return fmt.Errorf("timestamp resolution %#x", v[0])
			}
			i.units = units
		case code == offset && size == 8:
			i.offset = int64(n.order.Uint64(v))
		}
		o = o[min(len(o), 4+(size+3)&^3):]
	}
	n.interfaces = append(n.interfaces, i)
	return nil
}

// ngUnits gives the units per second of an if_tsresol: a power of ten, or of two
// if the upper bit is set.
func ngUnits(v byte) (uint64, bool) {
	if v&0x80 != 0 {
		return 1 << (v & 0x7f), v&0x7f < 64
	}
	if v > 19 {
		return 0, false
	}
	units := uint64(1)
	for range v {
		units *= 10
	}
	return units, true
}

// packet takes one of the three kinds of packet block.
func (n *pcapng) packet(typ uint32, b []byte, f *frame) error {
	var id, captured, length uint32
	var ticks uint64
	head := 20
	switch {
	case typ == ngSimple && len(b) >= 4:
		head, length = 4, n.order.Uint32(b)
		captured = length
	case typ == ngPacket && len(b) >= head:
		id = uint32(n.order.Uint16(b))
	case typ == ngEnhanced && len(b) >= head:
		id = n.order.Uint32(b)
	default:
		return errors.New("packet header too short")
	}
	if uint64(id) >= uint64(len(n.interfaces)) {
		return fmt.Errorf("interface %d is not described", id)
	}
	i := &n.interfaces[id]
	if typ == ngSimple {
		if i.snap != 0 {
			captured = min(captured, i.snap)
		}
	} else {
		ticks = uint64(n.order.Uint32(b[4:]))<<32 | uint64(n.order.Uint32(b[8:]))
		captured, length = n.order.Uint32(b[12:]), n.order.Uint32(b[16:])
	}
	if uint64(captured) > uint64(len(b)-head) {
		return fmt.Errorf("%d bytes captured in a block of %d", captured, len(b))
	}
	at, ok := i.time(ticks)
	if !ok {
		return fmt.Errorf("timestamp %d is out of range", ticks)
	}
	*f = frame{data: b[head : head+int(captured)], at: at, length: length, link: i.link}
	return nil
}

// time turns ticks into nanoseconds since 1970, within the years 1970 to 2242.
func (i *ngInterfaceInfo) time(ticks uint64) (int64, bool) {
	const limit = 1 << 33
	sec, rest := ticks/i.units, ticks%i.units
	if sec >= limit || i.offset <= -limit || i.offset >= limit {
		return 0, false
	}
	s := int64(sec) + i.offset
	if s < 0 || s >= limit {
		return 0, false
	}
	hi, lo := bits.Mul64(rest, 1e9)
	ns, _ := bits.Div64(hi, lo, i.units)
	return s*1e9 + int64(ns), true
}
