package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

// serveRPC: no service speaks Smithy RPC v2 yet.
func (rt *router) serveRPC(w http.ResponseWriter, r *http.Request) {
	service, action := rpcOperation(r)
	if s := scopeOf(r).service; s != "" {
		service = s
	}
	c := &call{id: rt.newID(w), action: action}
	var form wire = cborWire{}
	if strings.Contains(r.Header.Get("Smithy-Protocol"), "json") {
		form, c.json = jsonWire{}, "application/json"
	}
	rt.fail(w, r, form, c, notEmulated("UnknownOperationException", "The service "+service))
}

// serveTarget finds the JSON service that X-Amz-Target names.
func (rt *router) serveTarget(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	dot := max(strings.LastIndexByte(target, '.'), 0)
	c := &call{id: rt.newID(w), action: strings.TrimPrefix(target[dot:], "."), queryMode: r.Header.Get("X-Amzn-Query-Mode") == "true"}
	if strings.HasPrefix(r.Header.Get("Content-Type"), json10) {
		c.json = json10
	}
	for i := range rt.opt.Services {
		s := &rt.opt.Services[i]
		if s.TargetPrefix != "" && s.TargetPrefix == target[:dot] {
			c.service = s
			rt.serve(w, r, jsonWire{}, c)
			return
		}
	}
	name := scopeOf(r).service
	if name == "" {
		name = target[:dot]
	}
	if name == "" {
		name = target
	}
	rt.fail(w, r, jsonWire{}, c, notEmulated("UnknownOperationException", "The service "+name))
}

// serveQuery finds the query service that the scope names or else, if nothing
// is signed, the Version. A request with neither is not guessed at.
func (rt *router) serveQuery(w http.ResponseWriter, r *http.Request) {
	c := &call{id: rt.newID(w)}
	signed := scopeOf(r).service
	var form wire = ec2Wire{}
	if signed != "" && signed != "ec2" {
		form = queryWire{}
	}
	body, err := readBody(w, r)
	if err == nil {
		c.form, err = parseParameters(body, r.URL.RawQuery)
	}
	if err != nil {
		rt.fail(w, r, form, c, asError(err))
		return
	}
	c.action = c.form.get("Action")
	if signed != "" {
		c.service, _ = rt.queryService(signed)
	} else {
		c.service = rt.queryVersion(c.form.get("Version"))
	}
	switch {
	case c.service == nil && signed != "":
		rt.fail(w, r, form, c, notEmulated("InvalidAction", "The service "+signed))
	case c.action == "":
		rt.fail(w, r, form, c, &Error{Code: "MissingAction", Message: "The request must contain the parameter Action"})
	case c.service == nil:
		rt.fail(w, r, form, c, &Error{Code: "MissingAction", Message: "Which service the action " + c.action + " is of cannot be told: the request is not signed, and its Version is none that is emulated."})
	default:
		rt.serve(w, r, c.service.wire(), c)
	}
}

// serveForeign answers for services that speak neither JSON targets nor query: most are REST with JSON.
func (rt *router) serveForeign(w http.ResponseWriter, r *http.Request) {
	c := &call{id: rt.newID(w), json: "application/json"}
	rt.fail(w, r, jsonWire{}, c, notEmulated("UnknownOperationException", "The service "+scopeOf(r).service))
}

// queryService finds the service with that signing name, if it speaks a query protocol.
func (rt *router) queryService(signingName string) (*Service, bool) {
	for i := range rt.opt.Services {
		if s := &rt.opt.Services[i]; s.SigningName == signingName && s.APIVersion != "" {
			return s, true
		}
	}
	return nil, false
}

func (rt *router) queryVersion(version string) *Service {
	for i := range rt.opt.Services {
		if s := &rt.opt.Services[i]; s.APIVersion != "" && s.APIVersion == version {
			return s
		}
	}
	return nil
}

// wire is how a query service answers when there is no action to ask: as its first one.
func (s *Service) wire() wire {
	if len(s.Actions) == 0 {
		return ec2Wire{}
	}
	return s.Actions[0].wire
}

// serve runs the action that c names, and answers for it also if it panics.
func (rt *router) serve(w http.ResponseWriter, r *http.Request, form wire, c *call) {
	out, err := rt.run(w, r, form, c)
	if err == nil {
		if err = form.reply(w, c, out); err == nil {
			rt.opt.Logger.Debug("request", "action", c.action, "request", c.id)
			return
		}
	}
	rt.fail(w, r, form, c, asError(err))
}

func (rt *router) run(w http.ResponseWriter, r *http.Request, form wire, c *call) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Internal(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if c.form == nil {
		if c.body, err = readBody(w, r); err != nil {
			return nil, err
		}
	}
	for _, a := range c.service.Actions {
		if a.Name == c.action {
			c.plan = a.plan
			return a.run(r.Context(), c)
		}
	}
	return nil, form.unknown(c)
}

// fail answers with e, and logs what the caller is not told.
func (rt *router) fail(w http.ResponseWriter, r *http.Request, form wire, c *call, e *Error) {
	level := slog.LevelDebug
	if e.status() >= http.StatusInternalServerError {
		level = slog.LevelError
		if errors.Is(e, context.Canceled) && r.Context().Err() != nil {
			level = slog.LevelDebug // the caller has gone
		}
	}
	rt.opt.Logger.Log(r.Context(), level, "request failed", "action", c.action, "request", c.id, "error", e)
	form.fail(w, c, e)
}

// recover keeps a panic outside of actions from being only a broken connection.
func (rt *router) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p) //nolint:forbidigo // it was asked for, and cuts the connection
			default:
				rt.opt.Logger.Error("panic", "path", r.URL.Path, "error", p, "stack", string(debug.Stack()))
				write(w, http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("An internal error has occurred.\n"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
