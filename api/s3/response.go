package s3

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

// response stands between gofakes3 and the client: it repairs headers just before
// they go out, and says errors in one way, whoever found them.
type response struct {
	http.ResponseWriter
	call   *call
	wrote  bool         // headers are out
	err    error        // what to answer instead
	theirs bool         // gofakes3 is saying an error ...
	text   bytes.Buffer // ... in this XML
	broken bool         // it failed with half an answer out
}

// fail makes err the answer, unless an answer is out already.
func (w *response) fail(err error) {
	if w.wrote {
		w.broken = true
	} else if w.err == nil {
		w.err = err
	}
}

// WriteHeader sends the headers, or, for an error, waits for finish.
func (w *response) WriteHeader(status int) {
	switch {
	case w.wrote && status >= 400:
		w.broken = true
	case w.wrote:
	case status >= 400 || w.err != nil:
		w.theirs = true
	default:
		w.wrote = true
		w.call.describe(w.Header(), status)
		w.common()
		if w.Header().Get("Content-Type") == "" && status == http.StatusOK && w.call.r.Method != http.MethodHead && w.call.object == nil {
			w.Header().Set("Content-Type", "application/xml")
		}
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *response) Write(p []byte) (int, error) {
	if !w.wrote && !w.theirs {
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case w.theirs:
		w.text.Write(p)
		return len(p), nil
	case w.broken:
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// xml answers with v.
func (w *response) xml(v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(xml.Header)+len(b)))
	_, err = w.Write(append([]byte(xml.Header), b...))
	return err
}

// finish completes the answer. After half an answer it cuts the connection, so that
// nobody takes what came for the whole.
func (w *response) finish() {
	switch {
	case w.broken:
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to cut the connection
	case w.wrote:
	case w.err != nil:
		w.sendError(asAPIError(w.err))
	case w.theirs:
		w.sendError(w.theirError())
	default: // gofakes3 says nothing after HEAD and PUT
		w.WriteHeader(http.StatusOK)
	}
}

// theirError is the error that gofakes3 wrote.
func (w *response) theirError() *apiError {
	var body struct{ Code, Message string }
	if xml.Unmarshal(w.text.Bytes(), &body) != nil || body.Code == "" {
		return fail(http.StatusBadRequest, "InvalidRequest", "The request is not valid.")
	}
	if i, ok := errorInfos[body.Code]; ok {
		return fail(i.status, body.Code, "%s", i.message)
	}
	status := http.StatusBadRequest
	switch body.Code {
	case "NotImplemented":
		status = http.StatusNotImplemented
	case "InternalError":
		status = http.StatusInternalServerError
	}
	return fail(status, body.Code, "%s", body.Message)
}

func (w *response) sendError(e *apiError) {
	c, h := w.call, w.Header()
	if e.status >= 500 && e.code == "InternalError" {
		c.server.opt.Logger.Error("s3 request failed", "method", c.r.Method, "bucket", c.bucket, "key", c.key, "request", c.id, "err", e.cause)
	}
	for _, name := range []string{"Content-Length", "Content-Range", "Content-Type", "Accept-Ranges", "Etag", "Last-Modified", "Location"} {
		h.Del(name)
	}
	w.wrote = true
	if e.status == http.StatusNotModified {
		c.describe(h, e.status)
	}
	w.common()
	if c.r.Method == http.MethodHead || e.status == http.StatusNotModified {
		w.ResponseWriter.WriteHeader(e.status)
		return
	}
	body := errorBody{Code: e.code, Message: e.message, Resource: c.r.URL.Path, RequestID: c.id, HostID: c.id + c.id}
	switch {
	case strings.HasPrefix(e.code, "NoSuchKey"):
		body.Key = c.key
	case strings.HasPrefix(e.code, "NoSuchBucket"), e.code == "NoSuchTagSet", strings.HasPrefix(e.code, "Bucket"):
		body.BucketName = c.bucket
	}
	b, err := xml.Marshal(body)
	if err != nil { // a struct of strings has none
		b = nil
	}
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(xml.Header)+len(b)))
	w.ResponseWriter.WriteHeader(e.status)
	_, _ = w.ResponseWriter.Write(append([]byte(xml.Header), b...)) // the client may be gone
}

// common sets what every answer has, and removes what gofakes3 should not say.
func (w *response) common() {
	h := w.Header()
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			h.Del(name)
		}
	}
	h.Del("X-Amz-Delete-Marker") // there are no versions
	h.Set("Server", "AmazonS3")
	h.Set("X-Amz-Request-Id", w.call.id)
	h.Set("X-Amz-Id-2", w.call.id+w.call.id)
	if r := w.call.region; r != "" {
		h.Set("X-Amz-Bucket-Region", r)
	}
}
