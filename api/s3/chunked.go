package s3

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// chunked decodes aws-chunked, which is not HTTP's chunked encoding:
//
//	size in hex[;chunk-signature=...] CRLF bytes CRLF ... 0[;...] CRLF [name:value CRLF ...] CRLF
//
// Signatures are not verified.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
type chunked struct {
	in      *bufio.Reader
	left    int64 // of this chunk
	started bool
	trailer http.Header // complete at io.EOF
	err     error
}

func newChunked(in io.Reader) *chunked {
	return &chunked{in: bufio.NewReaderSize(in, 64<<10), trailer: http.Header{}}
}

var errChunk = fail(http.StatusBadRequest, "InvalidChunkSizeError", "The aws-chunked body is not well-formed.")

// Read gives io.EOF only after a whole, well-formed body, io.ErrUnexpectedEOF for a cut one.
func (c *chunked) Read(p []byte) (int, error) {
	if c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err != nil {
		c.err = unexpected(err)
	}
	return n, c.err
}

// next reads up to the bytes of the next chunk, or all that follows the last.
func (c *chunked) next() error {
	if c.started {
		if end, err := c.line(); err != nil {
			return err
		} else if end != "" {
			return errChunk
		}
	}
	c.started = true
	head, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(head, ";")
	n, err := strconv.ParseUint(size, 16, 63)
	if err != nil {
		return errChunk
	}
	if c.left = int64(n); c.left > 0 {
		return nil
	}
	return c.trailers()
}

// trailers reads to the end of the body. Some clients end a trailer with LF CRLF: empty lines mean nothing.
func (c *chunked) trailers() error {
	for range 64 {
		line, err := c.line()
		if errors.Is(err, io.ErrUnexpectedEOF) && line == "" {
			return io.EOF
		}
		if err != nil {
			return err
		}
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return fail(http.StatusBadRequest, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		c.trailer.Set(textproto.TrimString(name), textproto.TrimString(value))
	}
	return errChunk
}

// line reads a line without its end. It may not be longer than the buffer.
func (c *chunked) line() (string, error) {
	b, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errChunk
	}
	if err != nil {
		return string(b), unexpected(err)
	}
	return strings.TrimSuffix(string(b[:len(b)-1]), "\r"), nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
