package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

const e2eDir = "../../e2e"

// step is a call of e2e/testdata/calls.json and what comes back from it. {{name}}
// in parameters and expectations is what an earlier step has saved.
type step struct {
	Name       string
	Action     string
	Parameters any
	Answer     any               // see expectation.match
	Error      *failure          // instead of an answer; no message is any
	Save       map[string]string // name to the path of a value in the answer: FlowLogs.0.FlowLogId
	Source     string            // where the expectation is from, if not from AWS's API reference
	Clients    []string          // that can make the call, if not all
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`
	Status  int    `json:"status,omitempty"`
}

// reply is what a client got, or that it refused to make the call.
type reply struct {
	Answer  any      `json:"answer"`
	Error   *failure `json:"error"`
	Refused string   `json:"refused"`
}

// caller is a client that makes a call.
type caller func(t *testing.T, action string, parameters any) reply

// TestClients makes the same calls with three of AWS's clients, each with a flowemu
// of its own, and compares what they get.
func TestClients(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(e2eDir, "testdata", "calls.json"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&steps); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		new  func(*testing.T, *process) caller
	}{{"aws-sdk-go-v2", goClient}, {"boto3", boto3Client}, {"JavaScript", jsClient}} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, false, "--data", "memory", "--capture", "none")
			p.eni(t) // or skip
			call := c.new(t, p)
			if _, err := p.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("flow-logs")}); err != nil {
				t.Fatal(err)
			}
			saved := map[string]string{}
			for _, s := range steps {
				if len(s.Clients) > 0 && !slices.Contains(s.Clients, c.name) {
					continue
				}
				t.Run(s.Name, func(t *testing.T) { s.run(t, call, saved) })
			}
		})
	}
}

// run makes the call and compares.
func (s *step) run(t *testing.T, call caller, saved map[string]string) {
	parameters, err := expand(s.Parameters, saved)
	if err != nil {
		t.Fatal(err)
	}
	got := call(t, s.Action, parameters)
	if got.Refused != "" {
		t.Skip("the client cannot make this call: " + got.Refused)
	}
	if err := s.check(got, saved); err != nil {
		t.Fatalf("%s: %v\nsource: %s", s.Action, err, s.Source)
	}
	for name, path := range s.Save {
		if saved[name], err = at(got.Answer, path); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *step) check(got reply, saved map[string]string) error {
	switch {
	case s.Error == nil && got.Error != nil:
		return fmt.Errorf("got the error %+v", *got.Error)
	case s.Error == nil:
		want, err := expand(s.Answer, saved)
		if err != nil {
			return err
		}
		return match(want, got.Answer, "answer")
	case got.Error == nil:
		return fmt.Errorf("no error %s but the answer %v", s.Error.Code, got.Answer)
	}
	status := s.Error.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	message, err := expand(s.Error.Message, saved)
	if err != nil {
		return err
	}
	if e := got.Error; e.Code != s.Error.Code || message != "" && e.Message != message || e.Status != status {
		return fmt.Errorf("got %d %s %q, want %d %s %q", e.Status, e.Code, e.Message, status, s.Error.Code, message)
	}
	return nil
}

var variable = regexp.MustCompile(`{{\w+}}`)

// expand puts saved values in the place of {{name}}.
func expand(v any, saved map[string]string) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := variable.ReplaceAllStringFunc(string(text), func(name string) string {
		value, ok := saved[strings.Trim(name, "{}")]
		if !ok {
			err = fmt.Errorf("no step before has saved %s", name)
		}
		return value
	})
	if err != nil {
		return nil, err
	}
	var expanded any
	return expanded, json.Unmarshal([]byte(out), &expanded)
}

// match compares: "*" is anything, "~x" what fits the expression x. Objects have
// the same members, or at least those if there is a member "...". Lists have the
// same items in any order, for which AWS promises none.
func match(want, got any, path string) error {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is %v", path, got)
		}
		return matchObject(want, object, path)
	case []any:
		list, ok := got.([]any)
		if len(want) == 1 && len(list) == 1 {
			return match(want[0], list[0], path+".0") // which says more
		}
		if !ok || !pairs(want, list) {
			return fmt.Errorf("%s is %v, want %v", path, got, want)
		}
		return nil
	case string:
		pattern, isPattern := strings.CutPrefix(want, "~")
		if text, ok := got.(string); want == "*" || ok && isPattern && regexp.MustCompile("^(?:"+pattern+")$").MatchString(text) {
			return nil
		}
	}
	if got != want {
		return fmt.Errorf("%s is %v, want %v", path, got, want)
	}
	return nil
}

func matchObject(want, got map[string]any, path string) error {
	for name, w := range want {
		if name == "..." {
			continue
		}
		g, ok := got[name]
		if !ok {
			return fmt.Errorf("%s has no %s", path, name)
		}
		if err := match(w, g, path+"."+name); err != nil {
			return err
		}
	}
	for name, g := range got {
		if _, ok := want[name]; !ok && want["..."] == nil {
			return fmt.Errorf("%s has %s: %v", path, name, g)
		}
	}
	return nil
}

// pairs says whether every item that is wanted can be paired with one of its own.
func pairs(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	if len(want) == 0 {
		return true
	}
	for i, g := range got {
		if match(want[0], g, "") == nil && pairs(want[1:], slices.Concat(got[:i], got[i+1:])) {
			return true
		}
	}
	return false
}

// at gives the text at a path of names and indexes.
func at(v any, path string) (string, error) {
	for name := range strings.SplitSeq(path, ".") {
		switch inside := v.(type) {
		case map[string]any:
			v = inside[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(inside) {
				return "", fmt.Errorf("%s: there is no item %s", path, name)
			}
			v = inside[i]
		}
	}
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%s is %v", path, v)
	}
	return text, nil
}

// goClient calls the methods of the SDK's client by their names.
func goClient(_ *testing.T, p *process) caller {
	c := reflect.ValueOf(p.ec2())
	return func(t *testing.T, action string, parameters any) reply {
		method := c.MethodByName(action)
		in := reflect.New(method.Type().In(1).Elem())
		text, err := json.Marshal(parameters)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(in.Interface()); err != nil {
			return reply{Refused: err.Error()}
		}
		out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
		if err, failed := out[1].Interface().(error); failed {
			return reply{Error: goFailure(t, err)}
		}
		return reply{Answer: members(out[0].Elem())}
	}
}

func goFailure(t *testing.T, err error) *failure {
	t.Helper()
	var e smithy.APIError
	var r *awshttp.ResponseError
	if !errors.As(err, &e) || !errors.As(err, &r) {
		t.Fatal(err)
	}
	return &failure{e.ErrorCode(), e.ErrorMessage(), r.HTTPStatusCode()}
}

// members gives a value of the SDK's types as JSON has it, without what was not in the answer.
func members(v reflect.Value) any {
	switch value := v.Interface().(type) {
	case time.Time:
		return value.Format(time.RFC3339Nano)
	case middleware.Metadata:
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return members(v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = members(v.Index(i))
		}
		return list
	case reflect.Struct:
		object := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			absent := f.Type.Kind() == reflect.String && v.Field(i).Len() == 0 // an enumeration: it has no pointer
			if absent || !f.IsExported() {
				continue
			}
			if value := members(v.Field(i)); value != nil {
				object[f.Name] = value
			}
		}
		return object
	case reflect.String:
		return v.String()
	case reflect.Int32:
		return float64(v.Int())
	}
	return v.Interface()
}

func boto3Client(t *testing.T, p *process) caller {
	if err := exec.Command("python3", "-c", "import boto3").Run(); err != nil {
		t.Skip("python3 with boto3 is missing (pip install boto3)")
	}
	return program(t, "python3", filepath.Join("boto3", "caller.py"), p.endpoint)
}

func jsClient(t *testing.T, p *process) caller {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is missing")
	}
	if _, err := os.Stat(filepath.Join(e2eDir, "js", "node_modules")); err != nil {
		t.Skip("e2e/js/node_modules is missing: make e2e installs it")
	}
	return program(t, "node", filepath.Join("js", "caller.js"), p.endpoint)
}

// program starts a client that reads calls and writes replies, a line of JSON each.
func program(t *testing.T, name string, args ...string) caller {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = e2eDir, append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // it ends by itself
		_ = cmd.Wait()
	})
	calls, replies := json.NewEncoder(in), json.NewDecoder(out)
	return func(t *testing.T, action string, parameters any) (r reply) {
		if err := calls.Encode(map[string]any{"action": action, "parameters": parameters}); err != nil {
			t.Fatal(err)
		}
		if err := replies.Decode(&r); err != nil {
			_ = cmd.Wait()
			t.Fatalf("%s gave no reply: %v\n%s", name, err, &errs)
		}
		return r
	}
}
