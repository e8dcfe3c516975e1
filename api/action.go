// Package api answers AWS requests for all services on one port.
package api

import (
	"context"
	"net/http"
	"reflect"
)

// Service is an AWS service: how its requests are recognised, and its actions.
type Service struct {
	SigningName  string // in the credential scope: "ec2"
	TargetPrefix string // of X-Amz-Target, for JSON services: "Logs_20140328"
	APIVersion   string // the Version parameter, for query services: "2016-11-15"
	Namespace    string // of XML answers, for query services
	Actions      []Action
}

// Action is one operation of a service, made by Query, PlainQuery or JSON.
type Action struct {
	Name    string
	in, out reflect.Type
	wire    wire
	plan    xmlPlan // of an answer in XML; nil leaves it to encoding/xml
	run     func(ctx context.Context, c *call) (any, error)
}

// Input gives the type that a request is decoded into, the In of Query, PlainQuery
// or JSON, so that a test can hold its members against AWS's model.
func (a Action) Input() reflect.Type { return a.in }

// Output gives the type of the answer, the Out of Query, PlainQuery or JSON.
func (a Action) Output() reflect.Type { return a.out }

// Query makes an action of the "ec2" protocol: a form in, XML out. In is a
// struct whose fields carry `query:"Name"` tags (form.go says what they may be),
// Out one with xml tags, whose fields follow <requestId> in the answer.
// A parameter that In has no field for is an error, unless a blank field's tag
// names it as one that has no effect: _ struct{} `ignored:"EbsOptimized Monitoring"`.
func Query[In, Out any](name string, h func(context.Context, *In) (*Out, error)) Action {
	return newAction(name, ec2Wire{}, func(c *call, in *In) error { return decodeForm(c.form, in, flatLists) }, h)
}

// PlainQuery makes an action of the "query" protocol, which STS and IAM speak:
// like Query with ".member.N" lists, a Result element around Out, and unknown parameters ignored.
func PlainQuery[In, Out any](name string, h func(context.Context, *In) (*Out, error)) Action {
	return newAction(name, queryWire{}, func(c *call, in *In) error { return decodeForm(c.form, in, memberLists) }, h)
}

// JSON makes an action of the AWS JSON 1.1 protocol. In and Out carry json tags;
// members that In does not know are ignored.
func JSON[In, Out any](name string, h func(context.Context, *In) (*Out, error)) Action {
	return newAction(name, jsonWire{}, func(c *call, in *In) error { return decodeJSON(c.body, in) }, h)
}

func newAction[In, Out any](name string, w wire, decode func(*call, *In) error, h func(context.Context, *In) (*Out, error)) Action {
	run := func(ctx context.Context, c *call) (any, error) {
		in := new(In)
		if err := decode(c, in); err != nil {
			return nil, err
		}
		out, err := h(ctx, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = new(Out)
		}
		return out, nil
	}
	return Action{Name: name, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), wire: w, plan: planXML(reflect.TypeFor[Out]()), run: run}
}

// call is one request for a service, read whole.
type call struct {
	id        string
	service   *Service // nil if it is not served
	action    string
	form      parameters
	body      []byte
	queryMode bool    // JSON of a service that once spoke query
	plan      xmlPlan // of the action
	json      string  // content type of a JSON answer, "" for 1.1
}

// wire is the form that a protocol gives to answers.
type wire interface {
	reply(w http.ResponseWriter, c *call, out any) error // writes nothing if it fails
	fail(w http.ResponseWriter, c *call, e *Error)
	unknown(c *call) *Error // the action is not among the service's
}

func (c *call) namespace() string {
	if c.service == nil {
		return ""
	}
	return c.service.Namespace
}
