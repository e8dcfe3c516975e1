package logs_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/apitest"
	"github.com/flowemu/flowemu/api/logs"
	"github.com/flowemu/flowemu/store"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClient(t *testing.T) *sdk.Client {
	t.Helper()
	clock := func() time.Time { return now }
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Volatile: true, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	srv := httptest.NewServer(api.NewRouter(api.RouterOptions{Services: []api.Service{logs.Service(logs.Options{Store: db, Now: clock})}, Account: "000000000000", Region: "us-east-1"}))
	t.Cleanup(srv.Close)
	return sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &srv.URL, RetryMaxAttempts: 1, HTTPClient: apitest.NewClient(t), Credentials: credentials.NewStaticCredentialsProvider("k", "s", "")})
}

func message(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode() + ": " + e.ErrorMessage()
	}
	return fmt.Sprint(err)
}

// TestErrors has AWS's observed texts.
func TestErrors(t *testing.T) {
	c := newClient(t)
	group, stream := aws.String("g"), aws.String("s")
	_, err := c.CreateLogStream(t.Context(), &sdk.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream})
	if got := message(err); got != "ResourceNotFoundException: The specified log group does not exist." {
		t.Error(got)
	}
	if _, err := c.CreateLogGroup(t.Context(), &sdk.CreateLogGroupInput{LogGroupName: group}); err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateLogGroup(t.Context(), &sdk.CreateLogGroupInput{LogGroupName: group})
	if got := message(err); got != "ResourceAlreadyExistsException: The specified log group already exists" {
		t.Error(got)
	}
	_, err = c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: group, LogStreamName: stream})
	if got := message(err); got != "ResourceNotFoundException: The specified log stream does not exist." {
		t.Error(got)
	}
	_, err = c.FilterLogEvents(t.Context(), &sdk.FilterLogEventsInput{LogGroupName: group, FilterPattern: aws.String("REJECT")})
	if got := message(err); !strings.HasPrefix(got, "InvalidParameterException: ") {
		t.Error(got)
	}
}

// put makes a group and a stream of n events, a second apart, that end at now.
func put(t *testing.T, c *sdk.Client, stream string, n int) {
	t.Helper()
	_, _ = c.CreateLogGroup(t.Context(), &sdk.CreateLogGroupInput{LogGroupName: aws.String("g")}) // may be there
	if _, err := c.CreateLogStream(t.Context(), &sdk.CreateLogStreamInput{LogGroupName: aws.String("g"), LogStreamName: &stream}); err != nil {
		t.Fatal(err)
	}
	var events []types.InputLogEvent
	for i := range n {
		at := now.Add(time.Duration(i-n+1) * time.Second).UnixMilli()
		events = append(events, types.InputLogEvent{Timestamp: &at, Message: aws.String(fmt.Sprint(stream, i))})
	}
	if _, err := c.PutLogEvents(t.Context(), &sdk.PutLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: &stream, LogEvents: events}); err != nil {
		t.Fatal(err)
	}
}

// TestGetLogEvents reads forward to the end, where the token stays, and backward to the start.
func TestGetLogEvents(t *testing.T) {
	c := newClient(t)
	put(t, c, "s", 25)
	in := &sdk.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), StartFromHead: aws.Bool(true), Limit: aws.Int32(10)}
	var got []string
	for {
		page, err := c.GetLogEvents(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			got = append(got, *e.Message)
		}
		if in.NextToken != nil && *page.NextForwardToken == *in.NextToken {
			break
		}
		in.NextToken = page.NextForwardToken
	}
	if len(got) != 25 || got[0] != "s0" || got[24] != "s24" {
		t.Errorf("forward: %q", got)
	}
	last, err := c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), Limit: aws.Int32(10)})
	if err != nil || len(last.Events) != 10 || *last.Events[0].Message != "s15" || *last.Events[9].Message != "s24" {
		t.Fatalf("latest: %+v %v", last, err)
	}
	back, err := c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), Limit: aws.Int32(10), NextToken: last.NextBackwardToken})
	if err != nil || len(back.Events) != 10 || *back.Events[0].Message != "s5" {
		t.Errorf("backward: %+v %v", back, err)
	}
	end := now.UnixMilli() // exclusive
	head, err := c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), EndTime: &end, StartFromHead: aws.Bool(true)})
	if err != nil || len(head.Events) != 24 {
		t.Errorf("end time: %d %v", len(head.Events), err)
	}
}

