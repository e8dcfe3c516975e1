package api

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a form, far above what AWS's own limits allow: they keep a
// hostile request from costing more memory than it has bytes many times over.
const (
	maxParameters = 20_000
	maxDepth      = 10 // names between dots
)

// listStyle says how a protocol numbers the members of a list.
type listStyle int

const (
	flatLists   listStyle = iota // X.1, and unknown parameters are errors
	memberLists                  // X.member.1
)

// commonParameters may be in every request; they are the protocol's, not the action's.
// Source: EC2 API reference, "Common query parameters".
var commonParameters = []string{
	"Action", "Version", "AWSAccessKeyId", "Expires", "Signature", "SignatureMethod", "SignatureVersion",
	"Timestamp", "SecurityToken", "AuthParams",
}

// formNode is a form as a tree: A.1.B=v is v below B below 1 below A.
type formNode struct {
	value string
	set   bool // it has a value of its own
	used  bool
	sub   map[string]*formNode
}

func parseTree(values url.Values) *formNode {
	root := &formNode{}
	for key, v := range values {
		n := root
		for name := range strings.SplitSeq(key, ".") {
			n = n.child(name)
		}
		n.value, n.set = v[0], true
	}
	return root
}

func (n *formNode) child(name string) *formNode {
	if n.sub == nil {
		n.sub = map[string]*formNode{}
	}
	c := n.sub[name]
	if c == nil {
		c = &formNode{}
		n.sub[name] = c
	}
	return c
}

// decodeForm fills the struct that in points to. Its fields are named by
// `query:"Name"` tags; an embedded struct's count as its own. They may be
// strings, booleans, integers, floats, encoding.TextUnmarshalers, structs (X.Name),
// lists of those (X.1.Name, compacted in order of their numbers) and pointers
// to those, which stay nil where nothing is given.
//
// A blank field, _ struct{} `ignored:"Name Other"`, in a struct at any level
// names parameters that AWS has and that have no effect here: they and all
// that is below them may be given, with any value, where lists are flat.
func decodeForm(values url.Values, in any, style listStyle) error {
	if len(values) > maxParameters {
		return &Error{Code: "RequestLimitExceeded", Message: fmt.Sprintf("The request has more than %d parameters.", maxParameters)}
	}
	if key := tooDeep(values); key != "" {
		return unknownParameter(key)
	}
	root := parseTree(values)
	d := formDecoder{style}
	if err := d.fields(reflect.ValueOf(in).Elem(), root, ""); err != nil {
		return err
	}
	if style != flatLists {
		return nil
	}
	for name, n := range root.sub {
		n.used = n.used || slices.Contains(commonParameters, name) || strings.HasPrefix(name, "X-Amz-")
	}
	if name := root.unused(""); name != "" {
		return unknownParameter(name)
	}
	return nil
}

// tooDeep names the first parameter, in order of names, that has more names than any of AWS's.
func tooDeep(values url.Values) (first string) {
	for key := range values {
		if strings.Count(key, ".") >= maxDepth && (first == "" || key < first) {
			first = key
		}
	}
	return first
}

// unknownParameter's text is a guess; the code is in the EC2 API reference, "Common client errors".
func unknownParameter(name string) *Error {
	return &Error{Code: "UnknownParameter", Message: "The parameter " + name + " is not recognized"}
}

// unused names the first parameter, in order of names, that no field took.
func (n *formNode) unused(path string) string {
	if n.set && !n.used {
		return path
	}
	names := make([]string, 0, len(n.sub))
	for name := range n.sub {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if found := n.sub[name].unused(join(path, name)); found != "" {
			return found
		}
	}
	return ""
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// use marks the node and all below it as taken.
func (n *formNode) use() {
	n.used = true
	for _, c := range n.sub {
		c.use()
	}
}

// ignore marks as taken what is below the named children, which are separated by blanks.
func (n *formNode) ignore(names string) {
	for name := range strings.FieldsSeq(names) {
		if c := n.sub[name]; c != nil {
			c.use()
		}
	}
}

type formDecoder struct{ style listStyle }

func (d formDecoder) fields(v reflect.Value, n *formNode, path string) error {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			n.ignore(f.Tag.Get("ignored"))
			continue
		}
		name := f.Tag.Get("query")
		if name == "" {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				if err := d.fields(v.Field(i), n, path); err != nil {
					return err
				}
			}
			continue
		}
		if sub := n.sub[name]; sub != nil {
			if err := d.value(v.Field(i), sub, join(path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d formDecoder) value(v reflect.Value, n *formNode, path string) error {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		v.Set(p)
		return d.value(p.Elem(), n, path)
	}
	if _, scalar := v.Addr().Interface().(encoding.TextUnmarshaler); !scalar {
		switch v.Kind() {
		case reflect.Struct:
			return d.fields(v, n, path)
		case reflect.Slice:
			return d.list(v, n, path)
		}
	}
	if !n.set {
		return nil // something is below it that does not belong there: reported as unused
	}
	n.used = true
	if err := setScalar(v, n.value); err != nil {
		return &Error{Code: "InvalidParameterValue", Message: fmt.Sprintf("Invalid value '%s' for %s: it must be %s.", n.value, path, err)}
	}
	return nil
}

// list decodes what is numbered. Gaps are closed, so a large number costs nothing.
func (d formDecoder) list(v reflect.Value, n *formNode, path string) error {
	if d.style == memberLists {
		if n, path = n.sub["member"], path+".member"; n == nil {
			return nil
		}
	}
	type numbered struct {
		i    uint64
		name string
	}
	var order []numbered
	for name := range n.sub {
		if i, err := strconv.ParseUint(name, 10, 64); err == nil {
			order = append(order, numbered{i, name})
		}
	}
	slices.SortFunc(order, func(a, b numbered) int {
		if a.i != b.i {
			if a.i < b.i {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name) // 1 and 01
	})
	v.Set(reflect.MakeSlice(v.Type(), len(order), len(order)))
	for i, o := range order {
		if err := d.value(v.Index(i), n.sub[o.name], join(path, o.name)); err != nil {
			return err
		}
	}
	return nil
}

// expected is the error of a value of the wrong kind: what it should have been.
type expected string

func (e expected) Error() string { return string(e) }

func setScalar(v reflect.Value, s string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(s)); err != nil {
			if _, isTime := u.(*Timestamp); isTime {
				return expected("a timestamp")
			}
			return err
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		switch strings.ToLower(s) {
		case "true", "1":
			v.SetBool(true)
		case "false", "0":
			v.SetBool(false)
		default:
			return expected("true or false")
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil {
			return expected("an integer")
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return expected("a number")
		}
		v.SetFloat(f)
	default:
		return fmt.Errorf("of a type that forms cannot hold, %s", v.Type())
	}
	return nil
}
