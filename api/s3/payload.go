package s3

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// algorithm is a checksum that S3 knows.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
type algorithm struct {
	name string // as in x-amz-checksum-<name>
	new  func() hash.Hash
	full bool // may cover a multipart object as a whole
	list bool // may cover the list of its parts
}

const (
	defaultAlgorithm = "crc64nvme" // S3 adds this one if the client sends none
	checksumPrefix   = "x-amz-checksum-"
	checksumTypeKey  = "x-amz-checksum-type"
	fullObject       = "FULL_OBJECT"
	composite        = "COMPOSITE"
)

var (
	nvmeTable  = crc64.MakeTable(0x9a6c9329ac4bc9b5)
	algorithms = map[string]algorithm{
		"crc32":     {name: "crc32", new: func() hash.Hash { return crc32.NewIEEE() }, full: true, list: true},
		"crc32c":    {name: "crc32c", new: func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }, full: true, list: true},
		"crc64nvme": {name: "crc64nvme", new: func() hash.Hash { return crc64.New(nvmeTable) }, full: true},
		"sha1":      {name: "sha1", new: sha1.New, list: true},
		"sha256":    {name: "sha256", new: sha256.New, list: true},
	}
)

func (a algorithm) header() string { return checksumPrefix + a.name }

func (a algorithm) of(b []byte) string {
	h := a.new()
	h.Write(b)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// maxPut is what one request may bring: https://docs.aws.amazon.com/general/latest/gr/s3.html
const maxPut = 5 << 30

// payload is a request's body with all transport encoding removed. Read gives io.EOF
// only if size, checksum and content hash are as the client said.
type payload struct {
	in   io.Reader
	size int64 // -1: not said
	n    int64

	algorithm algorithm
	sum       hash.Hash
	want      string    // "" : whatever comes out
	chunked   *chunked  // not nil: its trailer may have want
	trailer   string    // the trailer that was announced
	sha       hash.Hash // not nil: of the content
	wantSHA   string
}

func newPayload(r *http.Request) (*payload, error) {
	p := &payload{in: r.Body, size: r.ContentLength}
	h := r.Header
	switch how := h.Get("X-Amz-Content-Sha256"); {
	case strings.HasPrefix(how, "STREAMING-") || strings.Contains(h.Get("Content-Encoding"), "aws-chunked"):
		p.chunked = newChunked(r.Body)
		p.in = p.chunked
		n, err := strconv.ParseInt(h.Get("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil || n < 0 {
			return nil, known("MissingContentLength")
		}
		p.size = n
	case len(how) == hex.EncodedLen(sha256.Size):
		p.sha, p.wantSHA = sha256.New(), how
	}
	if p.size > maxPut {
		return nil, fail(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	}
	if err := p.findChecksum(h); err != nil {
		return nil, err
	}
	p.sum = p.algorithm.new()
	return p, nil
}

// findChecksum sees which checksum the client sends, or will send in the trailer.
func (p *payload) findChecksum(h http.Header) error {
	invalidRequest := func(text string) error { return fail(http.StatusBadRequest, "InvalidRequest", "%s", text) }
	for name, a := range algorithms {
		if v := h.Get(a.header()); v != "" {
			if p.algorithm.new != nil {
				return invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
			}
			if b, err := base64.StdEncoding.DecodeString(v); err != nil || len(b) != a.new().Size() {
				return invalidRequest("Value for x-amz-checksum-" + name + " header is invalid.")
			}
			p.algorithm, p.want = a, v
		}
	}
	for name := range h {
		name, ok := strings.CutPrefix(strings.ToLower(name), checksumPrefix)
		if _, known := algorithms[name]; ok && !known && name != "mode" && name != "type" && name != "algorithm" {
			return notImplemented(checksumPrefix + name) // rather than store what was not verified
		}
	}
	if t := strings.ToLower(strings.TrimSpace(h.Get("X-Amz-Trailer"))); t != "" && p.chunked != nil {
		a, ok := algorithms[strings.TrimPrefix(t, checksumPrefix)]
		if !ok {
			return notImplemented("trailer " + t)
		}
		if p.algorithm.new != nil {
			return invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
		p.algorithm, p.trailer = a, t
	}
	if p.algorithm.new != nil {
		return nil
	}
	if h.Get("X-Amz-Sdk-Checksum-Algorithm") != "" {
		return invalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	}
	p.algorithm = algorithms[defaultAlgorithm]
	return nil
}

func (p *payload) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.n += int64(n)
	p.sum.Write(b[:n])
	if p.sha != nil {
		p.sha.Write(b[:n])
	}
	if p.size >= 0 && p.n > p.size {
		return n, known("IncompleteBody")
	}
	if err == io.EOF {
		if e := p.verify(); e != nil {
			return n, e
		}
	}
	return n, err
}

func (p *payload) verify() error {
	if p.size >= 0 && p.n != p.size {
		return known("IncompleteBody")
	}
	if p.sha != nil && hex.EncodeToString(p.sha.Sum(nil)) != strings.ToLower(p.wantSHA) {
		return fail(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	want := p.want
	if p.trailer != "" {
		if want = p.chunked.trailer.Get(p.trailer); want == "" {
			return fail(http.StatusBadRequest, "MalformedTrailerError", "The trailer %s was announced and did not come.", p.trailer)
		}
	}
	if want != "" && want != p.checksum() {
		return badChecksum(p.algorithm)
	}
	return nil
}

func badChecksum(a algorithm) error {
	return fail(http.StatusBadRequest, "BadDigest", "The %s you specified did not match the calculated checksum.", strings.ToUpper(a.name))
}

// checksum is that of what has been read.
func (p *payload) checksum() string { return base64.StdEncoding.EncodeToString(p.sum.Sum(nil)) }

// describe adds the checksum of all that was read to the metadata of the object.
func (p *payload) describe(meta map[string]string) {
	meta[p.algorithm.header()] = p.checksum()
	meta[checksumTypeKey] = fullObject
}

// checkMD5 compares a document with the Content-MD5 that it came with.
func checkMD5(h http.Header, b []byte) error {
	want, err := sentMD5(h)
	if err != nil || want == nil {
		return err
	}
	if got := md5.Sum(b); string(want) != string(got[:]) {
		return known("BadDigest")
	}
	return nil
}

// sentMD5 is the Content-MD5 of a request, nil if it has none.
func sentMD5(h http.Header) ([]byte, error) {
	v := h.Get("Content-Md5")
	if v == "" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(b) != md5.Size {
		return nil, known("InvalidDigest")
	}
	return b, nil
}
