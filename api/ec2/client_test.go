package ec2_test

import (
	"io"
	"net/http"
	"testing"
)

// newTransport gives an HTTP client for the SDK that can be answered at once.
// The SDK (smithy-go v1.28) closes a request's body as soon as the answer
// begins. If net/http has not seen the body's end by then, the body's WriteTo
// fails with EOF and the connection is closed while the answer is being read,
// which shows when that has more than 4096 bytes. Without WriteTo it does not fail.
func newTransport(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: plainBody{transport}}
}

type plainBody struct{ *http.Transport }

func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.Transport.RoundTrip(r)
}
