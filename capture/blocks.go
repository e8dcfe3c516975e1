package capture

import (
	"errors"
	"fmt"
	"io"
)

const (
	// A block is still in the processor's cache when it is walked.
	blockSize = 256 << 10
	// leadSize is room before a block for what the last one ended in: frames of
	// the usual lengths.
	leadSize = 64 << 10
	pageSize = 4 << 10
	// No real frame is longer (BIG TCP: 512 KiB); a length beyond it is garbage.
	maxCaptured = 16 << 20
)

// blocks hands out a stream's bytes in place, read a block at a time. Blocks
// begin at a page, in memory as in the file: the kernel copies such at half the
// cost. What a block ends in goes before the next.
type blocks struct {
	r        io.Reader
	buf      []byte // the collector's large allocations begin at a page
	lead     int    // where blocks begin, a multiple of pages
	pos, end int
	read     int64 // stream offset of end
	err      error // of the last read
	onRead   func(offset int64) error
}

func newBlocks(r io.Reader, onRead func(int64) error) *blocks {
	return &blocks{r: r, buf: make([]byte, leadSize+blockSize), lead: leadSize, onRead: onRead}
}

// offset is the stream offset of the next byte.
func (b *blocks) offset() int64 { return b.read - int64(b.end-b.pos) }

// take gives the next n bytes, valid until the next call. io.EOF means that none
// are left, io.ErrUnexpectedEOF that fewer are.
func (b *blocks) take(n int) ([]byte, error) {
	if b.end-b.pos < n {
		return b.takeNext(n)
	}
	b.pos += n
	return b.buf[b.pos-n : b.pos], nil
}

// takeNext is take at the end of a block.
func (b *blocks) takeNext(n int) ([]byte, error) {
	if err := b.fill(n); err != nil {
		return nil, err
	}
	b.pos += n
	return b.buf[b.pos-n : b.pos], nil
}

// rest gives what is left of the block, and skip passes over the first n bytes of it.
func (b *blocks) rest() []byte { return b.buf[b.pos:b.end] }

func (b *blocks) skip(n int) { b.pos += n }

// back returns the last n bytes taken, so that they are taken again together
// with what follows them.
func (b *blocks) back(n int) { b.pos -= n }

// fill makes at least n bytes available, and as many more as the block holds.
func (b *blocks) fill(n int) error {
	b.turn(n)
	for idle := 0; b.end-b.pos < n && b.err == nil; {
		m, err := b.r.Read(b.buf[b.end:])
		b.end += m
		b.read += int64(m)
		b.err = err
		if idle++; m > 0 {
			idle = 0
		} else if idle > 100 && err == nil {
			b.err = io.ErrNoProgress
		}
		if b.onRead != nil && m > 0 {
			if err := b.onRead(b.read); err != nil {
				b.err = err
			}
		}
	}
	switch {
	case b.end-b.pos >= n:
		return nil
	case !errors.Is(b.err, io.EOF):
		return fmt.Errorf("read at offset %d: %w", b.read, b.err)
	case b.end == b.pos:
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// turn moves what is left, fewer than n bytes, before the place of the next
// block, which has room for the others of the n.
func (b *blocks) turn(n int) {
	left, buf := b.buf[b.pos:b.end], b.buf
	if n > b.lead {
		b.lead = (n + pageSize - 1) &^ (pageSize - 1)
		buf = make([]byte, b.lead+max(b.lead, blockSize))
	}
	b.pos, b.end = b.lead-len(left), b.lead
	copy(buf[b.pos:], left)
	b.buf = buf
}

// cut turns the end of the stream inside something into an error that says where.
func cut(err error, what string, offset int64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s at offset %d is cut short: %w", what, offset, io.ErrUnexpectedEOF)
	}
	return err
}
