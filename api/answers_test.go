package api_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/api/sts"
)

// TestAnswersOfAllActions: every action of the query services has a plan for its
// answers, which writes what encoding/xml does, whatever the values are.
func TestAnswersOfAllActions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, service := range []api.Service{ec2.Service(ec2.Options{}), sts.Service()} {
		for _, a := range service.Actions {
			written := 0
			for range 30 {
				out := reflect.New(a.Output())
				fill(out.Elem(), r)
				standard, planned, err := a.XML(out.Interface())
				if err != nil || standard != planned {
					t.Fatalf("%s: %v\n%s\nencoding/xml:\n%s", a.Name, err, planned, standard)
				}
				written += len(planned)
			}
			if written == 0 {
				t.Errorf("%s: nothing was ever written", a.Name)
			}
		}
	}
}

// fill gives v any value; half of all scalars, pointers and lists stay empty.
func fill(v reflect.Value, r *rand.Rand) {
	if v.Kind() == reflect.Struct {
		if stamp, ok := v.Addr().Interface().(*api.Timestamp); ok {
			stamp.Time = time.UnixMilli(r.Int64N(1 << 40))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), r)
			}
		}
		return
	}
	if r.IntN(2) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range v.Len() {
			fill(v.Index(i), r)
		}
	case reflect.String:
		texts := []string{"eni-0123", "R&D <\"'>", "ü\t\r\n", "\xff\x00\ufffe", "${version}"}
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(int32(r.Uint32())))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(r.NormFloat64())
	}
}
