package logs

import (
	"cmp"
	"context"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

// Limits of PutLogEvents. Source: CloudWatch Logs API, PutLogEvents, and observed.
const (
	maxBatchEvents = 10_000
	maxBatchBytes  = 1 << 20
	maxSpan        = 24 * time.Hour
	maxAge         = 14 * 24 * time.Hour
	maxAhead       = 2 * time.Hour
)

type putLogEventsInput struct {
	LogGroupName  string       `json:"logGroupName"`
	LogStreamName string       `json:"logStreamName"`
	LogEvents     []inputEvent `json:"logEvents"`
}

type inputEvent struct {
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

type putLogEventsOutput struct {
	NextSequenceToken string    `json:"nextSequenceToken"`
	Rejected          *rejected `json:"rejectedLogEventsInfo,omitempty"`
}

// rejected says which events were dropped: those before tooOld's index, and
// those from tooNew's on.
type rejected struct {
	TooOldLogEventEndIndex   *int `json:"tooOldLogEventEndIndex,omitempty"`
	TooNewLogEventStartIndex *int `json:"tooNewLogEventStartIndex,omitempty"`
}

func (s *server) putLogEvents(ctx context.Context, in *putLogEventsInput) (*putLogEventsOutput, error) {
	if err := cmp.Or(checkGroupName(in.LogGroupName), checkStreamName(in.LogStreamName), checkBatch(in.LogEvents)); err != nil {
		return nil, err
	}
	now := s.Now()
	from, to, info := within(in.LogEvents, now)
	b := logevent.Batch{Stream: in.LogStreamName}
	for _, e := range in.LogEvents[from:to] {
		b.Events = append(b.Events, logevent.Event{Timestamp: e.Timestamp, Message: e.Message})
	}
	if n := len(b.Events); n > 0 && b.Events[n-1].Timestamp-b.Events[0].Timestamp > maxSpan.Milliseconds() {
		return nil, invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	c := api.CallerFrom(ctx)
	if err := s.Store.PutLogEvents(ctx, c.Account, c.Region, in.LogGroupName, b); err != nil {
		return nil, awsError(err)
	}
	return &putLogEventsOutput{NextSequenceToken: sequenceToken(now.UnixMilli()), Rejected: info}, nil
}

func checkBatch(events []inputEvent) error {
	if len(events) == 0 || len(events) > maxBatchEvents {
		return invalid("1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and %d", maxBatchEvents)
	}
	bytes := 0
	for i, e := range events {
		size := logevent.Size(e.Message)
		switch {
		case e.Message == "":
			return invalid("1 validation error detected: Value '' at 'logEvents.%d.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1", i+1)
		case size > maxBatchBytes:
			return invalid("Log event too large: %d bytes exceeds limit of %d", size, maxBatchBytes)
		case i > 0 && e.Timestamp < events[i-1].Timestamp:
			return invalid("Log events in a single PutLogEvents request must be in chronological order.")
		}
		bytes += size
	}
	if bytes > maxBatchBytes {
		return invalid("Upload too large: %d bytes exceeds limit of %d", bytes, maxBatchBytes)
	}
	return nil
}

// within gives the part of the events that are neither too old nor too far ahead.
func within(events []inputEvent, now time.Time) (from, to int, info *rejected) {
	oldest, newest := now.Add(-maxAge).UnixMilli(), now.Add(maxAhead).UnixMilli()
	for from < len(events) && events[from].Timestamp < oldest {
		from++
	}
	to = len(events)
	for to > from && events[to-1].Timestamp > newest {
		to--
	}
	if from > 0 || to < len(events) {
		info = &rejected{}
	}
	if from > 0 {
		info.TooOldLogEventEndIndex = &from
	}
	if to < len(events) {
		info.TooNewLogEventStartIndex = &to
	}
	return from, to, info
}
