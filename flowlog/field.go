package flowlog

import (
	"slices"
	"strconv"
	"strings"
)

// Type is a field's type in Parquet, where text knows only strings.
type Type uint8

// The types of the "Parquet data type" column of AWS's field table.
const (
	String Type = iota
	Int32
	Int64
)

// Field is everything there is to know about a field of a record.
type Field struct {
	Name    string // as in ${pkt-srcaddr}
	Version int    // the version that introduced it
	Type    Type
	// Exactly one of Int and Str is set. Int says with ok whether there is a
	// value; Str appends the value, or nothing when there is none. Version's
	// own value depends on the format and is not asked of it.
	Int func(*Record) (v int64, ok bool)
	Str func(dst []byte, r *Record) []byte
	// Meta fields do not depend on a packet: NODATA and SKIPDATA records have them
	// too. They depend on nothing but the interface, the edges of the window, the
	// status and the flow log, so that a Renderer asks for them once.
	Meta bool
	// NeedsHop says that the value is Record.Hop's.
	NeedsHop bool
	// Note says what flowemu never has a value for, and why, or "".
	Note string
}

// Column gives the field's Parquet and Athena column name.
func (f *Field) Column() string { return strings.ReplaceAll(f.Name, "-", "_") }

// Fields gives all fields that flow logs of a kind of resource may have, in
// AWS's documented order.
func Fields(t ResourceType) []*Field {
	if t.Transit() {
		return slices.Clone(transitTable)
	}
	return slices.Clone(table)
}

// Constant says whether records that are alike all have the same value.
func (f *Field) Constant() bool { return f.Meta || f.Note != "" }

// has says whether records such as r can have a value of f.
func (f *Field) has(r *Record) bool { return r.Status == OK || f.Meta }

// append writes r's value of f, or "-" when there is none.
func (f *Field) append(dst []byte, r *Record) []byte {
	if !f.has(r) {
		return append(dst, '-')
	}
	if f.Int != nil {
		if v, ok := f.Int(r); ok {
			return appendInt(dst, v)
		}
		return append(dst, '-')
	}
	n := len(dst)
	if dst = f.Str(dst, r); len(dst) == n {
		dst = append(dst, '-')
	}
	return dst
}

// appendInt appends n as strconv.AppendInt does, faster for what is most common:
// protocols, flags, ports, small counts.
func appendInt(dst []byte, n int64) []byte {
	if n < 0 || n >= 100_000 {
		return strconv.AppendInt(dst, n, 10)
	}
	v := uint32(n)
	switch {
	case v < 10:
		return append(dst, byte('0'+v))
	case v < 100:
		return append(dst, byte('0'+v/10), byte('0'+v%10))
	case v < 1000:
		return append(dst, byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
	case v < 10_000:
		return append(dst, byte('0'+v/1000), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10))
	}
	return append(dst, byte('0'+v/10_000), byte('0'+v/1000%10), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10))
}
