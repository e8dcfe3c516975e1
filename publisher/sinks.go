package publisher

import (
	"context"
	"errors"
	"iter"

	"github.com/flowemu/flowemu/flowlog"
)

// Sink is a destination of flow logs.
type Sink interface {
	// Destination names what delivery number id of f will be called, such as an
	// object's key; "" if the destination has no names. It is kept before
	// anything is sent.
	Destination(f *flowlog.FlowLog, d *flowlog.Delivery) string
	// Deliver hands over the records of d and marks d as delivered, in one step
	// if the sink can. Called again with the same d and records after a failure
	// or a crash, it must not deliver twice what arrived. An error is an *Error,
	// or stands for UnknownError.
	Deliver(ctx context.Context, f *flowlog.FlowLog, d *flowlog.Delivery, records iter.Seq2[*flowlog.Record, error]) (Receipt, error)
}

// Receipt says what a delivery put where.
type Receipt struct {
	Records     int
	Bucket, Key string // of the object, if it was one
	LogEvents   int
}

// The texts that DeliverLogsErrorMessage may have.
// Source: EC2 API, FlowLog, deliverLogsErrorMessage.
const (
	AccessError  = "Access error"
	RateLimited  = "Rate limited"
	UnknownError = "Unknown error"
)

// Error is why a delivery failed, in AWS's words.
type Error struct {
	Message string // AccessError, RateLimited or UnknownError
	Err     error
}

func (e *Error) Error() string { return e.Message + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// message gives AWS's words for why a delivery failed.
func message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return UnknownError
}

// NewSinks gives the destinations of flow logs. There are no delivery streams
// yet: a flow log to one fails, and nothing is kept for it.
func NewSinks(objects ObjectPutter, events LogPutter) map[flowlog.DestinationType]Sink {
	return map[flowlog.DestinationType]Sink{
		flowlog.S3:             &s3Sink{objects},
		flowlog.CloudWatchLogs: &logsSink{events},
	}
}
