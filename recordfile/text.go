package recordfile

import (
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/flowemu/flowemu/flowlog"
)

// textBuffer is how many bytes of lines are handed on at a time.
const textBuffer = 64 << 10

// gzipLevel of lines. Compression is most of the work of a text file: with the
// records of BenchmarkGzipText levels 1, 2, 4, 5 and 6 wrote 2.2, 1.9, 1.7, 1.5
// and 1.3 million records in a CPU second of one run, at 14.0, 13.7, 13.0, 10.9
// and 10.4 bytes each. flowemu runs beside what it watches, so CPU counts for
// more than room on the disk; who wants small files takes Parquet, 8.5 bytes.
const gzipLevel = gzip.BestSpeed

// text is lines under a header line.
type text struct {
	render *flowlog.Renderer
	lines  []byte
	out    io.Writer
	zip    *gzip.Writer // nil: not compressed
}

func newText(out io.Writer, kind Kind, format flowlog.Format) *text {
	t := &text{render: flowlog.NewRenderer(format), out: out, lines: make([]byte, 0, textBuffer+4096)}
	if kind == GzipText {
		t.zip, _ = gzip.NewWriterLevel(out, gzipLevel) // which fails for levels that there are not
		t.out = t.zip
	}
	t.lines = append(append(t.lines, format.Header()...), '\n')
	return t
}

func (t *text) write(r *flowlog.Record) error {
	t.lines = append(t.render.Append(t.lines, r), '\n')
	if len(t.lines) < textBuffer {
		return nil
	}
	return t.hand()
}

// hand hands the lines on.
func (t *text) hand() error {
	_, err := t.out.Write(t.lines)
	t.lines = t.lines[:0]
	return err
}

func (t *text) flush() error {
	if t.zip != nil {
		return nil
	}
	return t.hand()
}

func (t *text) close() error {
	err := t.hand()
	if err != nil || t.zip == nil {
		return err
	}
	return t.zip.Close()
}
