package ec2_test

import (
	"compress/gzip"
	"context"
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/ec2"
)

// model is AWS's description of EC2, as botocore has it.
type model struct {
	Operations map[string]struct{ Input, Output *member }
	Shapes     map[string]*shape
}

type shape struct {
	Type    string
	Member  *member // of a list
	Members map[string]*member
	Min     *float64
	Max     *float64
}

type member struct{ Shape, QueryName, LocationName string }

// asked is a member's name in a request of the "ec2" protocol. Source: botocore's EC2Serializer.
func (m *member) asked(name string) string {
	switch {
	case m.QueryName != "":
		return m.QueryName
	case m.LocationName != "":
		return strings.ToUpper(m.LocationName[:1]) + m.LocationName[1:]
	}
	return name
}

// answered is a member's name in an answer.
func (m *member) answered(name string) string {
	if m.LocationName != "" {
		return m.LocationName
	}
	return name
}

// loadModel reads botocore's model.
func loadModel(t *testing.T) *model {
	t.Helper()
	out, err := exec.Command("python3", "-c", "import botocore, os; print(botocore.__version__, os.path.dirname(botocore.__file__))").Output()
	if err != nil {
		t.Skip("AWS's EC2 model is missing: it comes with botocore (pip install botocore)")
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	t.Logf("the model of botocore %s", version) // another one may have more
	f, err := os.Open(filepath.Join(dir, "data", "ec2", "2016-11-15", "service-2.json.gz"))
	if err != nil {
		t.Skipf("botocore has no EC2 model: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{}
	if err := json.NewDecoder(z).Decode(m); err != nil {
		t.Fatal(err)
	}
	m.add(newer)
	return m
}

// add adds shapes, and members to those that are there.
func (m *model) add(shapes map[string]*shape) {
	for name, s := range shapes {
		if have := m.Shapes[name]; have != nil {
			maps.Copy(have.Members, s.Members)
		} else {
			m.Shapes[name] = s
		}
	}
}

// newer is what AWS has and botocore 1.43.11 does not know: the tag fields of flow
// logs. Source: EC2 API, CreateFlowLogs and FlowLog, since 2026-06-09.
var newer = map[string]*shape{
	"CreateFlowLogsRequest": {Members: map[string]*member{"TagFieldSpecifications": {Shape: "TagFieldsRequest", LocationName: "TagFieldSpecification"}}},
	"TagFieldsRequest":      {Type: "list", Member: &member{Shape: "TagFieldRequest"}},
	"TagFieldRequest":       {Type: "structure", Members: map[string]*member{"ResourceType": {Shape: "String"}, "TagKeys": {Shape: "ValueStringList", LocationName: "TagKey"}}},
	"FlowLog":               {Members: map[string]*member{"TagFieldSpecifications": {Shape: "TagFields", LocationName: "tagFieldSpecificationSet"}}},
	"TagFields":             {Type: "list", Member: &member{Shape: "TagField", LocationName: "item"}},
	"TagField": {Type: "structure", Members: map[string]*member{
		"ResourceType": {Shape: "String", LocationName: "resourceType"}, "TagKeys": {Shape: "ValueStringList", LocationName: "tagKeySet"},
	}},
}

// exact are the actions of which nothing may lack in answers.
var exact = []string{
	"CreateFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs", "GetFlowLogsIntegrationTemplate", "CreateTags", "DeleteTags", "DescribeTags",
}

// TestModel holds the members of every action against AWS's model: their names
// on the wire and their types. All that a request may have must be known, decoded
// or ignored.
func TestModel(t *testing.T) {
	m := loadModel(t)
	var wrong, lacking []string
	for _, a := range ec2.Service(ec2.Options{}).Actions {
		faults, lacks := m.compare(a)
		wrong = append(wrong, faults...)
		if slices.Contains(exact, a.Name) {
			lacking = append(lacking, lacks...)
		} else if len(lacks) > 0 {
			t.Logf("%s: %d members of AWS's answer are lacking", a.Name, len(lacks))
		}
	}
	for _, fault := range append(wrong, lacking...) {
		t.Error(fault)
	}
}

// compare says what is wrong with an action, and which members its answer lacks.
func (m *model) compare(a api.Action) (wrong, lacking []string) {
	op, known := m.Operations[a.Name]
	if !known {
		return []string{a.Name + ": AWS has no such action"}, nil
	}
	in := comparison{model: m, request: true}
	in.root(op.Input, a.Input(), a.Name+" request ")
	out := comparison{model: m}
	// What the model gives no answer for says that it was done. Source: EC2 API, DeleteTags and others.
	if names := out.ours(a.Output()); op.Output != nil || len(names) != 1 || names["return"] == nil || names["return"].Kind() != reflect.Bool {
		out.root(op.Output, a.Output(), a.Name+" answer ")
	}
	for _, path := range in.lacking {
		wrong = append(wrong, path+": neither decoded nor ignored")
	}
	for _, path := range out.lacking {
		lacking = append(lacking, path+" is lacking")
	}
	return slices.Concat(wrong, in.wrong, out.wrong), lacking
}

// comparison is of the members of a request or of an answer.
type comparison struct {
	model   *model
	request bool
	wrong   []string
	lacking []string
	inside  []pair // the structures that are being compared: one may be in itself
}

type pair struct {
	shape string
	t     reflect.Type
}

func (c *comparison) errorf(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func (c *comparison) root(m *member, t reflect.Type, path string) {
	if m == nil {
		m = &member{}
	}
	c.structure(m.Shape, t, path)
}

// structure compares a struct with a structure; path ends where its members' names follow.
func (c *comparison) structure(name string, t reflect.Type, path string) {
	here := pair{name, t}
	if slices.Contains(c.inside, here) {
		return
	}
	c.inside = append(c.inside, here)
	defer func() { c.inside = c.inside[:len(c.inside)-1] }()
	theirs := map[string]*member{}
	if s := c.model.Shapes[name]; s != nil {
		for name, m := range s.Members {
			theirs[c.wireName(m, name)] = m
		}
	}
	ours, ignored := c.ours(t), map[string]bool{}
	if c.request {
		ignored = ignoredNames(t)
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		switch f := ours[name]; {
		case f != nil && ignored[name]:
			c.errorf("%s%s: decoded and ignored", path, name)
		case f != nil:
			c.value(theirs[name].Shape, f, path+name)
		case !ignored[name]:
			c.lacking = append(c.lacking, path+name)
		}
	}
	maps.Copy(ignored, asSet(ours))
	for _, name := range slices.Sorted(maps.Keys(ignored)) {
		if theirs[name] == nil {
			c.errorf("%s%s: AWS has no such member", path, name)
		}
	}
}

func (c *comparison) wireName(m *member, name string) string {
	if c.request {
		return m.asked(name)
	}
	return m.answered(name)
}

// ours gives the types of a struct's members by their names on the wire.
func (c *comparison) ours(t reflect.Type) map[string]reflect.Type {
	key := "xml"
	if c.request {
		key = "query"
	}
	out := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get(key), ",")
		if name != "" && name != "-" && isDirect(t, f.Index) {
			out[name] = f.Type
		}
	}
	return out
}

// isDirect says whether the field at index is the struct's own: a field of the
// struct or of one that is embedded without a name.
func isDirect(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		f := t.Field(i)
		if f.Tag.Get("query") != "" || f.Tag.Get("xml") != "" || f.Type.Kind() != reflect.Struct {
			return false
		}
		t = f.Type
	}
	return true
}

// ignoredNames gives the names in the blank fields of a struct and of those embedded in it.
func ignoredNames(t reflect.Type) map[string]bool {
	out := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			for name := range strings.FieldsSeq(f.Tag.Get("ignored")) {
				out[name] = true
			}
		} else if f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("query") == "" {
			maps.Copy(out, ignoredNames(f.Type))
		}
	}
	return out
}

