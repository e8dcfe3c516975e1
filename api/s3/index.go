package s3

import (
	"context"
	"iter"

	"github.com/flowemu/flowemu/object"
)

// Index is what the server needs of a database: which buckets, objects and uploads
// there are, and which blob each has. Every change is one durable transaction.
// Errors are those of package object, or wrap them. Methods may be called concurrently.
type Index interface {
	CreateBucket(ctx context.Context, b object.Bucket) error
	Bucket(ctx context.Context, name string) (object.Bucket, error)
	Buckets(ctx context.Context) ([]object.Bucket, error)
	// DeleteBucket returns the blobs of the bucket's unfinished uploads.
	DeleteBucket(ctx context.Context, name string) (blobs []string, err error)

	Object(ctx context.Context, bucket, key string) (object.Object, error)
	Objects(ctx context.Context, bucket string, q object.Query) (object.Page, error)
	// PutObject sets o.Modified, marks delivery (0: none) in the same transaction,
	// and returns the blob that o replaces, or "".
	PutObject(ctx context.Context, o *object.Object, c object.Condition, delivery int64) (replaced string, err error)
	// DeleteObjects returns the blobs of those that existed.
	DeleteObjects(ctx context.Context, bucket string, keys []string, c object.Condition) (blobs []string, err error)

	CreateUpload(ctx context.Context, u object.Upload) error
	Upload(ctx context.Context, bucket, key, id string) (object.Upload, error)
	Uploads(ctx context.Context, bucket, prefix, key, id string, limit int) ([]object.Upload, error)
	PutPart(ctx context.Context, upload string, p object.Part) (replaced string, err error)
	Parts(ctx context.Context, upload string, after, limit int) ([]object.Part, error)
	// CompleteUpload is PutObject that also removes the upload. It returns all blobs that are of no more use.
	CompleteUpload(ctx context.Context, id string, o *object.Object, c object.Condition) (blobs []string, err error)
	AbortUpload(ctx context.Context, id string) (blobs []string, err error)

	// Blobs yields every blob that is in use.
	Blobs(ctx context.Context) iter.Seq2[string, error]
}
