package ec2_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
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

// code gives the code of AWS's error, or "".
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

// failsWith says whether err is AWS's error of that code and, unless it is "", text.
func failsWith(err error, code, text string) bool {
	var e smithy.APIError
	return errors.As(err, &e) && e.ErrorCode() == code && (text == "" || e.ErrorMessage() == text)
}

// wants checks that err is AWS's error of that code and, unless it is "", text.
func wants(t *testing.T, err error, code, text string) {
	t.Helper()
	if !failsWith(err, code, text) {
		t.Errorf("%v, want %s: %s", err, code, text)
	}
}

// must gives what a call answered that has to succeed.
func must[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func equal[T comparable](t *testing.T, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}

func filterBy(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

func filtersBy(name string, values ...string) []types.Filter {
	return []types.Filter{filterBy(name, values...)}
}