func TestFilterLogEvents(t *testing.T) {
	c := newClient(t)
	put(t, c, "a", 5)
	put(t, c, "b", 5)
	in := &sdk.FilterLogEventsInput{LogGroupName: aws.String("g"), Limit: aws.Int32(3)}
	ids, last := map[string]bool{}, int64(0)
	for pages := sdk.NewFilterLogEventsPaginator(c, in); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			if ids[*e.EventId] || *e.Timestamp < last {
				t.Errorf("%s %d twice or out of order", *e.EventId, *e.Timestamp)
			}
			ids[*e.EventId], last = true, *e.Timestamp
		}
	}
	if len(ids) != 10 {
		t.Errorf("%d events", len(ids))
	}
	from, to := now.Add(-time.Second).UnixMilli(), now.UnixMilli() // both inclusive
	got, err := c.FilterLogEvents(t.Context(), &sdk.FilterLogEventsInput{LogGroupName: aws.String("g"), LogStreamNamePrefix: aws.String("b"), StartTime: &from, EndTime: &to})
	if err != nil || len(got.Events) != 2 || *got.Events[0].LogStreamName != "b" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestPutLogEventsLimits(t *testing.T) {
	c := newClient(t)
	put(t, c, "s", 1)
	event := func(at time.Time) types.InputLogEvent {
		return types.InputLogEvent{Timestamp: aws.Int64(at.UnixMilli()), Message: aws.String("m")}
	}
	send := func(events ...types.InputLogEvent) (*sdk.PutLogEventsOutput, error) {
		return c.PutLogEvents(t.Context(), &sdk.PutLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), LogEvents: events})
	}
	_, err := send(event(now), event(now.Add(-time.Second)))
	if got := message(err); got != "InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order." {
		t.Error(got)
	}
	_, err = send(event(now.Add(-24*time.Hour-time.Millisecond)), event(now))
	if got := message(err); got != "InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours." {
		t.Error(got)
	}
	out, err := send(event(now.Add(-15*24*time.Hour)), event(now), event(now.Add(3*time.Hour)))
	if err != nil || *out.RejectedLogEventsInfo.TooOldLogEventEndIndex != 1 || *out.RejectedLogEventsInfo.TooNewLogEventStartIndex != 2 {
		t.Errorf("%+v %v", out, err)
	}
}

func TestDescribe(t *testing.T) {
	c := newClient(t)
	for _, s := range []string{"b", "a", "c"} {
		put(t, c, s, 1)
	}
	groups, err := c.DescribeLogGroups(t.Context(), &sdk.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("g")})
	if err != nil || len(groups.LogGroups) != 1 || *groups.LogGroups[0].Arn != "arn:aws:logs:us-east-1:000000000000:log-group:g:*" || groups.LogGroups[0].RetentionInDays != nil {
		t.Errorf("%+v %v", groups, err)
	}
	var names []string
	for pages := sdk.NewDescribeLogStreamsPaginator(c, &sdk.DescribeLogStreamsInput{LogGroupName: aws.String("g"), Limit: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.LogStreams {
			names = append(names, *s.LogStreamName)
			if *s.LastEventTimestamp != now.UnixMilli() {
				t.Errorf("%s: last event %d", *s.LogStreamName, *s.LastEventTimestamp)
			}
		}
	}
	if strings.Join(names, "") != "abc" {
		t.Errorf("streams %q", names)
	}
}
