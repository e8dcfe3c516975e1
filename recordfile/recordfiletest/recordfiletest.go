// Package recordfiletest reads files of records for tests, with libraries that did not write them where there are any.
package recordfiletest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Lines gives the lines of a text file under its header line, compressed or not.
func Lines(t testing.TB, body []byte) (header string, lines []string) {
	t.Helper()
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	text, whole := strings.CutSuffix(string(body), "\n")
	if !whole {
		t.Fatalf("the last line has no end: %q", text)
	}
	lines = strings.Split(text, "\n")
	return lines[0], lines[1:]
}

// Rows gives the rows of a Parquet file, the values with blanks between them and
// null for those that are not there.
func Rows(t testing.TB, body []byte) (out []string) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range f.RowGroups() {
		rows := group.Rows()
		out = append(out, read(t, rows)...)
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func read(t testing.TB, rows parquet.Rows) (out []string) {
	t.Helper()
	buf := make([]parquet.Row, 100)
	for {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			values := make([]string, len(row))
			for i, v := range row {
				if values[i] = v.String(); v.IsNull() {
					values[i] = "null"
				}
			}
			out = append(out, strings.Join(values, " "))
		}
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
