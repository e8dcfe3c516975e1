package publisher

import (
	"bytes"
	"context"
	"errors"
	"iter"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/object"
	"github.com/flowemu/flowemu/recordfile"
)

// ObjectPutter is all the S3 sink needs of an object store. It stores the object
// and marks the delivery in one step, or fails with object.ErrNoBucket.
type ObjectPutter interface {
	PutDelivery(ctx context.Context, bucket, key string, body []byte, contentType string, delivery int64) error
}

// s3Sink writes objects in the file format of the flow log.
type s3Sink struct{ objects ObjectPutter }

func (s *s3Sink) Destination(f *flowlog.FlowLog, d *flowlog.Delivery) string {
	return flowlog.ObjectKey(f, d.Slot, unique(d.ID))
}

// unique spreads delivery numbers over 32 bits, each to another value.
func unique(id int64) uint32 {
	return uint32(id)*0x9e3779b1 ^ 0x5f10e000
}

// contentType of the objects. What AWS gives them is not known.
const contentType = "application/octet-stream"

func (s *s3Sink) Deliver(ctx context.Context, f *flowlog.FlowLog, d *flowlog.Delivery, records iter.Seq2[*flowlog.Record, error]) (Receipt, error) {
	format, err := flowlog.ParseFormat(f.ResourceType, f.Format)
	if err != nil {
		return Receipt{}, err
	}
	body, n, err := file(f, format, records)
	if err != nil {
		return Receipt{}, err
	}
	bucket, _, _ := flowlog.Bucket(f.Destination)
	err = s.objects.PutDelivery(ctx, bucket, d.Destination, body, contentType, d.ID)
	if errors.Is(err, object.ErrNoBucket) {
		return Receipt{}, &Error{AccessError, err}
	}
	return Receipt{Records: n, Bucket: bucket, Key: d.Destination}, err
}

// file gives a file of records in the file format of f.
func file(f *flowlog.FlowLog, format flowlog.Format, records iter.Seq2[*flowlog.Record, error]) (body []byte, n int, err error) {
	var out bytes.Buffer
	w := recordfile.New(&out, recordfile.KindOf(f.FileFormat), format)
	for r, err := range records {
		if err == nil {
			err = w.Write(r)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	err = w.Close()
	return out.Bytes(), w.Records(), err
}
