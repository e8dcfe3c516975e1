package publisher

import (
	"bytes"
	"iter"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/gzip"

	"github.com/flowemu/flowemu/flowlog"
)

const (
	// parquetRows is how many rows are handed to the columns at a time.
	parquetRows = 1024
	// maxDictionary is the size of a column's dictionary past which its values are
	// written as they are: a dictionary of values that come once only costs.
	maxDictionary = 1 << 20
)

// parquetFile renders records as a Parquet file: a column for each field, of the
// type that AWS's field table says, compressed with gzip. A string that is not
// there is "-", as in text; a number that is not there is null. The same records
// give the same bytes.
// Source: "Flow log records", the Parquet data types; "Publish flow logs to
// Amazon S3", gzip; scripts that read real files look for "-".
func parquetFile(format flowlog.Format, records iter.Seq2[*flowlog.Record, error]) (body []byte, n int, err error) {
	format.Fields = once(format.Fields)
	var out bytes.Buffer
	w := parquet.NewGenericWriter[any](&out, parquetSchema(format.Fields),
		parquet.Compression(&gzip.Codec{Level: gzip.DefaultCompression}),
		parquet.DictionaryMaxBytes(maxDictionary),
		parquet.DataPageVersion(1), // which every reader knows
		parquet.CreatedBy("flowemu", "", ""))
	rows := newParquetBatch(format)
	for r, err := range records {
		if err != nil {
			return nil, 0, err
		}
		rows.add(r)
		if n++; n%parquetRows == 0 {
			if err := rows.write(w); err != nil {
				return nil, 0, err
			}
		}
	}
	if err := rows.write(w); err != nil {
		return nil, 0, err
	}
	if err := w.Close(); err != nil {
		return nil, 0, err
	}
	return out.Bytes(), n, nil
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
	columns [][]parquet.Value
	text    []byte // of the strings in columns
}

func newParquetBatch(format flowlog.Format) *parquetBatch {
	b := &parquetBatch{format: format, columns: make([][]parquet.Value, len(format.Fields))}
	for i := range b.columns {
		b.columns[i] = make([]parquet.Value, 0, parquetRows)
	}
	return b
}

func (b *parquetBatch) add(r *flowlog.Record) {
	for i, f := range b.format.Fields {
		b.columns[i] = append(b.columns[i], b.value(f, r, i))
	}
}

func (b *parquetBatch) value(f *flowlog.Field, r *flowlog.Record, column int) parquet.Value {
	if f.Int == nil {
		n := len(b.text)
		b.text = b.format.AppendValue(b.text, f, r)
		return parquet.ByteArrayValue(b.text[n:]).Level(0, 1, column)
	}
	v, ok := b.format.Int(f, r)
	if !ok {
		return parquet.NullValue().Level(0, 0, column)
	}
	if f.Type == flowlog.Int32 {
		return parquet.Int32Value(int32(v)).Level(0, 1, column)
	}
	return parquet.Int64Value(v).Level(0, 1, column)
}

// write puts the rows into their columns, which copy the text.
func (b *parquetBatch) write(w *parquet.GenericWriter[any]) error {
	for i, c := range w.ColumnWriters() {
		if _, err := c.WriteRowValues(b.columns[i]); err != nil {
			return err
		}
		b.columns[i] = b.columns[i][:0]
	}
	b.text = b.text[:0]
	return nil
}
