package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

type launchInput struct {
	_      struct{} `ignored:"BlockDeviceMapping  EbsOptimized"`
	Image  string   `query:"ImageId"`
	Launch struct {
		_    struct{} `ignored:"Monitoring"`
		Type string   `query:"InstanceType"`
	} `query:"LaunchSpecification"`
	Interfaces []struct {
		_      struct{} `ignored:"EnaSrdSpecification AssociateCarrierIpAddress"`
		Subnet string   `query:"SubnetId"`
		Index  *int     `query:"DeviceIndex"`
	} `query:"NetworkInterface"`
	launchEmbedded
}

type launchEmbedded struct {
	_      struct{} `ignored:"Placement"`
	DryRun bool     `query:"DryRun"`
}

func mustParse(t testing.TB, form string) parameters {
	t.Helper()
	p, err := parseParameters([]byte(form), "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestIgnoredParameters: what a struct names as without effect is taken whole,
// there and at no other level.
func TestIgnoredParameters(t *testing.T) {
	tests := []struct {
		name, form string
		unknown    string // the parameter that is refused
	}{
		{"a scalar", "ImageId=ami-1&EbsOptimized=true", ""},
		{"with any value", "ImageId=ami-1&EbsOptimized=perhaps", ""},
		{"a list of structs", "ImageId=ami-1&BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.2.DeviceName=sda", ""},
		{"of an embedded struct", "ImageId=ami-1&Placement.Tenancy=default", ""},
		{"of a nested struct", "ImageId=ami-1&LaunchSpecification.Monitoring.Enabled=true", ""},
		{"of a struct in a list", "ImageId=ami-1&NetworkInterface.1.EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled=true&NetworkInterface.2.AssociateCarrierIpAddress=x", ""},
		{"another level's", "ImageId=ami-1&Monitoring.Enabled=true", "Monitoring.Enabled"},
		{"the top's below", "ImageId=ami-1&LaunchSpecification.EbsOptimized=true", "LaunchSpecification.EbsOptimized"},
		{"the top's in a list", "ImageId=ami-1&NetworkInterface.1.EbsOptimized=true", "NetworkInterface.1.EbsOptimized"},
		{"beside an unknown one", "ImageId=ami-1&EbsOptimized=true&Nope=1", "Nope"},
		{"a part of the name", "ImageId=ami-1&Ebs=true", "Ebs"},
		{"the tag is no name", "ImageId=ami-1&_=x", "_"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in launchInput
			err := decodeForm(mustParse(t, tt.form), &in, flatLists)
			if in.Image != "ami-1" {
				t.Errorf("the image is %q", in.Image)
			}
			if tt.unknown == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != "UnknownParameter" || !strings.Contains(e.Message, " "+tt.unknown+" ") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestListOrder: lists are in the order of their numbers, whatever the order in
// the form, and a list ends where its name does.
func TestListOrder(t *testing.T) {
	tests := []struct{ name, form, ids, unknown string }{
		{"as it came", "ResourceId.1=a&ResourceId.2=b&ResourceId.10=c", "a b c", ""},
		{"sorted as text, as aws-sdk-go-v2 sends it", "ResourceId.1=a&ResourceId.10=c&ResourceId.2=b", "a b c", ""},
		{"backwards, with gaps", "ResourceId.18446744073709551615=c&ResourceId.7=b&ResourceId.0=a", "a b c", ""},
		{"zeros in front", "ResourceId.1=b&ResourceId.01=a&ResourceId.002=c&ResourceId.3=d", "a b c d", ""},
		{"a name that goes on", "ResourceId.1=a&ResourceId-x.2=c&ResourceId.2=b", "a b", "ResourceId-x.2"},
		{"a name that is shorter", "ResourceI.1=x&ResourceId.1=a", "a", "ResourceI.1"},
		{"twice the same", "ResourceId.1=a&ResourceId.2=b&ResourceId.1=c", "a b", ""},
		{"no number", "ResourceId.1=a&ResourceId.x=b&ResourceId.=c", "a", "ResourceId."},
		{"a number that is too large", "ResourceId.1=a&ResourceId.18446744073709551616=b", "a", "ResourceId.18446744073709551616"},
		{"signed and spaced", "ResourceId.1=a&ResourceId.%2B2=b", "a", "ResourceId.+2"},
		{"below a scalar", "ResourceId.1=a&ResourceId.1.1=b&ResourceId.2=c", "a c", "ResourceId.1.1"},
		{"a list that is none", "ResourceId=x&ResourceId.1=a", "a", "ResourceId"},
		{"the first of two unknown", "Nope.10=x&ResourceId.1=a&Nope.9=y", "a", "Nope.9"},
		{"of the protocol", "Action=x&Version=y&X-Amz-Date=z&ResourceId.1=a", "a", ""},
		{"below what is of the protocol", "Action.1=x&ResourceId.1=a", "a", "Action.1"},
	}
	for _, tt := range tests {
		var in echoInput
		err := decodeForm(mustParse(t, tt.form), &in, flatLists)
		if got := strings.Join(in.IDs, " "); got != tt.ids || (err == nil) != (tt.unknown == "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), " "+tt.unknown+" ") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// everyInput has every kind of field that a form can fill.
type everyInput struct {
	_        struct{}    `ignored:"Kernel RamDisk"`
	Text     string      `query:"Text"`
	Flag     bool        `query:"Flag"`
	Number   int         `query:"Number"`
	Narrow   int32       `query:"Narrow"`
	Wide     *int64      `query:"Wide"`
	Ratio    float64     `query:"Ratio"`
	Start    Timestamp   `query:"Start"`
	End      *Timestamp  `query:"End"`
	Address  netip.Addr  `query:"Address"`
	IDs      []string    `query:"ResourceId"`
	Counts   []*int      `query:"Count"`
	Times    []Timestamp `query:"Time"`
	Matrix   [][]string  `query:"Row"`
	Nested   everyNested `query:"Nested"`
	Optional *struct {
		On   bool         `query:"On"`
		Deep *everyNested `query:"Deep"`
	} `query:"Optional"`
	List []everyNested `query:"Item"`
	everyEmbedded
}

type everyEmbedded struct {
	DryRun *bool `query:"DryRun"`
}

type everyNested struct {
	Name   string   `query:"Name"`
	_      struct{} `ignored:"Tenancy"`
	Values []string `query:"Value"`
	Inner  []struct {
		Key  string  `query:"Key"`
		Text *string `query:"Text"`
	} `query:"Inner"`
}

// appendForm adds to form what decodes into v again: the opposite of formDecoder.value.
func appendForm(form url.Values, v reflect.Value, path string, style listStyle) {
	switch x := v.Interface().(type) {
	case Timestamp:
		form.Set(path, x.Format(time.RFC3339Nano))
		return
	case netip.Addr:
		text, _ := x.MarshalText() // never fails
		form.Set(path, string(text))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			appendForm(form, v.Elem(), path, style)
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) { // an embedded struct's are among them
			if name := f.Tag.Get("query"); name != "" {
				appendForm(form, v.FieldByIndex(f.Index), strings.TrimPrefix(path+"."+name, "."), style)
			}
		}
	case reflect.Slice:
		if style == memberLists {
			if v.Len() == 0 {
				form.Set(path, "") // how this protocol says that a list is empty
			}
			path += ".member"
		}
		for i := range v.Len() {
			appendForm(form, v.Index(i), path+"."+strconv.Itoa(i+1), style)
		}
	default:
		form.Set(path, fmt.Sprint(v.Interface()))
	}
}

// FuzzForm: whatever the form, decoding ends with a struct or an error for the
// caller, both the same every time; no list is longer than the form has
// parameters; and the struct, made a form again, decodes to the same struct.
func FuzzForm(f *testing.F) {
	for _, s := range []string{
		"ResourceId.1=a&ResourceId.2=b", "ResourceId.999999999999=a", "ResourceId.1=a&ResourceId.01=b", "Item.1.Name=x&Item.1.Value.1=y&Item.3.Value.7=z",
		"Number=5&Narrow=-7&Wide=9223372036854775807&Ratio=2.5&Flag=TRUE&DryRun=0", "Start=2026-01-02T03:04:05.678Z&End=2026-01-02&Time.1=2026-01-02T03:04:05-07:00",
		"Address=fe80::1%25eth0&Count.1=1&Count.2=2", "Row.1.1=a&Row.1.2=b&Row.2.1=c", "Row.1=a&Row.2.x=b", "Nested.Inner.1.Key=k&Nested.Inner.1.Text=&Optional.Deep.Value.1=v",
		"Kernel.1.2.3=a&Nested.Tenancy=x&Item.1.Tenancy.Deep=y", "Item.1.Kernel=x", "Row.member.1.member.2=a&Item.member.1.Inner.member.1.Key=k&ResourceId=",
		"ResourceId=a&ResourceId.1.2.3=b", "Item.1=x", "a;b=1", "a=1&&b=%zz&%zz=1&c", "a.b.c.d.e.f.g.h.i.j.k.l.m.n=1&a.b.c.d.e.f.g.h.i.j.k.l.m.o=1", "%zz=1", "Flag=maybe", "Narrow=2147483648", "Ratio=NaN",
		"End=yesterday", "Text=%ff%00%0d", "=", ".=.", "ResourceId..1=a", "Action=x&Version=y&Action.z=1", "Nope=1&Another=2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		form, err := parseParameters([]byte(s), "")
		values := url.Values{}
		for _, p := range form {
			values.Add(p.name, p.value)
		}
		if standard, err2 := url.ParseQuery(strings.TrimSpace(s)); (err == nil) != (err2 == nil) || !reflect.DeepEqual(values, standard) {
			t.Errorf("%v %v, net/url: %v %v", values, err, standard, err2)
		}
		if err != nil {
			return
		}
		for _, style := range []listStyle{flatLists, memberLists} {
			again, err := decodeAndEncode(t, form, style)
			same, err2 := decodeAndEncode(t, form, style)
			if fmt.Sprint(err) != fmt.Sprint(err2) || !reflect.DeepEqual(again, same) {
				t.Errorf("twice decoded, two results: %v %v, %v %v", again, err, same, err2)
			}
			if err != nil || len(again) > maxParameters {
				continue
			}
			if same, err = decodeAndEncode(t, mustParse(t, again.Encode()), style); err != nil || !reflect.DeepEqual(again, same) {
				t.Errorf("%v, decoded and made a form again: %v %v", again, same, err)
			}
		}
	})
}

// decodeAndEncode checks what any decoding must hold, and gives the struct as a
// form, which for two structs is the same only if they are.
func decodeAndEncode(t *testing.T, form parameters, style listStyle) (url.Values, error) {
	t.Helper()
	var in everyInput
	if err := decodeForm(form, &in, style); err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Code == "" || e.Message == "" || e.status() != http.StatusBadRequest {
			t.Errorf("no error for a caller: %#v", err)
		}
		return nil, err
	}
	if n := len(in.IDs) + len(in.Counts) + len(in.Times) + len(in.Matrix) + len(in.List); n > len(form) {
		t.Errorf("%d items of %d parameters", n, len(form))
	}
	out := url.Values{}
	appendForm(out, reflect.ValueOf(in), "", style)
	return out, nil
}

// BenchmarkForm decodes as many parameters as a request may have, in the order
// in which they were made and in that of their text, which aws-sdk-go-v2 sends.
func BenchmarkForm(b *testing.B) {
	forms := map[string]func(i int) string{
		"ids":       func(i int) string { return fmt.Sprintf("ResourceId.%d=fl-%017d", i+1, i) },
		"filters":   func(i int) string { return fmt.Sprintf("Item.%d.Value.%d=eni-%017d", i/200+1, i%200+1, i) },
		"structs":   func(i int) string { return fmt.Sprintf("Item.%d.Name=%d", i+1, i) },
		"lists":     func(i int) string { return fmt.Sprintf("Row.%d.%d=x", i/2+1, i%2+1) },
		"ignored":   func(i int) string { return fmt.Sprintf("Kernel.%d=x", i) },
		"deep":      func(i int) string { return fmt.Sprintf("%d%s=x", i, strings.Repeat(".a", 200)) }, // 8 MB
		"all alike": func(int) string { return "ResourceId.1=a" },
	}
	for name, parameter := range forms {
		form := make([]string, maxParameters)
		for i := range form {
			form[i] = parameter(i)
		}
		for _, order := range []string{"made", "text"} {
			if order == "text" {
				slices.Sort(form)
			}
			body := strings.Join(form, "&")
			b.Run(name+"/"+order, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := decodeForm(mustParse(b, body), new(everyInput), flatLists); (err == nil) == (name == "deep") {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
