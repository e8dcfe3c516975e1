package logs

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

type createLogStreamInput struct {
	LogGroupName  string `json:"logGroupName"`
	LogStreamName string `json:"logStreamName"`
}

func (s *server) createLogStream(ctx context.Context, in *createLogStreamInput) (*empty, error) {
	if err := cmp.Or(checkGroupName(in.LogGroupName), checkStreamName(in.LogStreamName)); err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	return nil, awsError(s.Store.CreateLogStream(ctx, c.Account, c.Region, in.LogGroupName, in.LogStreamName))
}

type describeLogStreamsInput struct {
	LogGroupName        string `json:"logGroupName"`
	LogGroupIdentifier  string `json:"logGroupIdentifier"`
	LogStreamNamePrefix string `json:"logStreamNamePrefix"`
	OrderBy             string `json:"orderBy"`
	Descending          bool   `json:"descending"`
	Limit               *int   `json:"limit"`
	NextToken           string `json:"nextToken"`
}

type describeLogStreamsOutput struct {
	LogStreams []logStream `json:"logStreams"`
	NextToken  string      `json:"nextToken,omitempty"`
}

// logStream has the members of an event only when the stream has one.
type logStream struct {
	LogStreamName       string `json:"logStreamName"`
	CreationTime        int64  `json:"creationTime"`
	FirstEventTimestamp *int64 `json:"firstEventTimestamp,omitempty"`
	LastEventTimestamp  *int64 `json:"lastEventTimestamp,omitempty"`
	LastIngestionTime   *int64 `json:"lastIngestionTime,omitempty"`
	UploadSequenceToken string `json:"uploadSequenceToken,omitempty"`
	Arn                 string `json:"arn"`
	StoredBytes         int64  `json:"storedBytes"`
}

func (s *server) describeLogStreams(ctx context.Context, in *describeLogStreamsInput) (*describeLogStreamsOutput, error) {
	name, err := group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	n, err := limit(in.Limit, maxDescribed, maxDescribed)
	if err != nil {
		return nil, err
	}
	order, err := in.order()
	if err != nil {
		return nil, err
	}
	from, err := offset(in.NextToken)
	if err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	all, err := s.Store.LogStreams(ctx, c.Account, c.Region, name)
	if err != nil {
		return nil, awsError(err)
	}
	all = slices.DeleteFunc(all, func(st logevent.Stream) bool { return !strings.HasPrefix(st.Name, in.LogStreamNamePrefix) })
	slices.SortStableFunc(all, order)
	out := &describeLogStreamsOutput{LogStreams: []logStream{}}
	from = min(from, len(all))
	for _, st := range all[from:min(from+n, len(all))] {
		out.LogStreams = append(out.LogStreams, newLogStream(groupARN(c, name), &st))
	}
	if from+n < len(all) {
		out.NextToken = strconv.Itoa(from + n)
	}
	return out, nil
}

func (in *describeLogStreamsInput) order() (func(a, b logevent.Stream) int, error) {
	byName := func(a, b logevent.Stream) int { return strings.Compare(a.Name, b.Name) }
	order := byName
	switch in.OrderBy {
	case "", "LogStreamName":
	case "LastEventTime":
		if in.LogStreamNamePrefix != "" {
			return nil, invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
		}
		order = func(a, b logevent.Stream) int { return cmp.Or(cmp.Compare(a.Last, b.Last), byName(a, b)) }
	default:
		return nil, invalid("1 validation error detected: Value '%s' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]", in.OrderBy)
	}
	if in.Descending {
		up := order
		order = func(a, b logevent.Stream) int { return up(b, a) }
	}
	return order, nil
}

// offset parses the token of DescribeLogStreams.
func offset(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(token)
	if err != nil || n < 0 {
		return 0, invalid("The specified nextToken is invalid.")
	}
	return n, nil
}

func newLogStream(groupARN string, st *logevent.Stream) logStream {
	out := logStream{LogStreamName: st.Name, CreationTime: st.Created, Arn: groupARN + ":log-stream:" + st.Name}
	if st.Events > 0 {
		out.FirstEventTimestamp, out.LastEventTimestamp, out.LastIngestionTime = &st.First, &st.Last, &st.Ingested
		out.UploadSequenceToken = sequenceToken(st.Ingested)
	}
	return out
}

// sequenceToken gives what AWS still returns though nobody needs it: 56 digits.
func sequenceToken(ingested int64) string { return logevent.Position{Timestamp: ingested}.ID() }
