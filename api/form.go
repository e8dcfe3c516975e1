package api

import (
	"cmp"
	"encoding"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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

// compareNames orders names as a tree has them: word by word, where the words
// are between dots, A before A.1, and numbers by what they are, A.2 before A.10.
func compareNames(a, b string) int {
	word := 0 // where the word begins that makes the difference
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		if a[i] == '.' {
			word = i + 1
		}
	}
	if c := compareWords(firstWord(a[word:]), firstWord(b[word:])); c != 0 {
		return c
	}
	return cmp.Compare(len(a), len(b))
}

func firstWord(name string) string {
	if dot := strings.IndexByte(name, '.'); dot >= 0 {
		return name[:dot]
	}
	return name
}

// compareWords puts numbers before other words, and 01 before 1.
func compareWords(a, b string) int {
	switch x, y := isNumber(a), isNumber(b); {
	case x && y:
		m, n := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n), cmp.Compare(len(b), len(a)))
	case x:
		return -1
	case y:
		return 1
	}
	return strings.Compare(a, b)
}

func isNumber(word string) bool {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return word != ""
}

// formNode is a part of a form, seen as a tree in which A.1.B is below A.1: the
// parameters, in order, whose names begin with the same words. It is a view of
// one sorted list, and costs nothing however deep the names go.
type formNode struct {
	parameters parameters
	below      int // where the next word begins: behind the dot, for the root at 0
}

func newForm(all parameters) formNode {
	order := make([]int, len(all)) // smaller to move about than what it stands for
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareNames(all[a].name, all[b].name) })
	sorted := make(parameters, 0, len(all))
	for _, i := range order {
		if n := len(sorted); n == 0 || sorted[n-1].name != all[i].name {
			sorted = append(sorted, all[i])
		}
	}
	return formNode{parameters: sorted}
}

// own gives the parameter that the node itself is, or nil.
func (n formNode) own() *parameter {
	if len(n.parameters) > 0 && len(n.parameters[0].name) < n.below {
		return &n.parameters[0]
	}
	return nil
}

// path is the name of the node.
func (n formNode) path() string { return n.parameters[0].name[:n.below-1] }

// child gives the node of that name below n; it is empty if there is none.
func (n formNode) child(name string) formNode {
	from, _ := slices.BinarySearchFunc(n.parameters, name, func(p parameter, name string) int {
		if len(p.name) < n.below {
			return -1 // the node's own
		}
		return compareNames(p.name[n.below:], name)
	})
	return n.childAt(from, name)
}

// childAt gives the child of that name, whose parameters begin at from.
func (n formNode) childAt(from int, name string) formNode {
	to := from
	for to < len(n.parameters) {
		rest, ok := strings.CutPrefix(n.parameters[to].name[n.below:], name)
		if !ok || rest != "" && rest[0] != '.' {
			break
		}
		to++
	}
	return formNode{n.parameters[from:to], n.below + len(name) + 1}
}

// children gives all that is directly below n, in order.
func (n formNode) children() iter.Seq2[string, formNode] {
	return func(yield func(string, formNode) bool) {
		from := 0
		if n.own() != nil {
			from = 1
		}
		for from < len(n.parameters) {
			name := firstWord(n.parameters[from].name[n.below:])
			c := n.childAt(from, name)
			if !yield(name, c) {
				return
			}
			from += len(c.parameters)
		}
	}
}

// ignore marks as used all that is at and below the named children, which are separated by blanks.
func (n formNode) ignore(names string) {
	for name := range strings.FieldsSeq(names) {
		c := n.child(name)
		for i := range c.parameters {
			c.parameters[i].used = true
		}
	}
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
func decodeForm(form parameters, in any, style listStyle) error {
	root := newForm(form)
	d := formDecoder{style}
	if err := d.fields(reflect.ValueOf(in).Elem(), root); err != nil {
		return err
	}
	if style != flatLists {
		return nil
	}
	for _, p := range root.parameters {
		if !p.used && !slices.Contains(commonParameters, p.name) && (!strings.HasPrefix(p.name, "X-Amz-") || strings.Contains(p.name, ".")) {
			return unknownParameter(p.name)
		}
	}
	return nil
}

// unknownParameter's text is a guess; the code is in the EC2 API reference, "Common client errors".
func unknownParameter(name string) *Error {
	return &Error{Code: "UnknownParameter", Message: "The parameter " + name + " is not recognized"}
}

type formDecoder struct{ style listStyle }

func (d formDecoder) fields(v reflect.Value, n formNode) error {
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
				if err := d.fields(v.Field(i), n); err != nil {
					return err
				}
			}
			continue
		}
		if c := n.child(name); len(c.parameters) > 0 {
			if err := d.value(v.Field(i), c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d formDecoder) value(v reflect.Value, n formNode) error {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		v.Set(p)
		return d.value(p.Elem(), n)
	}
	if _, scalar := v.Addr().Interface().(encoding.TextUnmarshaler); !scalar {
		switch v.Kind() {
		case reflect.Struct:
			return d.fields(v, n)
		case reflect.Slice:
			return d.list(v, n)
		}
	}
	own := n.own()
	if own == nil {
		return nil // something is below it that does not belong there: reported as unused
	}
	own.used = true
	if err := setScalar(v, own.value); err != nil {
		return &Error{Code: "InvalidParameterValue", Message: fmt.Sprintf("Invalid value '%s' for %s: it must be %s.", own.value, n.path(), err)}
	}
	return nil
}

// list decodes what is numbered. Gaps are closed, so a large number costs nothing.
func (d formDecoder) list(v reflect.Value, n formNode) error {
	if d.style == memberLists {
		if n = n.child("member"); len(n.parameters) == 0 {
			return nil
		}
	}
	for name, c := range n.children() {
		if _, err := strconv.ParseUint(name, 10, 64); err != nil {
			continue
		}
		v.Grow(1)
		v.SetLen(v.Len() + 1)
		if err := d.value(v.Index(v.Len()-1), c); err != nil {
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
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return expected("text in UTF-8 without NUL")
		}
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
