// Package logevent describes what a CloudWatch Logs group holds.
package logevent

import "errors"

// What a store of log events may answer instead of what was asked for.
var (
	ErrNoGroup      = errors.New("no such log group")
	ErrNoStream     = errors.New("no such log stream")
	ErrGroupExists  = errors.New("the log group exists")
	ErrStreamExists = errors.New("the log stream exists")
	ErrTooManyTags  = errors.New("too many tags")
)

// Group is a named set of streams. Times are Unix milliseconds.
type Group struct {
	Name          string
	Account       string
	Region        string
	Created       int64
	RetentionDays int // 0: events never expire
	StoredBytes   int64
}

// Stream is a sequence of events. Times are Unix milliseconds; First, Last and
// Ingested mean nothing unless Events is positive.
type Stream struct {
	Name     string
	Created  int64
	Events   int64
	First    int64 // timestamp of the earliest event
	Last     int64 // timestamp of the latest event
	Ingested int64 // when the last event arrived
}

// Event is one entry of a stream. Times are Unix milliseconds.
type Event struct {
	Timestamp int64
	Ingested  int64
	ID        string // 56 digits, see ID
	Stream    string // set in answers only
	Message   string
}

// Overhead is what an event counts besides its message, in bytes.
// Source: CloudWatch Logs API, PutLogEvents.
const Overhead = 26

// Size is what an event of this message counts towards AWS's limits, in bytes.
func Size(message string) int { return len(message) + Overhead }

// Batch is events for one stream, in any order.
type Batch struct {
	Stream string
	Events []Event // Timestamp and Message
}

// Query asks for events of a log group: of the streams, all if none is named,
// that lie between After and Before, both exclusive, and in time from From to
// To, both inclusive. Latest asks for the last Limit of them, not the first.
// Bytes, unless 0, ends the answer with the event whose Size makes it more.
type Query struct {
	Account, Region, Group string
	Streams                []string
	After, Before          Position
	From, To               int64 // Unix milliseconds
	Limit, Bytes           int
	Latest                 bool
}
