package s3

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/johannesboyne/gofakes3"

	"github.com/flowemu/flowemu/object"
)

// call is one request: what it asks for, and what is found out on the way.
type call struct {
	server *Server
	r      *http.Request // a copy, with the bucket in the path
	query  url.Values
	out    *response
	id     string // of the request

	bucket, key string
	region      string // of the bucket, once it is known to exist

	object *object.Object // what GET and HEAD answer with ...
	file   *os.File       // ... and its content
	body   *payload       // what PUT stores
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := &call{server: s, r: r.Clone(r.Context()), id: strings.ToUpper(newID()[:16])}
	c.out = &response{ResponseWriter: w, call: c}
	if b := hostBucket(r.Host); b != "" {
		c.r.URL.Path, c.r.URL.RawPath = "/"+b+r.URL.Path, ""
	}
	c.bucket, c.key, _ = strings.Cut(strings.TrimPrefix(c.r.URL.Path, "/"), "/")
	return c
}

// serve finds the operation and does it.
func (c *call) serve() (err error) {
	if c.query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return fail(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
	}
	c.hoist()
	op, err := c.operation()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if c.bucket != "" && !op.creates {
		b, err := c.server.index.Bucket(c.r.Context(), c.bucket)
		if err != nil {
			return err
		}
		c.region = b.Region
		if want := c.r.Header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != b.Account {
			return fail(http.StatusForbidden, "AccessDenied", "Access Denied")
		}
	}
	return op.do(c)
}

// hoist moves the headers that a presigned URL carries in its query to where they belong.
func (c *call) hoist() {
	for name, v := range c.query {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !signatureKeys[lower] {
			if c.r.Header.Get(name) == "" {
				c.r.Header.Set(name, v[0])
			}
			delete(c.query, name)
		}
	}
}

// maxKey is the longest key, in bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const maxKey = 1024

// check refuses what no operation can deal with.
func (c *call) check() error {
	switch {
	case !utf8.ValidString(c.r.URL.Path):
		return fail(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
	case len(c.key) > maxKey:
		return fail(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
	case c.bucket == "" && c.key != "":
		return fail(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.")
	}
	if v := c.query.Get("versionId"); v != "" && v != "null" {
		return invalid("Invalid version id specified")
	}
	for name := range c.r.Header {
		if header := strings.ToLower(name); refusedHeader(header) {
			return notImplemented(header)
		}
	}
	return nil
}

// refusedHeader says whether ignoring this header would do something else than was asked for.
func refusedHeader(name string) bool {
	for _, prefix := range []string{
		"x-amz-server-side-encryption-customer-", "x-amz-copy-source-server-side-encryption-", "x-amz-object-lock-",
		"x-amz-tagging", "x-amz-write-offset-bytes", "x-amz-if-match-", "x-amz-bucket-object-lock-enabled", "x-amz-rename-source",
		"x-amz-object-ownership", "x-amz-grant-", "x-minio-", "x-amz-object-attributes", "x-amz-bypass-governance-retention",
	} {
		if strings.HasPrefix(name, prefix) && name != "x-amz-tagging-directive" {
			return true
		}
	}
	return false
}

// delegate lets gofakes3 answer, with a backend for this request alone: its
// interface has no place for what a request knows.
func (c *call) delegate() error {
	gofakes3.New(backend{c},
		gofakes3.WithTimeSkewLimit(0),
		gofakes3.WithoutVersioning(),
		gofakes3.WithMetadataSizeLimit(0), // it counts all x-amz headers, session tokens too; metadata() has the limit
		gofakes3.WithTimeSource(timeSource{c.server.opt.Now}),
	).Server().ServeHTTP(c.out, c.r)
	return nil
}

// timeSource is Options.Now for gofakes3.
type timeSource struct{ now func() time.Time }

func (t timeSource) Now() time.Time                      { return t.now() }
func (t timeSource) Since(start time.Time) time.Duration { return t.now().Sub(start) }

// document reads a verified body that is a document.
func (c *call) document() ([]byte, error) {
	const limit = 4 << 20 // 10000 parts, or 1000 keys of 1024 bytes
	p, err := newPayload(c.r)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(p, limit+1))
	if err != nil {
		return nil, err
	}
	if len(b) > limit {
		return nil, known("MalformedXML")
	}
	return b, checkMD5(c.r.Header, b)
}
