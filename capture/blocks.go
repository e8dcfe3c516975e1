package capture

import (
	"errors"
	"fmt"
	"io"
)

const (
	blockSize = 1 << 20
	// No real frame is longer (BIG TCP: 512 KiB); a length beyond it is garbage.
	maxCaptured = 16 << 20
)

// blocks hands out a stream's bytes in place, read a mebibyte at a time.
type blocks struct {
	r        io.Reader
	buf      []byte
	pos, end int
	base     int64 // stream offset of buf[0]
	err      error // of the last read
	onRead   func(offset int64) error
}

func newBlocks(r io.Reader, onRead func(int64) error) *blocks {
	return &blocks{r: r, buf: make([]byte, blockSize), onRead: onRead}
}

// offset is the stream offset of the next byte.
func (b *blocks) offset() int64 { return b.base + int64(b.pos) }

// take gives the next n bytes, valid until the next call. io.EOF means that none
// are left, io.ErrUnexpectedEOF that fewer are.
func (b *blocks) take(n int) ([]byte, error) {
	if b.end-b.pos < n {
		if err := b.fill(n); err != nil {
			return nil, err
		}
	}
	d := b.buf[b.pos : b.pos+n]
	b.pos += n
	return d, nil
}

// back returns the last n bytes taken, so that they are taken again together
// with what follows them.
func (b *blocks) back(n int) { b.pos -= n }

// fill makes at least n bytes available, and as many more as the block holds.
func (b *blocks) fill(n int) error {
	if n > len(b.buf) {
		grown := make([]byte, n)
		copy(grown, b.buf[b.pos:b.end])
		b.base, b.end, b.pos, b.buf = b.base+int64(b.pos), b.end-b.pos, 0, grown
	} else {
		copy(b.buf, b.buf[b.pos:b.end])
		b.base, b.end, b.pos = b.base+int64(b.pos), b.end-b.pos, 0
	}
	for idle := 0; b.end < n && b.err == nil; {
		m, err := b.r.Read(b.buf[b.end:])
		b.end += m
		b.err = err
		if idle++; m > 0 {
			idle = 0
		} else if idle > 100 && err == nil {
			b.err = io.ErrNoProgress
		}
		if b.onRead != nil && m > 0 {
			if err := b.onRead(b.base + int64(b.end)); err != nil {
				b.err = err
			}
		}
	}
	switch {
	case b.end >= n:
		return nil
	case !errors.Is(b.err, io.EOF):
		return fmt.Errorf("read at offset %d: %w", b.base+int64(b.end), b.err)
	case b.end == 0:
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// cut turns the end of the stream inside something into an error that says where.
func cut(err error, what string, offset int64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s at offset %d is cut short: %w", what, offset, io.ErrUnexpectedEOF)
	}
	return err
}
