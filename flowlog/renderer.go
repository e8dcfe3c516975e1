package flowlog

// Renderer writes records of one format one after the other, as Format.Append
// does. What depends only on the interface and the window is rendered once for
// all records that have them in common. It is not safe for concurrent use.
type Renderer struct {
	format Format
	steps  []step
	last   Record // whose constant fields are in steps
}

// Alike says whether r and o have the same values in all fields that are
// constant: the same interface, window and status, and the same to look up in.
func (r *Record) Alike(o *Record) bool {
	return r.Interface == o.Interface && r.Lookup == o.Lookup && r.Status == o.Status && r.Start.Equal(o.Start) && r.End.Equal(o.End)
}

// step is constant text, blanks included, and then the value of a field, if any.
type step struct {
	text  []byte
	fixed []*Field // the fields in text
	field *Field
}

// NewRenderer makes a Renderer for records of f.
func NewRenderer(f Format) *Renderer {
	r := &Renderer{format: f, steps: make([]step, 1)}
	for _, field := range f.Fields {
		last := &r.steps[len(r.steps)-1]
		if field.Constant() {
			last.fixed = append(last.fixed, field)
			continue
		}
		last.field = field
		r.steps = append(r.steps, step{})
	}
	return r
}

// Append appends rec as one line without a newline. It does not allocate beyond
// dst but when rec begins another window. An Interface must not change after a
// record with it was appended.
func (r *Renderer) Append(dst []byte, rec *Record) []byte {
	if !rec.Alike(&r.last) || rec.Interface == nil {
		r.last = *rec
		r.renderFixed(rec)
	}
	for i := range r.steps {
		s := &r.steps[i]
		if len(s.text) == 1 { // a blank between two values
			dst = append(dst, s.text[0])
		} else {
			dst = append(dst, s.text...)
		}
		if s.field != nil {
			dst = s.field.append(dst, rec)
		}
	}
	return dst
}

// renderFixed renders the steps' text for rec's window.
func (r *Renderer) renderFixed(rec *Record) {
	for i := range r.steps {
		s := &r.steps[i]
		s.text = s.text[:0]
		if i > 0 {
			s.text = append(s.text, ' ')
		}
		for _, f := range s.fixed {
			s.text = append(r.format.AppendValue(s.text, f, rec), ' ')
		}
		if s.field == nil && len(s.text) > 0 { // the end of the line
			s.text = s.text[:len(s.text)-1]
		}
	}
}
