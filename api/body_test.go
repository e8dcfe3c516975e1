package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

// TestBodies: what arrives compressed, too large or unannounced.
func TestBodies(t *testing.T) {
	target := map[string]string{"X-Amz-Target": "Logs_20140328.DescribeLogGroups"}
	zipped := map[string]string{"X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Encoding": "gzip"}
	form := map[string]string{"Content-Type": formType}
	tests := []struct {
		name, body string
		header     map[string]string
		status     int
		says       string
	}{
		{"gzip", gzipped(t, "{}"), zipped, 200, "logs"},
		{"gzip of a form", gzipped(t, "Action=DescribeVpcs&Version=2016-11-15"), map[string]string{"Content-Type": formType, "Content-Encoding": "gzip"}, 200, "ec2"},
		{"gzip that is none", "{}", zipped, 400, "SerializationException"},
		{"gzip that unfolds", gzipped(t, strings.Repeat(" ", maxBody+1)), zipped, 413, "RequestEntityTooLarge"},
		{"another encoding", "{}", map[string]string{"X-Amz-Target": "Logs_20140328.DescribeLogGroups", "Content-Encoding": "br"}, 415, "UnsupportedMediaType"},
		{"as large as allowed", strings.Repeat(" ", maxBody), target, 200, "logs"},
		{"too large", strings.Repeat(" ", maxBody+1), target, 413, `"__type":"RequestEntityTooLarge"`},
		{"too large for EC2", "Action=DescribeVpcs&Version=2016-11-15&x=" + strings.Repeat("x", maxBody), form, 413, "<Code>RequestEntityTooLarge</Code>"},
		{"too many parameters", "Action=DescribeVpcs&Version=2016-11-15" + strings.Repeat("&a=b", maxParameters), form, 400, "<Code>RequestLimitExceeded</Code>"},
		{"all parameters that are allowed", "Action=DescribeVpcs&Version=2016-11-15" + numbered("&ResourceId.%d=eni-1", maxParameters-1), form, 200, "ec2"},
		{"a form with a broken escape", "Action=DescribeVpcs&Version=2016-11-15&x=%zz", form, 400, "<Code>MalformedQueryString</Code>"},
		{"a form that nobody announced", "Action=DescribeVpcs&Version=2016-11-15", nil, 200, "ec2"},
		{"a form that nobody announced, version first", "Version=2016-11-15&Action=DescribeVpcs", nil, 200, "ec2"},
		{"something else that nobody announced", "Version=1.0\nReaction=none", nil, 200, "s3 /"},
		{"JSON that is a list", "[]", target, 400, "SerializationException"},
		{"a number no longer than what is behind its list", "Action=DescribeVpcs&Version=2016-11-15&ResourceId.999999999999=a&ResourceId.3=b", form, 200, "ec2"},
	}
	h := newTestRouter()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(tt.body))
			for k, v := range tt.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %.300s", w.Code, w.Body)
			}
		})
	}
}

// TestPeekedBodyIsWhole: looking at a body for an action takes nothing from S3.
func TestPeekedBodyIsWhole(t *testing.T) {
	sent := strings.Repeat("0123456789", 1000)
	var got string
	h := NewRouter(RouterOptions{S3: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = string(b)
	})})
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(sent)))
	if got != sent {
		t.Errorf("%d bytes of %d", len(got), len(sent))
	}
}

// TestInternalErrors: the caller learns that it happened, the log what.
func TestInternalErrors(t *testing.T) {
	var log bytes.Buffer
	fails := func(context.Context, *echoInput) (*echoOutput, error) { return nil, errors.New("the secret") }
	panics := func(context.Context, *echoInput) (*echoOutput, error) { panic("the secret") }
	h := NewRouter(RouterOptions{
		Services: []Service{
			{SigningName: "ec2", APIVersion: "2016-11-15", Actions: []Action{Query("Fails", fails), Query("Panics", panics)}},
			{SigningName: "logs", TargetPrefix: "L", Actions: []Action{JSON("Fails", fails), JSON("Panics", panics)}},
		},
		S3:     http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the secret") }),
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	for _, action := range []string{"Fails", "Panics"} {
		ec2 := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/?Version=2016-11-15&Action="+action, nil)
		logs := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", nil)
		logs.Header.Set("X-Amz-Target", "L."+action)
		for says, r := range map[string]*http.Request{"<Code>InternalError</Code>": ec2, `"__type":"InternalFailure"`: logs} {
			log.Reset()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != http.StatusInternalServerError || !strings.Contains(body, says) || strings.Contains(body, "secret") || !strings.Contains(log.String(), "the secret") {
				t.Errorf("%s: %d %s; log: %s", action, w.Code, body, log.String())
			}
			if id := w.Header().Get("X-Amzn-RequestId"); id == "" || !strings.Contains(log.String(), id) {
				t.Errorf("%s: request id %q is not in the log", action, id)
			}
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/b/k", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("S3: %d %s", w.Code, w.Body)
	}
}

// TestNotServed: callers of services that are not there learn it in their own protocol.
func TestNotServed(t *testing.T) {
	cbor := map[string]string{"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", "Authorization": signed("monitoring")}
	queryMode := map[string]string{"X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics", "X-Amzn-Query-Mode": "true", "Content-Type": json10, "Authorization": signed("monitoring")}
	tests := []struct {
		name, path, body string
		header           map[string]string
		says, kind       string
	}{
		{"CBOR", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "", cbor, "service monitoring is not emulated", "application/cbor"},
		{"JSON 1.0 in query mode", "/", "{}", queryMode, "service monitoring is not emulated", json10},
		{"query", "/", "Action=ListRoles&Version=2010-05-08", map[string]string{"Content-Type": formType, "Authorization": signed("iam")}, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>", "text/xml;charset=UTF-8"},
		{"a target without a dot", "/", "{}", map[string]string{"X-Amz-Target": "nonsense"}, "The service nonsense is not emulated", json11},
	}
	h := newTestRouter()
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+tt.path, strings.NewReader(tt.body))
		for k, v := range tt.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), tt.says) || w.Header().Get("Content-Type") != tt.kind {
			t.Errorf("%s: %d %q %q", tt.name, w.Code, w.Header(), w.Body)
		}
		if code := w.Header().Get("X-Amzn-Query-Error"); (code == "UnknownOperationException;Sender") != (tt.kind == json10 || tt.kind == "application/cbor") {
			t.Errorf("%s: X-Amzn-Query-Error %q", tt.name, code)
		}
	}
}

// TestBrowsers: preflight of named origins only, and no action by a link or an image of another site.
func TestBrowsers(t *testing.T) {
	const action = "/?Action=DescribeVpcs&Version=2016-11-15"
	asks := func(origin string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
	}
	tests := []struct {
		name, method, target string
		header               map[string]string
		status               int
	}{
		{"preflight of a named origin", "OPTIONS", "/", asks("http://dash.example"), 204},
		{"preflight of another", "OPTIONS", "/", asks("http://evil.example"), 403},
		{"an image of another site with an action", "GET", action, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"the same from a sibling", "GET", action, map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"typed by the user", "GET", action, map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"a link to an object", "GET", "/bucket/key", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
	}
	h := newTestRouter()
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "http://127.0.0.1"+tt.target, nil)
		for k, v := range tt.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
		if allowed := w.Header().Get("Access-Control-Allow-Headers"); (allowed == "x-amz-target") != (tt.status == 204) {
			t.Errorf("%s: Access-Control-Allow-Headers %q", tt.name, allowed)
		}
	}
}
