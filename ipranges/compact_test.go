package ipranges

import (
	"bytes"
	"compress/gzip"
	"reflect"
	"strings"
	"testing"
)

// TestCompact: what gen writes is read as it was.
func TestCompact(t *testing.T) {
	want, err := Open("testdata/ip-ranges.json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := want.Compact(&b); err != nil {
		t.Fatal(err)
	}
	got, err := readCompact(&b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: got\n%v, want\n%v", err, got, want)
	}
}

func TestCompactRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "line 1"},
		{"3.0.0.0 EC2\n", "line 1"},
		{"syncToken \"\" createDate \"\"\n3.0.0 EC2\n", "line 2"},
		{"syncToken \"\" createDate \"\"\n3.0.0.0 EC2\n3.1.0.0\n", `line 3: unknown service ""`},
		{"syncToken \"\" createDate \"\"\n3.0.0.0 EC2 EC3\n", `line 2: unknown service "EC3"`},
	} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(c.text)); err != nil {
			t.Fatal(err)
		}
		z.Close()
		if _, err := readCompact(&b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := readCompact(strings.NewReader("not compressed")); err == nil {
		t.Error("what is not compressed was read")
	}
}

// TestEmbeddedSize keeps the program small.
func TestEmbeddedSize(t *testing.T) {
	if len(compact) > 100<<10 {
		t.Errorf("%d bytes", len(compact))
	}
}
