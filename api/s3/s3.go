// Package s3 answers the S3 API from blob files on disk, which an index knows by bucket and key.
package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/flowemu/flowemu/object"
)

// Options configure New. Index and Dir are required; nobody else may write below Dir.
type Options struct {
	Index   Index
	Dir     string           // of the blobs
	Now     func() time.Time // default: time.Now
	Region  string           // of buckets that name none; default: us-east-1
	Account string           // owner of every bucket; default: 000000000000
	Logger  *slog.Logger     // default: none
}

// Server is the S3 service. Its methods may be called concurrently.
type Server struct {
	opt   Options
	index Index
	blobs *blobs
	owner string // AWS calls it the canonical user id
}

// New prepares o.Dir: what a crash left there unfinished or unused is removed.
func New(o Options) (*Server, error) {
	if o.Index == nil || o.Dir == "" {
		return nil, errors.New("s3: Options.Index and Options.Dir are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Account == "" {
		o.Account = "000000000000"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	id := sha256.Sum256([]byte(o.Account))
	s := &Server{opt: o, index: o.Index, owner: hex.EncodeToString(id[:])}
	var err error
	if s.blobs, err = openBlobs(o.Dir, o.Logger); err != nil {
		return nil, fmt.Errorf("s3: open %s: %w", o.Dir, err)
	}
	if err := s.blobs.sweep(o.Index.Blobs(context.Background())); err != nil {
		return nil, fmt.Errorf("s3: tidy up %s: %w", o.Dir, err)
	}
	return s, nil
}

// ServeHTTP answers a request for a bucket in the path or in the host name.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	if err := c.serve(); err != nil {
		c.out.fail(err)
	}
	c.out.finish()
}

// BucketExists says whether there is a bucket of this name.
func (s *Server) BucketExists(ctx context.Context, name string) (bool, error) {
	_, err := s.index.Bucket(ctx, name)
	if errors.Is(err, object.ErrNoBucket) {
		return false, nil
	}
	return err == nil, err
}

// PutDelivery stores an object and marks the delivery in the same transaction:
// when it returns nil both are durable, when it fails neither has happened.
// It fails with object.ErrNoBucket, object.ErrNoSpace, or as the index says of delivery.
func (s *Server) PutDelivery(ctx context.Context, bucket, key string, body []byte, contentType string, delivery int64) error {
	algo := algorithms[defaultAlgorithm]
	o := object.Object{Bucket: bucket, Key: key, Metadata: map[string]string{
		"content-type":  contentType,
		algo.header():   algo.of(body),
		checksumTypeKey: fullObject,
	}}
	if _, err := s.index.Bucket(ctx, bucket); err != nil {
		return fmt.Errorf("put s3://%s/%s: %w", bucket, key, err) // before writing for nothing
	}
	if err := s.put(ctx, &o, bytes.NewReader(body), nil, object.Condition{}, delivery); err != nil {
		return fmt.Errorf("put s3://%s/%s: %w", bucket, key, noSpace(err))
	}
	return nil
}

// put makes in the content of o, and the checksum of p, if any, part of its metadata
// once in is read. The blob is durable before the index speaks of it,
// and the replaced one goes after the index has forgotten it: a crash at any point
// leaves one whole object and at most a blob for the next start to sweep.
func (s *Server) put(ctx context.Context, o *object.Object, in io.Reader, p *payload, cond object.Condition, delivery int64) error {
	b, err := s.blobs.write(in)
	if err != nil {
		return err
	}
	o.Blob, o.Size, o.MD5, o.ETag = b.id, b.size, b.md5, hex.EncodeToString(b.md5)
	if p != nil {
		p.describe(o.Metadata)
	}
	replaced, err := s.index.PutObject(ctx, o, cond, delivery)
	if err != nil {
		s.discard(b.id, err)
		return err
	}
	s.blobs.remove(replaced)
	return nil
}

// discard removes a blob that a transaction was to refer to, which failed with cause.
// Unless the index refused, it looks first: a commit may report an error and yet be on disk.
func (s *Server) discard(id string, cause error) {
	if !refused(cause) {
		for used, err := range s.index.Blobs(context.Background()) {
			if err != nil || used == id {
				return // the next start sweeps it if it is of no use
			}
		}
	}
	s.blobs.remove(id)
}

// refused says whether err is the index's decision, so that nothing was committed.
func refused(err error) bool {
	for _, e := range []error{object.ErrPrecondition, object.ErrNoKey, object.ErrNoBucket, object.ErrNoUpload} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
