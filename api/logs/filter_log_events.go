package logs

import (
	"context"
	"math"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

type filterLogEventsInput struct {
	LogGroupName        string   `json:"logGroupName"`
	LogGroupIdentifier  string   `json:"logGroupIdentifier"`
	LogStreamNames      []string `json:"logStreamNames"`
	LogStreamNamePrefix string   `json:"logStreamNamePrefix"`
	StartTime           *int64   `json:"startTime"`
	EndTime             *int64   `json:"endTime"`
	FilterPattern       string   `json:"filterPattern"`
	NextToken           string   `json:"nextToken"`
	Limit               *int     `json:"limit"`
}

type filterLogEventsOutput struct {
	Events             []filteredEvent `json:"events"`
	SearchedLogStreams []struct{}      `json:"searchedLogStreams"` // AWS's is always empty
	NextToken          string          `json:"nextToken,omitempty"`
}

type filteredEvent struct {
	LogStreamName string `json:"logStreamName"`
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	IngestionTime int64  `json:"ingestionTime"`
	EventID       string `json:"eventId"`
}

// maxStreams is how many streams FilterLogEvents may name. Source: its API page.
const maxStreams = 100

func (s *server) filterLogEvents(ctx context.Context, in *filterLogEventsInput) (*filterLogEventsOutput, error) {
	q, err := in.query(ctx)
	if err != nil {
		return nil, err
	}
	out := &filterLogEventsOutput{Events: []filteredEvent{}, SearchedLogStreams: []struct{}{}}
	if in.LogStreamNamePrefix != "" {
		if q.Streams, err = s.streams(ctx, q, in.LogStreamNamePrefix); err != nil || len(q.Streams) == 0 {
			return out, awsError(err)
		}
	}
	most := q.Limit
	q.Limit++ // one more tells whether there is a next page
	events, err := s.Store.LogEvents(ctx, q)
	if err != nil {
		return nil, awsError(err)
	}
	shown := page(events[:min(most, len(events))], false)
	for i := range shown {
		e := &shown[i]
		out.Events = append(out.Events, filteredEvent{e.Stream, e.Timestamp, e.Message, e.Ingested, e.ID})
	}
	if len(shown) < len(events) {
		out.NextToken = shown[len(shown)-1].ID
	}
	return out, nil
}

// streams gives the names of a group's streams with that prefix.
func (s *server) streams(ctx context.Context, q logevent.Query, prefix string) ([]string, error) {
	all, err := s.Store.LogStreams(ctx, q.Account, q.Region, q.Group)
	var out []string
	for i := range all {
		if strings.HasPrefix(all[i].Name, prefix) {
			out = append(out, all[i].Name)
		}
	}
	return out, err
}

func (in *filterLogEventsInput) query(ctx context.Context) (logevent.Query, error) {
	name, err := group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return logevent.Query{}, err
	}
	switch {
	case len(in.LogStreamNames) > 0 && in.LogStreamNamePrefix != "":
		return logevent.Query{}, invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.")
	case len(in.LogStreamNames) > maxStreams:
		return logevent.Query{}, invalid("At most %d log streams can be named.", maxStreams)
	case strings.TrimSpace(in.FilterPattern) != "":
		return logevent.Query{}, invalid("this version of flowemu has no filter patterns; leave filterPattern out")
	}
	n, err := limit(in.Limit, maxPageEvents, maxPageEvents)
	if err != nil {
		return logevent.Query{}, err
	}
	c := api.CallerFrom(ctx)
	q := logevent.Query{
		Account: c.Account, Region: c.Region, Group: name, Streams: in.LogStreamNames, Before: logevent.End,
		From: orTime(in.StartTime, 0), To: orTime(in.EndTime, math.MaxInt64), Limit: n, Bytes: maxPageBytes,
	}
	if in.NextToken != "" {
		at, ok := logevent.ParseID(in.NextToken)
		if !ok {
			return q, invalid("The specified nextToken is invalid.")
		}
		q.After = at
	}
	return q, nil
}
