package logs

import (
	"context"
	"math"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

// Limits of a page of events. Source: CloudWatch Logs API, GetLogEvents.
const (
	maxPageEvents = 10_000
	maxPageBytes  = 1 << 20
)

type getLogEventsInput struct {
	LogGroupName       string `json:"logGroupName"`
	LogGroupIdentifier string `json:"logGroupIdentifier"`
	LogStreamName      string `json:"logStreamName"`
	StartTime          *int64 `json:"startTime"`
	EndTime            *int64 `json:"endTime"`
	NextToken          string `json:"nextToken"`
	Limit              *int   `json:"limit"`
	StartFromHead      bool   `json:"startFromHead"`
}

type getLogEventsOutput struct {
	Events            []outputEvent `json:"events"`
	NextForwardToken  string        `json:"nextForwardToken"`
	NextBackwardToken string        `json:"nextBackwardToken"`
}

type outputEvent struct {
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	IngestionTime int64  `json:"ingestionTime"`
}

// getLogEvents pages through a stream in either direction. A token names the
// event before which, or after which, its page is; at an end it stays the same.
func (s *server) getLogEvents(ctx context.Context, in *getLogEventsInput) (*getLogEventsOutput, error) {
	q, err := in.query(ctx)
	if err != nil {
		return nil, err
	}
	events, err := s.Store.LogEvents(ctx, q)
	if err != nil {
		return nil, awsError(err)
	}
	events = page(events, q.Latest)
	out := &getLogEventsOutput{Events: []outputEvent{}}
	for i := range events {
		out.Events = append(out.Events, outputEvent{events[i].Timestamp, events[i].Message, events[i].Ingested})
	}
	switch n := len(events); {
	case n > 0:
		out.NextForwardToken, out.NextBackwardToken = "f/"+events[n-1].ID+"/s", "b/"+events[0].ID+"/s"
	case q.Latest && q.Before != logevent.End: // nothing before: the next forward page begins there
		at := q.Before
		at.Seq--
		out.NextForwardToken, out.NextBackwardToken = "f/"+at.ID()+"/s", "b/"+q.Before.ID()+"/s"
	default:
		at := q.After
		at.Seq++
		out.NextForwardToken, out.NextBackwardToken = "f/"+q.After.ID()+"/s", "b/"+at.ID()+"/s"
	}
	return out, nil
}

func (in *getLogEventsInput) query(ctx context.Context) (logevent.Query, error) {
	name, err := group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return logevent.Query{}, err
	}
	if err := checkStreamName(in.LogStreamName); err != nil {
		return logevent.Query{}, err
	}
	n, err := limit(in.Limit, maxPageEvents, maxPageEvents)
	if err != nil {
		return logevent.Query{}, err
	}
	c := api.CallerFrom(ctx)
	q := logevent.Query{
		Account: c.Account, Region: c.Region, Group: name, Streams: []string{in.LogStreamName},
		Before: logevent.End, From: orTime(in.StartTime, 0), To: orTime(in.EndTime, math.MaxInt64), Limit: n, Bytes: maxPageBytes, Latest: !in.StartFromHead,
	}
	if in.EndTime != nil {
		q.To-- // exclusive, unlike FilterLogEvents'
	}
	if in.NextToken == "" {
		return q, nil
	}
	direction, id, _ := strings.Cut(strings.TrimSuffix(in.NextToken, "/s"), "/")
	at, ok := logevent.ParseID(id)
	switch {
	case ok && direction == "f":
		q.After, q.Latest = at, false
	case ok && direction == "b":
		q.Before, q.Latest = at, true
	default:
		return q, invalid("The specified nextToken is invalid.")
	}
	return q, nil
}

func orTime(t *int64, other int64) int64 {
	if t == nil {
		return other
	}
	return *t
}

// page cuts events at a page's size, at the far end of the reading direction.
func page(events []logevent.Event, latest bool) []logevent.Event {
	size := 0
	for i := range events {
		at := i
		if latest {
			at = len(events) - 1 - i
		}
		if size += logevent.Size(events[at].Message); size <= maxPageBytes || i == 0 {
			continue
		}
		if latest {
			return events[at+1:]
		}
		return events[:i]
	}
	return events
}
