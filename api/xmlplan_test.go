package api

import (
	"bytes"
	"encoding/xml"
	"math"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"
)

type planned struct {
	Text     string     `xml:"text"`
	Short    string     `xml:"short,omitempty"`
	Yes      bool       `xml:"yes"`
	Maybe    bool       `xml:"maybe,omitempty"`
	Int      int        `xml:"int"`
	Small    int8       `xml:"small,omitempty"`
	Long     *int64     `xml:"long"`
	Uint     uint16     `xml:"uint"`
	Ratio    float64    `xml:"ratio"`
	Single   float32    `xml:"single,omitempty"`
	State    state      `xml:"state"`
	At       Timestamp  `xml:"at"`
	Then     *Timestamp `xml:"then,omitempty"`
	Never    Timestamp  `xml:"never,omitempty"`
	Pointed  byPointer  `xml:"pointed"`
	Address  net.IP     `xml:"address,omitempty"`
	Hidden   string     `xml:"-"`
	unseen   string
	Nested   nested            `xml:"nested"`
	Optional *nested           `xml:"optional"`
	Given    *string           `xml:"given,omitempty"`
	Twice    **string          `xml:"twice"`
	Names    Set[string]       `xml:"nameSet"`
	Some     Set[*nested]      `xml:"some,omitempty"`
	Lists    Set[Members[int]] `xml:"lists"`
	Empty    Set[struct{}]     `xml:"empty"`
	embedded
	Last nested `xml:"last"`
}

type embedded struct {
	Inside string `xml:"inside"`
	Deeper
}

// Deeper is embedded in what is embedded.
type Deeper struct {
	Depth int `xml:"depth"`
}

type nested struct {
	Key      string      `xml:"key"`
	Children Set[nested] `xml:"children,omitempty"`
	Parent   *nested     `xml:"parent"`
}

type state string

// byPointer is text only through its pointer.
type byPointer struct{ text string }

func (p *byPointer) MarshalText() ([]byte, error) { return []byte("<" + p.text + ">"), nil }

func both(t *testing.T, out any) (standard, fast string, err error) {
	t.Helper()
	plan := planXML(reflect.TypeOf(out).Elem())
	if plan == nil {
		t.Fatalf("%T has no plan", out)
	}
	inner, err := innerXML(out)
	x := &xmlWriter{}
	if err2 := x.content(plan, out); (err == nil) != (err2 == nil) {
		t.Fatalf("%v, encoding/xml: %v", err2, err)
	}
	return string(inner), x.String(), err
}

// TestPlanIsEncodingXML: the plan of everything that it knows writes what encoding/xml does.
func TestPlanIsEncodingXML(t *testing.T) {
	n, text := int64(math.MinInt64), "a & b"
	pointer, none := &text, (*string)(nil)
	at := Timestamp{time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", 3600))}
	full := planned{
		Text: "<'\"&>\t\r\n\x00\xff\u00fc\ufffe\ufffd", Short: " ", Yes: true, Maybe: true, Int: -5, Small: -128, Long: &n, Uint: 65535,
		Ratio: 1e21, Single: 0.1, State: "a<b", At: at, Then: &at, Never: at, Pointed: byPointer{"x"}, Address: net.IPv4(10, 0, 0, 1),
		Hidden: "h", unseen: "u", Nested: nested{Key: "k", Parent: &nested{Key: "p"}, Children: Set[nested]{{Key: "c"}, {}}}, Optional: &nested{},
		Given: &text, Twice: &pointer, Names: Set[string]{"", "a", "&"}, Some: Set[*nested]{{Key: "s"}, nil}, Lists: Set[Members[int]]{{1, 2}, {}, nil},
		Empty: Set[struct{}]{{}, {}}, embedded: embedded{"in", Deeper{3}}, Last: nested{Key: "z"},
	}
	tests := []struct {
		name string
		out  *planned
		has  []string // what must be in it
	}{
		{"zero", &planned{}, []string{"<text></text><yes>false</yes>", "<nameSet></nameSet><lists></lists><empty></empty><inside>", "<at>0001-01-01T00:00:00.000Z</at>", "<pointed>&lt;&gt;</pointed>"}},
		{"full", &full, []string{
			"<text>&lt;&#39;&#34;&amp;&gt;&#x9;&#xD;&#xA;\ufffd\ufffd\u00fc\ufffd\ufffd</text>", "<at>2026-01-02T02:04:05.678Z</at>", "<address>10.0.0.1</address>",
			"<nameSet><item></item><item>a</item><item>&amp;</item></nameSet>", "<lists><item><member>1</member><member>2</member></item><item></item>", "<inside>in</inside><depth>3</depth><last>",
		}},
		{"pointers to what is empty", &planned{Long: new(int64), Then: &Timestamp{}, Given: new(string), Twice: &none, Some: Set[*nested]{}}, []string{"<long>0</long>", "<given></given>"}},
		{"no number", &planned{Ratio: math.NaN(), Single: float32(math.Inf(-1))}, []string{"<ratio>NaN</ratio>", "<single>-Inf</single>"}},
		{"negative zeros", &planned{Ratio: math.Copysign(0, -1), Single: float32(math.Copysign(0, -1))}, []string{"<ratio>-0</ratio>"}},
	}
	for _, tt := range tests {
		standard, fast, err := both(t, tt.out)
		if err != nil || fast != standard {
			t.Errorf("%s: %v\n%s\nencoding/xml:\n%s", tt.name, err, fast, standard)
		}
		for _, part := range tt.has {
			if !strings.Contains(fast, part) {
				t.Errorf("%s: no %s in %s", tt.name, part, fast)
			}
		}
	}
	if _, _, err := both(t, &struct {
		At net.IP `xml:"at"`
	}{net.IP{1}}); err == nil {
		t.Error("an address of one byte is no error")
	}
}

type named struct {
	XMLName xml.Name `xml:"n"`
	Text    string   `xml:"text"`
}

type attributed struct {
	A string `xml:"a,attr"`
}

type ownXML struct{}

// MarshalXML writes what no plan can foresee.
func (ownXML) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement("own", xml.StartElement{Name: xml.Name{Local: "other"}})
}

