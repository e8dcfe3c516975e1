package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// packetReader walks a packet file. next gives io.EOF at its regular end; an
// error before it is final. It sets what a file knows of a frame: data, at,
// length and link.
type packetReader interface {
	next(f *frame) error
}

// errFormat says that a stream is neither pcap nor pcapng.
var errFormat = errors.New("not a pcap or pcapng file")

// openPackets recognises the format by its first four bytes. An empty stream is
// not a capture. onRead, which may be nil, is told the offset after each read
// and can end the walk.
func openPackets(r io.Reader, onRead func(int64) error) (packetReader, error) {
	b := newBlocks(r, onRead)
	magic, err := b.take(4)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: too short", errFormat)
		}
		return nil, err
	}
	order, unit, ok := pcapMagic(magic)
	switch {
	case ok:
		return newPcap(b, order, unit)
	case binary.BigEndian.Uint32(magic) == ngSection:
		b.back(4)
		return &pcapng{blocks: b}, nil
	}
	return nil, fmt.Errorf("%w: it starts with %x", errFormat, magic)
}

// pcapMagic gives byte order and nanoseconds per unit of a classic file.
func pcapMagic(magic []byte) (order binary.ByteOrder, unit int64, ok bool) {
	switch binary.LittleEndian.Uint32(magic) {
	case 0xa1b2c3d4:
		return binary.LittleEndian, 1000, true
	case 0xa1b23c4d:
		return binary.LittleEndian, 1, true
	case 0xd4c3b2a1:
		return binary.BigEndian, 1000, true
	case 0x4d3cb2a1:
		return binary.BigEndian, 1, true
	}
	return nil, 0, false
}

// pcap walks the classic format.
type pcap struct {
	blocks *blocks
	swap   bool // the file is big-endian
	unit   int64
	link   linkType
}

func newPcap(b *blocks, order binary.ByteOrder, unit int64) (*pcap, error) {
	h, err := b.take(20)
	if err != nil {
		return nil, cut(err, "pcap file header", 0)
	}
	// The upper half of the field tells about frame check sequences.
	link := linkType(order.Uint32(h[16:]))
	return &pcap{blocks: b, swap: order == binary.BigEndian, unit: unit, link: link}, nil
}

func (p *pcap) next(f *frame) error {
	b := p.blocks
	for {
		h := b.rest()
		if len(h) >= pcapHead {
			sec, frac, captured, length := p.header(h)
			if int64(captured) <= int64(len(h)-pcapHead) {
				end := pcapHead + int(captured)
				f.data, f.at, f.length, f.link = h[pcapHead:end], int64(sec)*1e9+int64(frac)*p.unit, length, p.link
				b.skip(end)
				return nil
			}
		}
		if err := p.more(h); err != nil {
			return err
		}
	}
}

// pcapHead is the length of a packet's header.
const pcapHead = 16

// more reads on: rest is less than a packet.
func (p *pcap) more(rest []byte) error {
	at := p.blocks.offset()
	if len(rest) < pcapHead {
		err := p.blocks.fill(pcapHead)
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return cut(err, "pcap packet header", at)
	}
	_, _, captured, _ := p.header(rest)
	if captured > maxCaptured {
		return fmt.Errorf("pcap packet header at offset %d is damaged: %d bytes captured", at, captured)
	}
	return cut(p.blocks.fill(pcapHead+int(captured)), "pcap packet", at)
}

func (p *pcap) header(h []byte) (sec, frac, captured, length uint32) {
	_ = h[15]
	if p.swap {
		be := binary.BigEndian
		return be.Uint32(h), be.Uint32(h[4:]), be.Uint32(h[8:]), be.Uint32(h[12:])
	}
	le := binary.LittleEndian
	return le.Uint32(h), le.Uint32(h[4:]), le.Uint32(h[8:]), le.Uint32(h[12:])
}
