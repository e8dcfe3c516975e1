package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

type echoInput struct {
	DryRun  bool     `query:"DryRun"`
	IDs     []string `query:"ResourceId"`
	Max     *int     `query:"MaxResults"`
	Filters []struct {
		Name   string   `query:"Name"`
		Values []string `query:"Value"`
	} `query:"Filter"`
}

type echoOutput struct {
	Says string `json:"says" xml:"says"`
}

func says(text string) func(context.Context, *echoInput) (*echoOutput, error) {
	return func(ctx context.Context, _ *echoInput) (*echoOutput, error) {
		c := CallerFrom(ctx)
		return &echoOutput{text + " " + c.Account + " " + c.Region}, nil
	}
}

func text(s string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, s+" "+r.URL.EscapedPath()) })
}

func newTestRouter() http.Handler {
	return NewRouter(RouterOptions{
		Services: []Service{
			{SigningName: "ec2", APIVersion: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/", Actions: []Action{Query("DescribeVpcs", says("ec2"))}},
			{SigningName: "sts", APIVersion: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/", Actions: []Action{PlainQuery("GetCallerIdentity", says("sts"))}},
			{SigningName: "logs", TargetPrefix: "Logs_20140328", Actions: []Action{JSON("DescribeLogGroups", says("logs"))}},
		},
		Control: text("control"), S3: text("s3"), Account: "000000000000", Region: "us-east-1",
		AllowedHosts: []string{"flowemu.example"}, CORSOrigins: []string{"http://dash.example"},
	})
}

func signed(service string) string {
	return "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
}

const (
	formType   = "application/x-www-form-urlencoded; charset=utf-8"
	targetType = "application/x-amz-json-1.1"
)

func TestRouting(t *testing.T) {
	tests := []struct {
		name, method, target, body string
		header                     map[string]string
		status                     int
		says                       string
	}{
		{"control", "GET", "/_flowemu/health", "", nil, 200, "control /_flowemu/health"},
		{"LocalStack's health", "GET", "/_localstack/health", "", nil, 200, "control"},
		{"EC2, signed", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15", map[string]string{"Content-Type": formType, "Authorization": signed("ec2")}, 200, "ec2 123456789012 eu-west-1"},
		{"EC2, unsigned, by version", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15", map[string]string{"Content-Type": formType}, 200, "ec2 000000000000 us-east-1"},
		{"EC2 by GET", "GET", "/?Action=DescribeVpcs&Version=2016-11-15", "", nil, 200, "ec2"},
		{"EC2, content type without charset", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 200, "ec2"},
		{"EC2, unknown action", "POST", "/", "Action=Nope&Version=2016-11-15", map[string]string{"Content-Type": formType, "Authorization": signed("ec2")}, 400, "<Code>InvalidAction</Code>"},
		{"EC2, unknown parameter", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15&Nope=1", map[string]string{"Content-Type": formType}, 400, "<Code>UnknownParameter</Code>"},
		{"EC2, not a number", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15&MaxResults=x", map[string]string{"Content-Type": formType}, 400, "<Response><Errors><Error><Code>"},
		{"neither scope nor version", "POST", "/", "Action=DescribeVpcs", map[string]string{"Content-Type": formType}, 400, "<Code>MissingAction</Code>"},
		{"STS", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", map[string]string{"Content-Type": formType, "Authorization": signed("sts")}, 200, "<GetCallerIdentityResult><says>sts"},
		{"JSON", "POST", "/", "{}", map[string]string{"Content-Type": targetType, "X-Amz-Target": "Logs_20140328.DescribeLogGroups"}, 200, `{"says":"logs 000000000000 us-east-1"}`},
		{"JSON without a body", "POST", "/", "", map[string]string{"X-Amz-Target": "Logs_20140328.DescribeLogGroups"}, 200, "logs"},
		{"JSON, unknown action", "POST", "/", "{}", map[string]string{"X-Amz-Target": "Logs_20140328.Nope"}, 400, "UnknownOperationException"},
		{"JSON, unknown service", "POST", "/", "{}", map[string]string{"X-Amz-Target": "Nope.Nope"}, 400, "UnknownOperationException"},
		{"JSON, broken", "POST", "/", "{", map[string]string{"X-Amz-Target": "Logs_20140328.DescribeLogGroups"}, 400, "SerializationException"},
		{"a service that is not served", "GET", "/2015-03-31/functions", "", map[string]string{"Authorization": signed("lambda")}, 0, "not emulated"},
		{"S3, list buckets", "GET", "/", "", map[string]string{"Authorization": signed("s3")}, 200, "s3 /"},
		{"S3, unsigned", "GET", "/bucket/key", "", nil, 200, "s3 /bucket/key"},
		{"S3, multi-delete", "POST", "/bucket?delete", "<Delete/>", map[string]string{"Authorization": signed("s3")}, 200, "s3 /bucket"},
		{"S3, key with slashes", "PUT", "/bucket/a//b/../c%2Fd%20e", "x", map[string]string{"Authorization": signed("s3")}, 200, "s3 /bucket/a//b/../c%2Fd%20e"},
		{"S3, presigned V4", "GET", "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fs3%2Faws4_request", "", nil, 200, "s3 /b/k"},
		{"S3, presigned V2", "GET", "/b/k?AWSAccessKeyId=k&Signature=s&Expires=1", "", nil, 200, "s3 /b/k"},
		{"S3, form content type on a key", "PUT", "/b/k", "Action=x", map[string]string{"Content-Type": formType, "Authorization": signed("s3")}, 200, "s3 /b/k"},
	}
	h := newTestRouter()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "http://127.0.0.1:4566"+tt.target, strings.NewReader(tt.body))
			for k, v := range tt.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if tt.status != 0 && w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// TestActionTypes: an action of each protocol tells what it takes and gives.
func TestActionTypes(t *testing.T) {
	for name, a := range map[string]Action{"ec2": Query("A", says("")), "query": PlainQuery("A", says("")), "JSON": JSON("A", says(""))} {
		if a.Input() != reflect.TypeFor[echoInput]() || a.Output() != reflect.TypeFor[echoOutput]() {
			t.Errorf("%s: %v, %v", name, a.Input(), a.Output())
		}
	}
}

func TestGuard(t *testing.T) {
	tests := []struct {
		name, host, origin string
		allowed            bool
	}{
		{"address", "127.0.0.1:4566", "", true},
		{"IPv6 address", "[::1]:4566", "", true},
		{"name without a dot", "flowemu:4566", "", true},
		{"bucket of localhost", "bucket.s3.localhost:4566", "", true},
		{"local name", "box.local", "", true},
		{"internal name", "host.docker.internal:4566", "", true},
		{"configured name", "flowemu.example:4566", "", true},
		{"public name: DNS rebinding", "evil.example:4566", "", false},
		{"public name that ends alike", "evilflowemu.example", "", false},
		{"own origin", "127.0.0.1:4566", "http://127.0.0.1:4566", true},
		{"foreign origin", "127.0.0.1:4566", "http://evil.example", false},
		{"null origin", "127.0.0.1:4566", "null", false},
		{"configured origin", "127.0.0.1:4566", "http://dash.example", true},
	}
	h := newTestRouter()
	for _, tt := range tests {
		for _, target := range []string{"/_flowemu/records", "/bucket/key", "/?Action=DescribeVpcs&Version=2016-11-15"} {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Host = tt.host
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if allowed := w.Code != http.StatusForbidden; allowed != tt.allowed {
				t.Errorf("%s, %s: %d", tt.name, target, w.Code)
			}
			if cors := w.Header().Get("Access-Control-Allow-Origin"); (cors != "") != (tt.origin == "http://dash.example") {
				t.Errorf("%s: Access-Control-Allow-Origin %q", tt.name, cors)
			}
		}
	}
}
