package s3

import (
	"encoding/hex"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/object"
)

const (
	metaPrefix   = "x-amz-meta-"
	storageClass = "x-amz-storage-class"
	standard     = "STANDARD"
	partSizes    = "part-sizes" // of a multipart object; not a header

	// maxMetadata limits user metadata: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
	maxMetadata = 2 << 10
)

// keptHeaders are stored with an object and served with it.
var keptHeaders = []string{
	"content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires", storageClass,
	"x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-website-redirect-location",
}

// putObject answers PUT of an object: gofakes3 takes it, from a body without transport encoding.
func (c *call) putObject() error {
	if c.r.Header.Get("X-Amz-Copy-Source") != "" {
		return c.copyObject()
	}
	if err := c.checkWrite(); err != nil {
		return err
	}
	var err error
	if c.body, err = newPayload(c.r); err != nil {
		return err
	}
	if c.body.size < 0 {
		return known("MissingContentLength")
	}
	if _, err := sentMD5(c.r.Header); err != nil {
		return err
	}
	c.r.Header.Set("Content-Length", strconv.FormatInt(c.body.size, 10))
	c.r.Header.Del("X-Amz-Content-Sha256") // or gofakes3 would decode once more
	c.r.Body = struct {
		*payload
		closer
	}{c.body, c.r.Body}
	return c.delegate()
}

type closer interface{ Close() error }

// checkWrite refuses what a new object cannot have.
func (c *call) checkWrite() error {
	switch acl := c.r.Header.Get("X-Amz-Acl"); acl {
	case "", "private", "bucket-owner-full-control", "bucket-owner-read":
	default:
		return fail(http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs")
	}
	if v := c.r.Header.Get("If-None-Match"); v != "" && v != "*" { // S3 has no other
		return notImplemented("If-None-Match")
	}
	return nil
}

// condition is what a write depends on.
func (c *call) condition() object.Condition {
	h := c.r.Header
	return object.Condition{IfMatch: bareETag(h.Get("If-Match")), IfNoneMatch: bareETag(h.Get("If-None-Match"))}
}

// metadata collects from a request what is kept with its object.
func (c *call) metadata() (map[string]string, error) {
	meta := map[string]string{"content-type": "binary/octet-stream"}
	h, size := c.r.Header, 0
	for _, name := range keptHeaders {
		if v := h.Get(name); v != "" {
			meta[name] = v
		}
	}
	if v := withoutChunked(meta["content-encoding"]); v != "" {
		meta["content-encoding"] = v
	} else {
		delete(meta, "content-encoding")
	}
	for name, v := range h {
		// net/http does not say in which case they came; S3 keeps lower case.
		if lower := strings.ToLower(name); strings.HasPrefix(lower, metaPrefix) {
			meta[lower] = strings.Join(v, ",")
			size += len(lower) - len(metaPrefix) + len(meta[lower])
		}
	}
	if size > maxMetadata {
		return nil, fail(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	}
	for name, v := range meta {
		if !utf8.ValidString(v) || !utf8.ValidString(name) {
			return nil, invalid("The header %q is not UTF-8", name)
		}
	}
	return meta, nil
}

// withoutChunked removes aws-chunked, which is of the transport, from a Content-Encoding.
func withoutChunked(v string) string {
	var rest []string
	for e := range strings.SplitSeq(v, ",") {
		if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" {
			rest = append(rest, e)
		}
	}
	return strings.Join(rest, ",")
}

// answerPut tells the client what was stored, as headers.
func (c *call) answerPut(meta map[string]string) {
	for name, v := range meta {
		if strings.HasPrefix(name, checksumPrefix) || strings.HasPrefix(name, "x-amz-server-side-encryption") {
			c.out.Header().Set(name, v)
		}
	}
}

type copyResult struct {
	XMLName      xml.Name
	Xmlns        string `xml:"xmlns,attr"`
	LastModified string
	ETag         string
}

func newCopyResult(name, etag, modified string) copyResult {
	return copyResult{XMLName: xml.Name{Local: name}, Xmlns: "http://s3.amazonaws.com/doc/2006-03-01/", LastModified: modified, ETag: `"` + etag + `"`}
}

// source is the object that x-amz-copy-source names.
type source struct {
	*object.Object
	file *os.File
}

// openSource opens the source, if it meets the conditions. The caller closes its file.
func (c *call) openSource() (src source, err error) {
	path, version, _ := strings.Cut(c.r.Header.Get("X-Amz-Copy-Source"), "?")
	if version != "" && version != "versionId=null" {
		return src, invalid("Invalid version id specified")
	}
	if path, err = url.QueryUnescape(path); err != nil {
		return src, invalid("Invalid copy source encoding")
	}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || key == "" {
		return src, invalid("Invalid copy source object key")
	}
	if _, err := c.server.index.Bucket(c.r.Context(), bucket); err != nil {
		return src, err
	}
	if src.Object, src.file, err = c.server.open(c.r.Context(), bucket, key); err != nil {
		return src, err
	}
	if checkConditions(conditionsOf(c.r.Header, "X-Amz-Copy-Source-"), src.Object) != nil {
		return src, errors.Join(known("PreconditionFailed"), src.file.Close())
	}
	return src, nil
}

// copyObject answers CopyObject. gofakes3 would mix old and new metadata and skip conditions.
func (c *call) copyObject() error {
	if err := c.checkWrite(); err != nil {
		return err
	}
	meta, err := c.metadata()
	if err != nil {
		return err
	}
	src, err := c.openSource()
	if err != nil {
		return err
	}
	defer src.file.Close() // it was only read
	switch d := c.r.Header.Get("X-Amz-Metadata-Directive"); d {
	case "", "COPY":
		if src.Bucket == c.bucket && src.Key == c.key && meta[storageClass] == "" {
			return fail(http.StatusBadRequest, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
		}
		meta = copiedMetadata(src.Metadata, meta)
	case "REPLACE":
	default:
		return invalid("Unknown metadata directive.")
	}
	body := &payload{in: src.file, size: src.Size, algorithm: algorithms[defaultAlgorithm]}
	if a, ok := algorithms[strings.ToLower(c.r.Header.Get("X-Amz-Checksum-Algorithm"))]; ok {
		body.algorithm = a
	} else if a, ok := objectAlgorithm(src.Object); ok {
		body.algorithm = a
	}
	body.sum = body.algorithm.new()
	o := object.Object{Bucket: c.bucket, Key: c.key, Metadata: meta}
	if err := c.server.put(c.r.Context(), &o, body, body, c.condition(), 0); err != nil {
		return err
	}
	c.answerPut(meta)
	return c.out.xml(newCopyResult("CopyObjectResult", hex.EncodeToString(o.MD5), listTime(o.Modified)))
}

// copiedMetadata is what a copy takes over: all but how the source was stored.
func copiedMetadata(src, asked map[string]string) map[string]string {
	out := map[string]string{}
	for name, v := range src {
		if !strings.HasPrefix(name, "x-amz-") && name != partSizes || strings.HasPrefix(name, metaPrefix) {
			out[name] = v
		}
	}
	for name, v := range asked {
		if strings.HasPrefix(name, "x-amz-") && !strings.HasPrefix(name, metaPrefix) {
			out[name] = v
		}
	}
	return out
}

// objectAlgorithm is the algorithm of the checksum that an object has.
func objectAlgorithm(o *object.Object) (algorithm, bool) {
	for name, a := range algorithms {
		if o.Metadata[checksumPrefix+name] != "" {
			return a, true
		}
	}
	return algorithm{}, false
}
