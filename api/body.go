package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody bounds a request for a service other than S3, before and after
// decompression. AWS's largest, PutRecordBatch, is 4 MiB and base64 around it.
const maxBody = 10 << 20

// maxParameters bounds a query request, far above what AWS's own limits allow.
const maxParameters = 20_000

func tooLarge() *Error {
	return &Error{Code: "RequestEntityTooLarge", Message: fmt.Sprintf("The request is larger than %d bytes.", maxBody), Status: http.StatusRequestEntityTooLarge}
}

// readBody reads the body once and undoes gzip, which newer SDKs apply to large requests.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case err != nil:
		return nil, &Error{Code: "IncompleteBody", Message: "The request ended before its body: " + err.Error()}
	}
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return body, nil
	case "gzip":
		return gunzip(body)
	default:
		return nil, &Error{Code: "UnsupportedMediaType", Message: "Content-Encoding " + encoding + " is not supported.", Status: http.StatusUnsupportedMediaType}
	}
}

func gunzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(z, maxBody+1))
	}
	if err != nil {
		return nil, &Error{Code: "SerializationException", Message: "The body is not valid gzip: " + err.Error()}
	}
	if len(body) > maxBody {
		return nil, tooLarge()
	}
	return body, nil
}

// parameters are those of a query request, in the order in which they came.
// Of several with the same name the first counts.
type parameters []parameter

type parameter struct {
	name, value string
	used        bool
}

// get gives the value of the parameter of that name, "" if there is none.
func (p parameters) get(name string) string {
	for i := range p {
		if p[i].name == name {
			return p[i].value
		}
	}
	return ""
}

// parseParameters gives the parameters of a query request: those of the body, then those of the URL.
func parseParameters(body []byte, rawQuery string) (parameters, error) {
	form := strings.TrimSpace(string(body))
	n := strings.Count(form, "&") + strings.Count(rawQuery, "&")
	if n > maxParameters {
		return nil, &Error{Code: "RequestLimitExceeded", Message: fmt.Sprintf("The request has more than %d parameters.", maxParameters)}
	}
	all := make(parameters, 0, n+2)
	all, err := all.parse(form)
	all, err2 := all.parse(rawQuery)
	if err := errors.Join(err, err2); err != nil {
		// Source: IAM API reference, "Common errors", MalformedQueryString.
		return all, &Error{Code: "MalformedQueryString", Message: "The query string contains a syntax error: " + err.Error()}
	}
	return all, nil
}

// parse appends what url.ParseQuery would give. That one stops at 10,000
// parameters, but EC2 takes 50 filters of 200 values and as many ids.
// Source: "List and filter using the CLI and API", EC2 user guide.
func (p parameters) parse(query string) (_ parameters, first error) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		one, err := parseParameter(pair)
		if err == nil {
			p = append(p, one)
		} else if first == nil {
			first = err
		}
	}
	return p, first
}

func parseParameter(pair string) (p parameter, err error) {
	if strings.Contains(pair, ";") {
		return p, errors.New("invalid semicolon separator in query")
	}
	name, value, _ := strings.Cut(pair, "=")
	if p.name, err = url.QueryUnescape(name); err == nil {
		p.value, err = url.QueryUnescape(value)
	}
	return p, err
}

// isForm says whether the body is announced as a form.
func isForm(r *http.Request) bool {
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return t == "application/x-www-form-urlencoded"
}

// peeked is how much of a body peekAction looks at.
const peeked = 512

// peekAction says whether a body that nobody announced begins like a query request.
// It leaves the body whole for whoever reads it next.
func peekAction(r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody {
		return false
	}
	b := bufio.NewReaderSize(r.Body, peeked)
	start, _ := b.Peek(peeked) // a short body is whole, and the reader will meet the same error
	r.Body = struct {
		io.Reader
		io.Closer
	}{b, r.Body}
	return bytes.HasPrefix(start, []byte("Action=")) || bytes.HasPrefix(start, []byte("Version=")) && bytes.Contains(start, []byte("&Action="))
}

// write sends an answer whole.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller has gone: nobody to tell
}