func asSet[V any](m map[string]V) map[string]bool {
	out := map[string]bool{}
	for name := range m {
		out[name] = true
	}
	return out
}

// value compares a member's type with the model's.
func (c *comparison) value(name string, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := c.model.Shapes[name]
	if !c.fits(s.Type, t) {
		c.errorf("%s: a %s of AWS is a %s here", path, s.Type, t)
		return
	}
	switch {
	case s.Type == "structure":
		c.structure(name, t, path+".")
	case s.Type == "list" && c.request:
		c.value(s.Member.Shape, t.Elem(), path+".N")
	case s.Type == "list":
		if item := s.Member.answered("item"); item != "item" {
			c.errorf("%s: AWS's list has <%s>", path, item)
		}
		c.value(s.Member.Shape, t.Elem(), path+".N")
	}
}

// fits says whether a Go type can hold what the model calls kind.
func (c *comparison) fits(kind string, t reflect.Type) bool {
	text := isText(t)
	switch kind {
	case "boolean":
		return !text && t.Kind() == reflect.Bool
	case "integer", "long":
		return !text && slices.Contains([]reflect.Kind{reflect.Int, reflect.Int32, reflect.Int64}, t.Kind())
	case "float", "double":
		return !text && t.Kind() == reflect.Float64
	case "timestamp":
		return t == reflect.TypeFor[api.Timestamp]()
	case "list":
		return t.Kind() == reflect.Slice && (c.request || isSet(t))
	case "structure":
		return !text && t.Kind() == reflect.Struct
	case "string", "blob":
		return t.Kind() == reflect.String || text && t != reflect.TypeFor[api.Timestamp]()
	}
	return false
}

