package flowlog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Format is the fields of a flow log's records, in order, and the version that
// its records carry: the highest that introduced one of the fields.
type Format struct {
	Fields  []*Field
	Version int
}

// defaultVersion is the version of the default format, which is all its fields in order.
const defaultVersion = 2

// Default gives the default format of VPCs, subnets and network interfaces: the
// version 2 fields in order.
func Default() Format {
	out := Format{Version: defaultVersion}
	for _, f := range table {
		if f.Version == defaultVersion {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// DefaultFormat gives LogFormat's default for a kind of resource. For transit
// gateways it is all their fields.
func DefaultFormat(t ResourceType) string {
	if t.Transit() {
		return Format{Fields: transitTable}.String()
	}
	return Default().String()
}

// FormatError says what is wrong with a LogFormat: unknown fields, or, when
// Unknown is empty, a text that is not fields with single blanks between them.
type FormatError struct {
	Format  string
	Unknown []string
}

func (e *FormatError) Error() string {
	if len(e.Unknown) > 0 {
		return fmt.Sprintf("Unknown fields provided: [%s]", strings.Join(e.Unknown, ", "))
	}
	return fmt.Sprintf("1 validation error detected: Value '%s' at 'logFormat' has an invalid format", e.Format)
}

// ParseFormat parses a LogFormat such as "${srcaddr} ${dstaddr}": one or more
// fields, of those that the kind of resource has, with single blanks between
// them, perhaps in single quotes. A field may come twice. The error is a *FormatError.
func ParseFormat(t ResourceType, s string) (Format, error) {
	whole := s
	if inner, ok := strings.CutPrefix(s, "'"); ok { // a shell that leaves the quotes in
		s, ok = strings.CutSuffix(inner, "'")
		if !ok {
			return Format{}, &FormatError{Format: whole}
		}
	}
	fields := Fields(t)
	f := Format{Version: defaultVersion}
	var unknown []string
	for part := range strings.SplitSeq(s, " ") {
		name, ok := strings.CutPrefix(part, "${")
		if name, ok = cutSuffix(name, "}", ok); !ok || strings.ContainsAny(name, "${}") || name == "" {
			return Format{}, &FormatError{Format: whole}
		}
		field := lookup(fields, name)
		if field == nil {
			unknown = append(unknown, name)
			continue
		}
		f.Fields = append(f.Fields, field)
		f.Version = max(f.Version, field.Version)
	}
	if unknown != nil {
		return Format{}, &FormatError{Format: whole, Unknown: unknown}
	}
	return f, nil
}

func cutSuffix(s, suffix string, ok bool) (string, bool) {
	rest, found := strings.CutSuffix(s, suffix)
	return rest, ok && found
}

func lookup(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// String gives the LogFormat that f was parsed from.
func (f Format) String() string {
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = "${" + field.Name + "}"
	}
	return strings.Join(names, " ")
}

// Header gives the first line of a text object, without a newline: the names of
// the fields. Source: real objects; "Flow log files" in the VPC user guide.
func (f Format) Header() string {
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = field.Name
	}
	return strings.Join(names, " ")
}

// Append appends r as one line without a newline. It does not allocate beyond dst.
func (f Format) Append(dst []byte, r *Record) []byte {
	for i, field := range f.Fields {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = f.AppendValue(dst, field, r)
	}
	return dst
}

// AppendValue appends r's value of one of f's fields as text, "-" when there is
// none. It does not allocate beyond dst.
func (f Format) AppendValue(dst []byte, field *Field, r *Record) []byte {
	if field == table[0] {
		return strconv.AppendInt(dst, int64(f.Version), 10)
	}
	return field.append(dst, r)
}

// Int gives r's value of one of f's fields that has Int; ok says whether there
// is one. version is the format's, not the record's.
func (f Format) Int(field *Field, r *Record) (v int64, ok bool) {
	if field == table[0] {
		return int64(f.Version), true
	}
	if !field.has(r) {
		return 0, false
	}
	return field.Int(r)
}

// AppendJSON appends r as a JSON object: the fields by their names, each a
// number, a string, or null when there is no value.
func (f Format) AppendJSON(dst []byte, r *Record) []byte {
	var buf [64]byte
	dst = append(dst, '{')
	for i, field := range f.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendQuote(dst, field.Name), ':')
		text := f.AppendValue(buf[:0], field, r)
		switch {
		case string(text) == "-":
			dst = append(dst, "null"...)
		case field.Int != nil:
			dst = append(dst, text...)
		default:
			dst = strconv.AppendQuote(dst, string(text)) // values are ASCII
		}
	}
	return append(dst, '}')
}

// NeedsHop says whether a field needs Record.Hop.
func (f Format) NeedsHop() bool {
	return slices.ContainsFunc(f.Fields, func(field *Field) bool { return field.NeedsHop })
}

// AllFields gives the format of all fields of VPC flow logs.
func AllFields() Format {
	f := Format{Fields: Fields(VPC)}
	for _, field := range f.Fields {
		f.Version = max(f.Version, field.Version)
	}
	return f
}
