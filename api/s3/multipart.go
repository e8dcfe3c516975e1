package s3

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/johannesboyne/gofakes3"

	"github.com/flowemu/flowemu/object"
)

// Limits of https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	maxParts = 10000
	minPart  = 5 << 20 // of all parts but the last
)

// createUpload answers CreateMultipartUpload. The checksum's algorithm and type are
// kept in the metadata, under the name that the checksum will have.
func (c *call) createUpload() error {
	if err := c.checkWrite(); err != nil {
		return err
	}
	name, kind := strings.ToLower(c.r.Header.Get("X-Amz-Checksum-Algorithm")), strings.ToUpper(c.r.Header.Get(checksumTypeKey))
	algo, ok := algorithms[name]
	switch {
	case name == "":
		algo, kind = algorithms[defaultAlgorithm], fullObject
	case !ok:
		return fail(http.StatusBadRequest, "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	case kind == "" && algo.list:
		kind = composite
	case kind == "":
		kind = fullObject
	}
	if kind == fullObject && !algo.full || kind == composite && !algo.list || kind != fullObject && kind != composite {
		return fail(http.StatusBadRequest, "InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.", kind, algo.name)
	}
	meta, err := c.metadata()
	if err != nil {
		return err
	}
	meta[algo.header()], meta[checksumTypeKey] = "-", kind
	u := object.Upload{ID: newID(), Bucket: c.bucket, Key: c.key, Metadata: meta}
	if err := c.server.index.CreateUpload(c.r.Context(), u); err != nil {
		return err
	}
	if name != "" {
		c.out.Header().Set("X-Amz-Checksum-Algorithm", strings.ToUpper(algo.name))
		c.out.Header().Set(checksumTypeKey, kind)
	}
	return c.out.xml(gofakes3.InitiateMultipartUploadResult{Bucket: c.bucket, Key: c.key, UploadID: gofakes3.UploadID(u.ID)})
}

func (c *call) upload() (object.Upload, error) {
	return c.server.index.Upload(c.r.Context(), c.bucket, c.key, c.query.Get("uploadId"))
}

// uploadAlgorithm is the algorithm that createUpload settled.
func uploadAlgorithm(u object.Upload) algorithm {
	a, _ := objectAlgorithm(&object.Object{Metadata: u.Metadata})
	return a
}

// uploadPart answers UploadPart and UploadPartCopy. gofakes3 decodes no part and refuses empty ones.
func (c *call) uploadPart() error {
	n, err := strconv.Atoi(c.query.Get("partNumber"))
	if err != nil || n < 1 || n > maxParts {
		return invalid("Part number must be an integer between 1 and %d, inclusive", maxParts)
	}
	u, err := c.upload()
	if err != nil {
		return err
	}
	if c.r.Header.Get("X-Amz-Copy-Source") != "" {
		return c.copyPart(u, n)
	}
	body, err := newPayload(c.r)
	if err != nil {
		return err
	}
	if body.size < 0 {
		return known("MissingContentLength")
	}
	sent := body.want != "" || body.trailer != ""
	if algo := uploadAlgorithm(u); sent && algo.name != body.algorithm.name {
		if u.Metadata[checksumTypeKey] == composite {
			return fail(http.StatusBadRequest, "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", algo.name, body.algorithm.name)
		}
	} else if !sent {
		body.algorithm, body.sum = algo, algo.new()
	}
	p, err := c.putPart(u, n, body)
	if err != nil {
		return err
	}
	c.out.Header().Set("ETag", `"`+hex.EncodeToString(p.MD5)+`"`)
	c.out.Header().Set(body.algorithm.header(), p.Checksum)
	return nil
}

// putPart stores a part, as put does an object.
func (c *call) putPart(u object.Upload, n int, body *payload) (p object.Part, err error) {
	want, err := sentMD5(c.r.Header)
	if err != nil {
		return p, err
	}
	b, err := c.server.blobs.write(body)
	if err != nil {
		return p, err
	}
	if want != nil && !bytes.Equal(want, b.md5) {
		c.server.blobs.remove(b.id)
		return p, known("BadDigest")
	}
	p = object.Part{Number: n, Size: b.size, MD5: b.md5, Checksum: body.checksum(), Blob: b.id}
	replaced, err := c.server.index.PutPart(c.r.Context(), u.ID, p)
	if err != nil {
		c.server.discard(b.id, err)
		return p, err
	}
	c.server.blobs.remove(replaced)
	return p, nil
}

func (c *call) copyPart(u object.Upload, n int) error {
	src, err := c.openSource()
	if err != nil {
		return err
	}
	defer src.file.Close() // it was only read
	from, size := int64(0), src.Size
	if v := c.r.Header.Get("X-Amz-Copy-Source-Range"); v != "" {
		first, last, _ := strings.Cut(strings.TrimPrefix(v, "bytes="), "-")
		a, errA := strconv.ParseInt(first, 10, 64)
		b, errB := strconv.ParseInt(last, 10, 64)
		if errA != nil || errB != nil || a < 0 || a > b || b >= size {
			return invalid("Range specified is not valid for source object of size: %d", size)
		}
		from, size = a, b-a+1
	}
	algo := uploadAlgorithm(u)
	body := &payload{in: io.NewSectionReader(src.file, from, size), size: size, algorithm: algo, sum: algo.new()}
	p, err := c.putPart(u, n, body)
	if err != nil {
		return err
	}
	return c.out.xml(newCopyResult("CopyPartResult", hex.EncodeToString(p.MD5), listTime(c.server.opt.Now())))
}

// completeUpload answers CompleteMultipartUpload, with a verified document, by way of gofakes3.
func (c *call) completeUpload() error {
	text, err := c.partList()
	if err != nil {
		return err
	}
	c.r.Body = io.NopCloser(bytes.NewReader(text))
	return c.delegate()
}

// partList is document, but the checksum in the headers is that of the object to be.
func (c *call) partList() ([]byte, error) {
	saved := c.r.Header
	c.r.Header = saved.Clone()
	defer func() { c.r.Header = saved }()
	for _, a := range algorithms {
		c.r.Header.Del(a.header())
	}
	c.r.Header.Del("X-Amz-Sdk-Checksum-Algorithm")
	return c.document()
}

// CreateMultipartUpload is not reached.
func (b backend) CreateMultipartUpload(string, string, map[string]string) (gofakes3.UploadID, error) {
	return "", gofakes3.ErrNotImplemented
}

// UploadPart is not reached.
func (b backend) UploadPart(string, string, gofakes3.UploadID, int, int64, io.Reader) (string, error) {
	return "", gofakes3.ErrNotImplemented
}

// AbortMultipartUpload forgets an upload and its parts.
func (b backend) AbortMultipartUpload(string, string, gofakes3.UploadID) error {
	u, err := b.upload()
	if err != nil {
		return b.fail(err)
	}
	blobs, err := b.server.index.AbortUpload(b.r.Context(), u.ID)
	if err == nil {
		b.server.blobs.remove(blobs...)
	}
	return b.fail(err)
}

// ListMultipartUploads lists a page of a bucket's uploads.
func (b backend) ListMultipartUploads(bucket string, _ *gofakes3.UploadListMarker, prefix gofakes3.Prefix, limit int64) (*gofakes3.ListMultipartUploadsResult, error) {
	key, id := b.query.Get("key-marker"), b.query.Get("upload-id-marker")
	us, err := b.server.index.Uploads(b.r.Context(), bucket, prefix.Prefix, key, id, int(limit)+1)
	if err != nil {
		return nil, b.fail(err)
	}
	out := &gofakes3.ListMultipartUploadsResult{Bucket: bucket, KeyMarker: key, UploadIDMarker: gofakes3.UploadID(id), MaxUploads: limit, Prefix: prefix.Prefix}
	if out.IsTruncated = len(us) > int(limit); out.IsTruncated {
		us = us[:limit]
		out.NextKeyMarker, out.NextUploadIDMarker = us[limit-1].Key, gofakes3.UploadID(us[limit-1].ID)
	}
	self := gofakes3.UserInfo(b.server.self())
	for _, u := range us {
		out.Uploads = append(out.Uploads, gofakes3.ListMultipartUploadItem{Key: u.Key, UploadID: gofakes3.UploadID(u.ID), Initiator: &self, Owner: &self, Initiated: contentTime(u.Started)})
	}
	return out, nil
}

// ListParts lists a page of an upload's parts.
func (b backend) ListParts(bucket, key string, id gofakes3.UploadID, marker int, limit int64) (*gofakes3.ListMultipartUploadPartsResult, error) {
	u, err := b.upload()
	if err != nil {
		return nil, b.fail(err)
	}
	ps, err := b.server.index.Parts(b.r.Context(), u.ID, marker, int(limit)+1)
	if err != nil {
		return nil, b.fail(err)
	}
	self := gofakes3.UserInfo(b.server.self())
	out := &gofakes3.ListMultipartUploadPartsResult{Bucket: bucket, Key: key, UploadID: id, PartNumberMarker: marker, MaxParts: limit, Initiator: &self, Owner: &self}
	if out.IsTruncated = len(ps) > int(limit); out.IsTruncated {
		ps = ps[:limit]
	}
	for _, p := range ps {
		out.NextPartNumberMarker = p.Number
		out.Parts = append(out.Parts, gofakes3.ListMultipartUploadPartItem{PartNumber: p.Number, LastModified: contentTime(p.Modified), ETag: `"` + hex.EncodeToString(p.MD5) + `"`, Size: p.Size})
	}
	return out, nil
}

// CompleteMultipartUpload makes one blob of the parts and the upload an object.
func (b backend) CompleteMultipartUpload(_, _ string, _ gofakes3.UploadID, in *gofakes3.CompleteMultipartUploadRequest) (_ gofakes3.VersionID, etag string, err error) {
	u, err := b.upload()
	if err != nil {
		return "", "", b.fail(err)
	}
	have, err := b.server.index.Parts(b.r.Context(), u.ID, 0, maxParts)
	if err != nil {
		return "", "", b.fail(err)
	}
	chosen, err := choose(in.Parts, have)
	if err != nil {
		return "", "", b.fail(err)
	}
	o, err := b.assemble(u, chosen)
	if err != nil {
		return "", "", b.fail(err)
	}
	stale, err := b.server.index.CompleteUpload(b.r.Context(), u.ID, &o, b.condition())
	if err != nil {
		b.server.discard(o.Blob, err)
		return "", "", b.fail(err)
	}
	b.server.blobs.remove(stale...)
	b.answerPut(o.Metadata)
	return "", `"` + o.ETag + `"`, nil
}

// choose finds the parts that the client lists.
func choose(want []gofakes3.CompletedPart, have []object.Part) (out []object.Part, err error) {
	byNumber := map[int]object.Part{}
	for _, p := range have {
		byNumber[p.Number] = p
	}
	if len(want) == 0 {
		return nil, known("MalformedXML")
	}
	for i := 1; i < len(want); i++ {
		if want[i].PartNumber <= want[i-1].PartNumber {
			return nil, known("InvalidPartOrder")
		}
	}
	for i, w := range want {
		p, ok := byNumber[w.PartNumber]
		if !ok || bareETag(w.ETag) != hex.EncodeToString(p.MD5) {
			return nil, known("InvalidPart")
		}
		if i < len(want)-1 && p.Size < minPart {
			return nil, fail(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		out = append(out, p)
	}
	return out, nil
}

// assemble writes the parts into one blob and describes it as an object.
func (b backend) assemble(u object.Upload, parts []object.Part) (object.Object, error) {
	algo := uploadAlgorithm(u)
	in := &partReader{blobs: b.server.blobs, parts: parts}
	defer in.close()
	whole := &payload{in: in, size: -1, algorithm: algo, sum: algo.new()}
	blob, err := b.server.blobs.write(whole)
	if err != nil {
		return object.Object{}, err
	}
	sums, list, sizes := md5.New(), algo.new(), make([]string, len(parts))
	for i, p := range parts {
		sums.Write(p.MD5)
		writeBase64(list, p.Checksum)
		sizes[i] = strconv.FormatInt(p.Size, 10)
	}
	suffix := "-" + strconv.Itoa(len(parts))
	sum := whole.checksum()
	if u.Metadata[checksumTypeKey] == composite {
		sum = base64.StdEncoding.EncodeToString(list.Sum(nil)) + suffix
	}
	u.Metadata[algo.header()], u.Metadata[partSizes] = sum, strings.Join(sizes, ",")
	o := object.Object{
		Bucket: u.Bucket, Key: u.Key, Size: blob.size, MD5: blob.md5, Metadata: u.Metadata, Blob: blob.id,
		ETag: hex.EncodeToString(sums.Sum(nil)) + suffix,
	}
	if want := b.r.Header.Get(algo.header()); want != "" && strings.TrimSuffix(want, suffix) != strings.TrimSuffix(sum, suffix) {
		b.server.blobs.remove(blob.id)
		return o, badChecksum(algo)
	}
	return o, nil
}

// writeBase64 adds the bytes of a part's checksum, which we wrote ourselves.
func writeBase64(h hash.Hash, s string) {
	if b, err := base64.StdEncoding.DecodeString(s); err == nil {
		h.Write(b)
	}
}

// partReader reads parts one after the other, with one file open at a time.
type partReader struct {
	blobs *blobs
	parts []object.Part
	file  *os.File
}

func (r *partReader) Read(p []byte) (int, error) {
	for {
		if r.file == nil {
			if len(r.parts) == 0 {
				return 0, io.EOF
			}
			var err error
			if r.file, err = r.blobs.open(r.parts[0].Blob); err != nil {
				return 0, err
			}
			r.parts = r.parts[1:]
		}
		n, err := r.file.Read(p)
		if n > 0 || err != io.EOF {
			return n, err
		}
		r.close()
	}
}

func (r *partReader) close() {
	if r.file != nil {
		_ = r.file.Close() // it was only read
		r.file = nil
	}
}