// isText says whether a type reads and writes itself as text.
func isText(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// isSet says whether a type is an api.Set: only those are written with <item>.
func isSet(t reflect.Type) bool {
	set := reflect.TypeFor[api.Set[string]]()
	return t.PkgPath() == set.PkgPath() && strings.HasPrefix(t.Name(), "Set[") && t.Implements(reflect.TypeFor[xml.Marshaler]())
}

// The faults that TestComparison must see.
type (
	faultyInput struct {
		_         struct{} `ignored:"NextToken MaxReslts DryRun"`
		DryRun    string   `query:"DryRun"`
		FlowLogID []int    `query:"FlowLogId"`
		Filters   []struct {
			Name   bool    `query:"Name"`
			Values string  `query:"Value"`
			Extra  *string `query:"Extra"`
		} `query:"Filter"`
		embedded
	}
	embedded struct {
		Token string `query:"Token"`
	}
	faultyOutput struct {
		FlowLogs []faultyLog `xml:"flowLogSet"`
	}
	listOutput struct {
		FlowLogs api.Set[faultyLog] `xml:"flowLogSet"`
	}
	faultyLog struct {
		CreationTime string             `xml:"creationTime"`
		FlowLogID    *api.Timestamp     `xml:"flowLogId"`
		Options      api.Set[string]    `xml:"destinationOptions"`
		Interval     *bool              `xml:"maxAggregationInterval"`
		Tags         api.Set[*embedded] `xml:"tagSet,omitempty"`
		Unknown      string             `xml:"flowLogID"`
	}
)

// TestComparison holds that every kind of fault is seen.
func TestComparison(t *testing.T) {
	m := loadModel(t)
	wrong, _ := m.compare(api.Query("DescribeFlowLogs", func(context.Context, *faultyInput) (*faultyOutput, error) { return nil, nil }))
	expected := []string{
		"DescribeFlowLogs request MaxResults: neither decoded nor ignored",
		"DescribeFlowLogs request MaxReslts: AWS has no such member",
		"DescribeFlowLogs request DryRun: decoded and ignored",
		"DescribeFlowLogs request Filter.N.Name: a string of AWS is a bool here",
		"DescribeFlowLogs request Filter.N.Value: a list of AWS is a string here",
		"DescribeFlowLogs request Filter.N.Extra: AWS has no such member",
		"DescribeFlowLogs request FlowLogId.N: a string of AWS is a int here",
		"DescribeFlowLogs request Token: AWS has no such member",
		"DescribeFlowLogs answer flowLogSet: a list of AWS is a []ec2_test.faultyLog here",
	}
	slices.Sort(wrong)
	slices.Sort(expected)
	if !slices.Equal(wrong, expected) {
		t.Errorf("got %q\nwant %q", wrong, expected)
	}
	wrong, lacking := m.compare(api.Query("DescribeFlowLogs", func(context.Context, *struct{}) (*listOutput, error) { return nil, nil }))
	for _, want := range []string{
		"DescribeFlowLogs request Filter: neither decoded nor ignored",
		"DescribeFlowLogs answer flowLogSet.N.creationTime: a timestamp of AWS is a string here",
		"DescribeFlowLogs answer flowLogSet.N.flowLogId: a string of AWS is a api.Timestamp here",
		"DescribeFlowLogs answer flowLogSet.N.destinationOptions: a structure of AWS is a api.Set[string] here",
		"DescribeFlowLogs answer flowLogSet.N.maxAggregationInterval: a integer of AWS is a bool here",
		"DescribeFlowLogs answer flowLogSet.N.flowLogID: AWS has no such member",
	} {
		if !slices.Contains(wrong, want) {
			t.Errorf("not seen: %s\nbut: %s", want, strings.Join(wrong, "\n"))
		}
	}
	for _, want := range []string{
		"DescribeFlowLogs answer nextToken is lacking", "DescribeFlowLogs answer flowLogSet.N.tagSet.N.key is lacking",
		"DescribeFlowLogs answer flowLogSet.N.tagFieldSpecificationSet is lacking",
	} {
		if !slices.Contains(lacking, want) {
			t.Errorf("not seen: %s", want)
		}
	}
	if wrong, _ := m.compare(api.Query("DescribeFlowLog", func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })); len(wrong) != 1 {
		t.Errorf("an action that AWS does not have: %v", wrong)
	}
}
