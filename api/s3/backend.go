package s3

import (
	"io"
	"time"

	"github.com/johannesboyne/gofakes3"

	"github.com/flowemu/flowemu/object"
)

// backend is what gofakes3 sees of us, for one call. Metadata and conditions that
// gofakes3 hands over are ignored: it keeps too much of one and knows too little of the other.
type backend struct{ *call }

var (
	_ gofakes3.Backend          = backend{}
	_ gofakes3.MultipartBackend = backend{}
)

// fail makes err the answer. gofakes3 would make an InternalError of what it does not know.
func (b backend) fail(err error) error {
	if err != nil {
		b.out.fail(err)
	}
	return err
}

// BucketExists is true: otherwise serve would not have come here.
func (b backend) BucketExists(string) (bool, error) { return true, nil }

// DeleteBucket removes an empty bucket.
func (b backend) DeleteBucket(name string) error {
	blobs, err := b.server.index.DeleteBucket(b.r.Context(), name)
	if err == nil {
		b.server.blobs.remove(blobs...)
	}
	return b.fail(err)
}

// GetObject hands over what get has opened.
func (b backend) GetObject(_, _ string, want *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	out, err := b.HeadObject("", "")
	if err != nil {
		return nil, err
	}
	if out.Range, err = want.Range(out.Size); err != nil {
		return nil, err
	}
	out.Contents = io.NopCloser(b.file)
	if out.Range != nil {
		out.Contents = io.NopCloser(io.NewSectionReader(b.file, out.Range.Start, out.Range.Length))
	}
	return out, nil
}

// HeadObject is GetObject without content. The headers come from describe.
func (b backend) HeadObject(string, string) (*gofakes3.Object, error) {
	return &gofakes3.Object{Name: b.key, Size: b.object.Size, Hash: b.object.MD5, Contents: io.NopCloser(eof{})}, nil
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// PutObject stores in, which reads from the call's body.
func (b backend) PutObject(bucket, key string, _ map[string]string, in io.Reader, _ int64, _ *gofakes3.PutConditions) (out gofakes3.PutObjectResult, err error) {
	meta, err := b.metadata()
	if err != nil {
		return out, b.fail(err)
	}
	o := object.Object{Bucket: bucket, Key: key, Metadata: meta}
	if err := b.server.put(b.r.Context(), &o, in, b.body, b.condition(), 0); err != nil {
		return out, b.fail(err)
	}
	b.answerPut(meta)
	return out, nil
}

// DeleteObject removes an object. It is no error if there is none.
func (b backend) DeleteObject(bucket, key string) (out gofakes3.ObjectDeleteResult, err error) {
	blobs, err := b.server.index.DeleteObjects(b.r.Context(), bucket, []string{key}, object.Condition{IfMatch: b.condition().IfMatch})
	b.server.blobs.remove(blobs...)
	return out, b.fail(err)
}

// DeleteMulti removes all or none.
func (b backend) DeleteMulti(bucket string, keys ...string) (out gofakes3.MultiDeleteResult, err error) {
	blobs, err := b.server.index.DeleteObjects(b.r.Context(), bucket, keys, object.Condition{})
	if err != nil {
		return out, b.fail(err)
	}
	b.server.blobs.remove(blobs...)
	for _, key := range keys {
		out.Deleted = append(out.Deleted, gofakes3.ObjectID{Key: key})
	}
	return out, nil
}

// What serve answers without gofakes3.

// CreateBucket is not reached.
func (b backend) CreateBucket(string) error { return gofakes3.ErrNotImplemented }

// ListBuckets is not reached.
func (b backend) ListBuckets() ([]gofakes3.BucketInfo, error) { return nil, gofakes3.ErrNotImplemented }

// ListBucket is not reached.
func (b backend) ListBucket(string, *gofakes3.Prefix, gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	return nil, gofakes3.ErrNotImplemented
}

// CopyObject is not reached.
func (b backend) CopyObject(string, string, string, string, map[string]string) (out gofakes3.CopyObjectResult, err error) {
	return out, gofakes3.ErrNotImplemented
}

// ForceDeleteBucket is MinIO's, and refused by check.
func (b backend) ForceDeleteBucket(string) error { return gofakes3.ErrNotImplemented }

func contentTime(t time.Time) gofakes3.ContentTime {
	return gofakes3.NewContentTime(t.UTC().Truncate(time.Second))
}
