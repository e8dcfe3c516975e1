// Package recordfile writes records into the files that flow logs and replays deliver.
package recordfile

import (
	"io"

	"github.com/flowemu/flowemu/flowlog"
)

// Kind is how records are written.
type Kind uint8

// The kinds of files.
const (
	Text     Kind = iota // lines under a header line
	GzipText             // the same, compressed: plain-text in a bucket
	Parquet              // columns, in an order that compresses well
)

// KindOf gives the kind of the objects of a flow log with a FileFormat.
func KindOf(fileFormat string) Kind {
	if fileFormat == flowlog.Parquet {
		return Parquet
	}
	return GzipText
}

// Writer writes one file. It is not safe for concurrent use. The same records
// give the same bytes.
type Writer struct {
	body    body
	records int
	err     error // the first one: what follows it would be a file with a hole
}

// body is a file of one kind.
type body interface {
	write(r *flowlog.Record) error
	flush() error
	close() error
}

// New starts a file of a kind in out, which stays open at the end.
func New(out io.Writer, kind Kind, format flowlog.Format) *Writer {
	if kind == Parquet {
		return &Writer{body: newParquet(out, format)}
	}
	return &Writer{body: newText(out, kind, format)}
}

// Write adds a record. It keeps nothing of it but its Interface, which must not change.
func (w *Writer) Write(r *flowlog.Record) error {
	if w.err == nil {
		w.err = w.body.write(r)
	}
	if w.err == nil {
		w.records++
	}
	return w.err
}

// Flush hands on whatever can be read without what follows: lines of Text.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.body.flush()
	}
	return w.err
}

// Close ends the file. After an error it gives that error again.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.body.close()
	}
	return w.err
}

// Records gives the number of records that were written.
func (w *Writer) Records() int { return w.records }
