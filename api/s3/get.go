package s3

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/flowemu/flowemu/object"
)

// get answers GET and HEAD of an object. It finds the object and settles conditions and
// range; gofakes3 writes the answer.
func (c *call) get() error {
	var err error
	if c.object, c.file, err = c.server.open(c.r.Context(), c.bucket, c.key); err != nil {
		c.object = nil
		return err
	}
	defer c.file.Close() // it was only read
	h := c.r.Header
	if err := checkConditions(conditionsOf(h, ""), c.object); err != nil {
		return err
	}
	if v := h.Get("If-Range"); v != "" && v != `"`+c.object.ETag+`"` && v != c.object.Modified.UTC().Format(http.TimeFormat) {
		h.Del("Range")
	}
	if v := explicitRange(h.Get("Range"), c.object.Size); v != "" {
		h.Set("Range", v)
	} else {
		h.Del("Range")
	}
	for _, name := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		h.Del(name) // gofakes3 knows only half of the rules
	}
	return c.delegate()
}

// open finds an object and opens its content, which stays readable when the object
// is replaced meanwhile. The caller closes it.
func (s *Server) open(ctx context.Context, bucket, key string) (*object.Object, *os.File, error) {
	for last := ""; ; {
		o, err := s.index.Object(ctx, bucket, key)
		if err != nil {
			return nil, nil, err
		}
		f, err := s.blobs.open(o.Blob)
		if errors.Is(err, fs.ErrNotExist) && o.Blob != last { // replaced between the two steps
			last = o.Blob
			continue
		}
		return &o, f, err
	}
}

// rangePattern is what S3 takes for a range; anything else is as none.
var rangePattern = regexp.MustCompile(`^bytes=(\d+-\d*|-\d+)$`)

// explicitRange rewrites a suffix range, which gofakes3 refuses if it is longer than the object.
func explicitRange(v string, size int64) string {
	if !rangePattern.MatchString(v) {
		return ""
	}
	from, to, _ := strings.Cut(strings.TrimPrefix(v, "bytes="), "-")
	first, _ := strconv.ParseInt(from, 10, 64) // of a number too large, the largest
	last, _ := strconv.ParseInt(to, 10, 64)
	switch {
	case from == "" && last > size && size > 0:
		return "bytes=0-"
	case from != "" && to != "" && first > last:
		return "" // backwards
	case from != "" && last > size:
		return "bytes=" + from + "-"
	}
	return v
}

// conditions are the four headers that make a read depend on what is there.
type conditions struct {
	match, noneMatch, modifiedSince, unmodifiedSince string
}

// conditionsOf reads the headers with this prefix, which is that of CopyObject's source, or "".
func conditionsOf(h http.Header, prefix string) conditions {
	return conditions{h.Get(prefix + "If-Match"), h.Get(prefix + "If-None-Match"), h.Get(prefix + "If-Modified-Since"), h.Get(prefix + "If-Unmodified-Since")}
}

// checkConditions follows RFC 9110, section 13.2.2: ETags win over times.
func checkConditions(c conditions, o *object.Object) error {
	modified := o.Modified.Truncate(time.Second)
	unmodifiedSince, errUnmodified := http.ParseTime(c.unmodifiedSince)
	modifiedSince, errModified := http.ParseTime(c.modifiedSince)
	switch {
	case c.match != "" && !matches(c.match, o.ETag),
		c.match == "" && errUnmodified == nil && modified.After(unmodifiedSince):
		return known("PreconditionFailed")
	case c.noneMatch != "" && matches(c.noneMatch, o.ETag),
		c.noneMatch == "" && errModified == nil && !modified.After(modifiedSince):
		return known("NotModified")
	}
	return nil
}

// matches says whether a list of ETags has this one.
func matches(list, etag string) bool {
	for v := range strings.SplitSeq(list, ",") {
		if v = bareETag(v); v == "*" || v == etag {
			return true
		}
	}
	return false
}

func bareETag(v string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(v), "W/"), `"`)
}

// describe sets the headers of the object that the call answers with, if any.
func (c *call) describe(h http.Header, status int) {
	o := c.object
	if o == nil {
		return
	}
	h.Set("ETag", `"`+o.ETag+`"`)
	h.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	if status == http.StatusNotModified {
		return
	}
	checksums := status == http.StatusOK && strings.EqualFold(c.r.Header.Get("X-Amz-Checksum-Mode"), "ENABLED")
	for name, v := range o.Metadata {
		switch {
		case strings.HasPrefix(name, checksumPrefix) && !checksums, name == storageClass && v == standard, name == partSizes:
		case strings.HasPrefix(name, metaPrefix):
			h[name] = []string{v} // in lower case on the wire: SDKs hand the name on as it comes
		case h.Get(name) == "": // the query may have set it
			h.Set(name, v)
		}
	}
}
