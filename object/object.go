// Package object describes what an S3 bucket holds.
package object

import (
	"errors"
	"time"
)

// What an index of objects may answer instead of what was asked for.
var (
	ErrNoBucket       = errors.New("no such bucket")
	ErrNoKey          = errors.New("no such key")
	ErrNoUpload       = errors.New("no such multipart upload")
	ErrBucketExists   = errors.New("the bucket exists")
	ErrBucketNotEmpty = errors.New("the bucket is not empty")
	ErrPrecondition   = errors.New("a precondition does not hold")
	ErrNoSpace        = errors.New("no space left on device")
)

// Bucket is a named set of objects.
type Bucket struct {
	Name    string
	Region  string
	Account string
	Created time.Time
}

// Object is everything about an object but its bytes, which are in the blob.
type Object struct {
	Bucket   string
	Key      string
	Size     int64
	MD5      []byte
	ETag     string // without quotes
	Modified time.Time
	Metadata map[string]string // the headers it is served with, by lower-case name
	Blob     string
}

// Upload is a multipart upload that is neither complete nor aborted.
type Upload struct {
	ID       string
	Bucket   string
	Key      string
	Started  time.Time
	Metadata map[string]string // of the object to be
}

// Part is a part of an upload.
type Part struct {
	Number   int
	Size     int64
	MD5      []byte
	Checksum string // base64, of the upload's algorithm
	Modified time.Time
	Blob     string
}

// Condition restricts a write. ETags are without quotes, "*" is any object, "" is no condition.
type Condition struct {
	IfMatch     string
	IfNoneMatch string
}

// Check says whether an object with this ETag, or the lack of one, meets c.
func (c Condition) Check(etag string, exists bool) error {
	switch {
	case c.IfMatch != "" && !exists:
		return ErrNoKey
	case c.IfMatch != "" && c.IfMatch != "*" && c.IfMatch != etag:
		return ErrPrecondition
	case c.IfNoneMatch != "" && exists && (c.IfNoneMatch == "*" || c.IfNoneMatch == etag):
		return ErrPrecondition
	}
	return nil
}

// Query selects a page of a listing: at most Limit keys with Prefix that sort, as
// bytes, after After. With a Delimiter, keys that have it behind the prefix are
// listed once, as their common prefix. If After is such a common prefix, its
// keys are passed over; if it is a key among them, those after it still count.
type Query struct {
	Prefix    string
	Delimiter string
	After     string
	Limit     int
}

// Page is the answer to a Query: objects and common prefixes, each in order.
// Next is what to continue after, if Truncated.
type Page struct {
	Objects   []Object
	Prefixes  []string
	Truncated bool
	Next      string
}
