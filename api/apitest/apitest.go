// Package apitest is what tests of the API have in common: a connection for AWS's SDK that a fast server does not break.
package apitest

import (
	"io"
	"net/http"
	"testing"
)

// NewClient gives an HTTP client for the SDK that can be answered at once.
// The SDK (smithy-go v1.28) closes a request's body as soon as the answer
// begins. If net/http has not seen the body's end by then, the body's WriteTo
// fails with EOF and the connection is closed while the answer is being read,
// which shows when that has more than 4096 bytes. Without WriteTo it does not fail.
func NewClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: plainBody{transport}}
}

type plainBody struct{ *http.Transport }

// RoundTrip sends r with a body that can only be read.
func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.Transport.RoundTrip(r)
}
