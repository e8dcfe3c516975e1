package recordfile

import (
	"bytes"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/gzip"

	"github.com/flowemu/flowemu/flowlog"
)

const (
	// parquetRows is how many rows are sorted and handed to the columns at a time.
	parquetRows = 4096
	// groupRows is how many rows a row group has, which stays in memory until it ends.
	groupRows = 1 << 19
	// maxDictionary is the size of a column's dictionary past which its values are
	// written as they are: a dictionary of values that come once only costs, and its
	// indexes are no whole bytes, which gzip cannot see through.
	maxDictionary = 64 << 10
)

// parquetFile is a Parquet file: a column for each field, of the type that AWS's
// field table says, compressed with gzip. A string that is not there is "-", as
// in text; a number that is not there is null. Windows stay in order; within one,
// rows with the same source address are near each other, which makes the file a
// third smaller.
// Source: "Flow log records", the Parquet data types; "Publish flow logs to
// Amazon S3", gzip; scripts that read real files look for "-".
type parquetFile struct {
	out   *parquet.GenericWriter[any]
	batch *parquetBatch
	rows  int // of the open row group
	group int // how many rows that has at most
}

func newParquet(out io.Writer, format flowlog.Format) *parquetFile {
	format.Fields = once(format.Fields)
	w := parquet.NewGenericWriter[any](out, parquetSchema(format.Fields),
		parquet.Compression(&gzip.Codec{Level: gzip.DefaultCompression}),
		parquet.DictionaryMaxBytes(maxDictionary),
		parquet.DataPageVersion(1), // which every reader knows
		parquet.CreatedBy("flowemu", "", ""))
	return &parquetFile{out: w, batch: newParquetBatch(format), group: groupRows}
}

func (f *parquetFile) write(r *flowlog.Record) error {
	f.batch.records = append(f.batch.records, *r)
	if f.rows++; f.rows%parquetRows != 0 {
		return nil
	}
	if err := f.batch.write(f.out); err != nil || f.rows < f.group {
		return err
	}
	f.rows = 0
	return f.out.Flush()
}

func (f *parquetFile) flush() error { return nil }

func (f *parquetFile) close() error {
	if err := f.batch.write(f.out); err != nil {
		return err
	}
	return f.out.Close()
}

// once leaves out fields that came before: readers find a column by its name.
func once(fields []*flowlog.Field) (out []*flowlog.Field) {
	for _, f := range fields {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// parquetRoot has columns in the order of the format. A parquet.Group sorts them.
type parquetRoot struct {
	parquet.Group
	fields []parquet.Field
}

func (r *parquetRoot) Fields() []parquet.Field { return r.fields }

func parquetSchema(fields []*flowlog.Field) *parquet.Schema {
	root := &parquetRoot{Group: parquet.Group{}, fields: make([]parquet.Field, len(fields))}
	place := map[string]int{}
	for i, f := range fields {
		root.Group[f.Column()], place[f.Column()] = parquetNode(f), i
	}
	for _, f := range root.Group.Fields() {
		root.fields[place[f.Name()]] = f
	}
	return parquet.NewSchema("flow_log", root)
}

func parquetNode(f *flowlog.Field) parquet.Node {
	node := parquet.String()
	switch f.Type {
	case flowlog.Int32:
		node = parquet.Int(32)
	case flowlog.Int64:
		node = parquet.Int(64)
	}
	return parquet.Encoded(parquet.Optional(node), &parquet.RLEDictionary)
}

// parquetBatch is rows that are not in their columns yet.
type parquetBatch struct {
	format  flowlog.Format
	records []flowlog.Record
	order   []int32 // of records
	values  []parquet.Value
	text    []byte // of the strings in values
}

func newParquetBatch(format flowlog.Format) *parquetBatch {
	return &parquetBatch{format: format, records: make([]flowlog.Record, 0, parquetRows), values: make([]parquet.Value, 0, parquetRows)}
}

// write puts the rows into their columns, which copy the text.
func (b *parquetBatch) write(w *parquet.GenericWriter[any]) error {
	b.sort()
	for i, c := range w.ColumnWriters() {
		b.column(b.format.Fields[i], i)
		if _, err := c.WriteRowValues(b.values); err != nil {
			return err
		}
	}
	b.records = b.records[:0]
	return nil
}

// sort orders the rows by window and source address.
func (b *parquetBatch) sort() {
	b.order = b.order[:0]
	for i := range b.records {
		b.order = append(b.order, int32(i))
	}
	slices.SortStableFunc(b.order, func(x, y int32) int {
		p, q := &b.records[x], &b.records[y]
		if c := p.Start.Compare(q.Start); c != 0 {
			return c
		}
		return bytes.Compare(p.Src[:], q.Src[:])
	})
}

// column makes the values of a field.
func (b *parquetBatch) column(f *flowlog.Field, column int) {
	b.values, b.text = b.values[:0], b.text[:0]
	var last *flowlog.Record
	for _, i := range b.order {
		r := &b.records[i]
		if last != nil && f.Constant() && r.Alike(last) {
			b.values = append(b.values, b.values[len(b.values)-1])
			continue
		}
		b.values = append(b.values, b.value(f, r, column))
		last = r
	}
}

func (b *parquetBatch) value(f *flowlog.Field, r *flowlog.Record, column int) parquet.Value {
	if f.Int == nil {
		n := len(b.text)
		b.text = b.format.AppendValue(b.text, f, r)
		return parquet.ByteArrayValue(b.text[n:]).Level(0, 1, column)
	}
	v, ok := b.format.Int(f, r)
	switch {
	case !ok:
		return parquet.NullValue().Level(0, 0, column)
	case f.Type == flowlog.Int32:
		return parquet.Int32Value(int32(v)).Level(0, 1, column)
	}
	return parquet.Int64Value(v).Level(0, 1, column)
}
