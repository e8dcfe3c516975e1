package api

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"reflect"
	"time"
	"unicode/utf8"
)

// ec2Wire is the "ec2" protocol: no Result element, requestId first, errors of their own shape.
type ec2Wire struct{}

func (ec2Wire) reply(w http.ResponseWriter, c *call, out any) error {
	x := newXMLWriter()
	x.open(c.action+"Response", c.namespace())
	x.text("requestId", c.id)
	if err := x.content(c.plan, out); err != nil {
		return err
	}
	x.close(c.action + "Response")
	x.send(w, http.StatusOK)
	return nil
}

func (ec2Wire) fail(w http.ResponseWriter, c *call, e *Error) {
	code := e.Code
	if code == internalCode {
		code = "InternalError" // Source: EC2 API reference, "Server error codes"
	}
	x := newXMLWriter()
	x.WriteString("<Response><Errors><Error>")
	x.text("Code", code)
	x.text("Message", e.Message)
	x.WriteString("</Error></Errors>")
	x.text("RequestID", c.id)
	x.WriteString("</Response>")
	x.send(w, e.status())
}

func (ec2Wire) unknown(c *call) *Error {
	return &Error{Code: "InvalidAction", Message: "The action " + c.action + " is not valid for this web service."}
}

// queryWire is the "query" protocol.
type queryWire struct{}

func (queryWire) reply(w http.ResponseWriter, c *call, out any) error {
	x := newXMLWriter()
	x.open(c.action+"Response", c.namespace())
	x.open(c.action+"Result", "")
	if err := x.content(c.plan, out); err != nil {
		return err
	}
	x.close(c.action + "Result")
	x.WriteString("<ResponseMetadata>")
	x.text("RequestId", c.id)
	x.WriteString("</ResponseMetadata>")
	x.close(c.action + "Response")
	x.send(w, http.StatusOK)
	return nil
}

func (queryWire) fail(w http.ResponseWriter, c *call, e *Error) {
	x := newXMLWriter()
	x.open("ErrorResponse", c.namespace())
	x.WriteString("<Error>")
	x.text("Type", e.fault())
	x.text("Code", e.Code)
	x.text("Message", e.Message)
	x.WriteString("</Error>")
	x.text("RequestId", c.id)
	x.close("ErrorResponse")
	x.send(w, e.status())
}

func (queryWire) unknown(c *call) *Error {
	return &Error{Code: "InvalidAction", Message: "Could not find operation " + c.action + " for version " + c.form.get("Version")}
}

// xmlWriter collects an answer, so that its length is known before it is sent.
type xmlWriter struct{ bytes.Buffer }

func newXMLWriter() *xmlWriter {
	x := &xmlWriter{}
	x.WriteString(xml.Header)
	return x
}

// open writes a start tag; names are ours or have passed as the name of an action.
func (x *xmlWriter) open(name, namespace string) {
	x.WriteString("<" + name)
	if namespace != "" {
		x.WriteString(` xmlns="`)
		x.escape(namespace)
		x.WriteString(`"`)
	}
	x.WriteString(">")
}

func (x *xmlWriter) close(name string) { x.WriteString("</" + name + ">") }

func (x *xmlWriter) text(name, value string) {
	x.open(name, "")
	x.escape(value)
	x.close(name)
}

// escape writes text as xml.EscapeText does, faster where there is nothing to escape.
func (x *xmlWriter) escape(text string) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '&' || c == '\'' || c == '<' || c == '>' {
			_ = xml.EscapeText(x, []byte(text)) // a Buffer never fails
			return
		}
	}
	x.WriteString(text)
}

// content writes the elements of an answer, by the plan for its type if there is one.
func (x *xmlWriter) content(plan xmlPlan, out any) error {
	if plan != nil {
		return plan(x, reflect.ValueOf(out).Elem())
	}
	inner, err := innerXML(out)
	x.Write(inner)
	return err
}

func (x *xmlWriter) send(w http.ResponseWriter, status int) {
	write(w, status, "text/xml;charset=UTF-8", x.Bytes())
}

// innerXML gives the elements inside the one that v would be.
func innerXML(v any) ([]byte, error) {
	var b bytes.Buffer
	e := xml.NewEncoder(&b)
	if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: "o"}}); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(bytes.TrimPrefix(b.Bytes(), []byte("<o>")), []byte("</o>")), nil
}

// Set is a list in an EC2 answer: an element, there even if nothing is in the
// list, with an <item> for each member.
type Set[T any] []T

// MarshalXML implements xml.Marshaler.
func (s Set[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return marshalList(e, start, s.memberName(), s)
}

func (Set[T]) memberName() string { return "item" }

// Members is a list in the answer of a plain query service: like Set, with <member>.
type Members[T any] []T

// MarshalXML implements xml.Marshaler.
func (m Members[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return marshalList(e, start, m.memberName(), m)
}

func (Members[T]) memberName() string { return "member" }

func marshalList[T any](e *xml.Encoder, start xml.StartElement, name string, list []T) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for i := range list {
		if err := e.EncodeElement(&list[i], xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// Timestamp is a time in a query request or answer. It is written in UTC with
// milliseconds, as EC2 does; a date alone is read as its midnight.
type Timestamp struct{ time.Time }

// MarshalText implements encoding.TextMarshaler.
func (t Timestamp) MarshalText() ([]byte, error) {
	return t.UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Timestamp) UnmarshalText(text []byte) (err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t.Time, err = time.Parse(layout, string(text)); err == nil {
			return nil
		}
	}
	return err
}
