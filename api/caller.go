package api

import (
	"context"
	"net/http"
	"strings"
)

// Caller is who asks, as the credential scope says. Signatures are not verified.
type Caller struct {
	AccessKey string // "" if the request is not signed
	Account   string // 12 digits: the access key if it looks like one, else the router's
	Region    string // of the scope, else the router's
}

type callerKey struct{}

// CallerFrom gives the caller of the request that ctx belongs to, the zero Caller if there is none.
func CallerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// WithCaller gives a context whose caller is c, for tests and for calls from inside.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// scope is what a signature says about its request.
type scope struct {
	accessKey string
	region    string // "" with SigV4a
	service   string // "" if the request has no scope
}

// scopeOf reads the credential scope from the Authorization header or the query.
// What is not signed with version 4, or not to be understood, has none.
// Source: "Signature Version 4 request elements": AKID/date/region/service/aws4_request;
// SigV4a has no region there.
func scopeOf(r *http.Request) scope {
	if algorithm, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.HasPrefix(algorithm, "AWS4-") {
		for part := range strings.SplitSeq(rest, ",") {
			if c, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
				return parseScope(algorithm, c)
			}
		}
		return scope{}
	}
	if !strings.Contains(r.URL.RawQuery, "X-Amz-Credential") {
		return scope{}
	}
	q := r.URL.Query()
	return parseScope(q.Get("X-Amz-Algorithm"), q.Get("X-Amz-Credential"))
}

func parseScope(algorithm, credential string) scope {
	parts := strings.Split(credential, "/")
	tail := 4 // date, region, service, aws4_request
	if strings.HasPrefix(algorithm, "AWS4-ECDSA") {
		tail = 3
	}
	first := len(parts) - tail // an access key may have slashes
	if first < 1 || parts[len(parts)-1] != "aws4_request" {
		return scope{}
	}
	s := scope{accessKey: strings.Join(parts[:first], "/"), service: parts[len(parts)-2]}
	if tail == 4 {
		s.region = parts[first+1]
	}
	return s
}

// caller makes the caller of a scope. Region and account end up in ARNs and
// object keys, so what does not look like one is not taken.
func (o *RouterOptions) caller(s scope) Caller {
	c := Caller{AccessKey: s.accessKey, Account: o.Account, Region: o.Region}
	if isAccount(s.accessKey) {
		c.Account = s.accessKey
	}
	if isRegion(s.region) {
		c.Region = s.region
	}
	return c
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func isRegion(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