// TestNoPlan: what only encoding/xml knows how to write is left to it, also deep inside.
func TestNoPlan(t *testing.T) {
	tests := []struct {
		name string
		out  any
		says string
	}{
		{"attribute", &struct {
			S Set[attributed] `xml:"s"`
		}{Set[attributed]{{"x"}}}, `<s><item a="x"></item></s>`},
		{"path", &struct {
			A string `xml:"a>b"`
		}{"x"}, "<a><b>x</b></a>"},
		{"character data", &struct {
			A string `xml:",chardata"`
		}{"x&"}, "x&amp;"},
		{"namespace", &struct {
			A string `xml:"urn:x a"`
		}{"x"}, `<a xmlns="urn:x">x</a>`},
		{"no tag", &struct{ A string }{"x"}, "<A>x</A>"},
		{"plain list", &struct {
			A []string `xml:"a"`
		}{[]string{"x", "y"}}, "<a>x</a><a>y</a>"},
		{"interface", &struct {
			A any `xml:"a"`
		}{1}, "<a>1</a>"},
		{"name of its own", &struct {
			A Set[named] `xml:"n"`
		}{Set[named]{{Text: "x"}}}, "<n><item><text>x</text></item></n>"},
		{"marshaler", &struct {
			A Set[ownXML] `xml:"a"`
		}{Set[ownXML]{{}}}, "<a><other>own</other></a>"},
		{"embedded pointer", &struct {
			*Deeper
		}{&Deeper{4}}, "<depth>4</depth>"},
		{"two of a name", &struct {
			Deeper
			D int `xml:"depth"`
		}{Deeper{1}, 2}, "<depth>2</depth>"},
	}
	for _, tt := range tests {
		plan := planXML(reflect.TypeOf(tt.out).Elem())
		x := &xmlWriter{}
		if err := x.content(plan, tt.out); plan != nil || err != nil || x.String() != tt.says {
			t.Errorf("%s: plan %t, %v, %s", tt.name, plan != nil, err, x)
		}
	}
}

// FuzzEscape: text is escaped as encoding/xml does, in an element too.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "fl-0123", "R&D <'\">", "\t\r\n", "\x00\x1f\x7f\x80", "ü€😀", "\xff\xc3", "\ufffd\ufffe\uffff", "\xed\xa0\x80", "a\xf0\x9f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, want := &xmlWriter{}, &bytes.Buffer{}
		x.escape(s)
		if err := xml.EscapeText(want, []byte(s)); err != nil || x.String() != want.String() {
			t.Errorf("%q: %q instead of %q, %v", s, x, want, err)
		}
		if standard, fast, err := both(t, &benchTag{s, "v"}); err != nil || fast != standard || !strings.Contains(fast, want.String()) {
			t.Errorf("%q: %q instead of %q, %v", s, fast, standard, err)
		}
	})
}
