package logs_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// TestPageBytes: a page has at most 1 MiB, and nothing is lost between pages.
func TestPageBytes(t *testing.T) {
	c := newClient(t)
	put(t, c, "s", 1)
	for i := range 4 {
		at := now.UnixMilli() + int64(i)
		event := types.InputLogEvent{Timestamp: &at, Message: aws.String(strings.Repeat("x", 600<<10))}
		if _, err := c.PutLogEvents(t.Context(), &sdk.PutLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), LogEvents: []types.InputLogEvent{event}}); err != nil {
			t.Fatal(err)
		}
	}
	filtered, pages := 0, 0
	for p := sdk.NewFilterLogEventsPaginator(c, &sdk.FilterLogEventsInput{LogGroupName: aws.String("g")}); p.HasMorePages(); pages++ {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		filtered += len(page.Events)
	}
	if filtered != 5 || pages != 4 {
		t.Errorf("FilterLogEvents: %d events on %d pages", filtered, pages)
	}
	for _, fromHead := range []bool{true, false} {
		in := &sdk.GetLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: aws.String("s"), StartFromHead: &fromHead}
		got := 0
		for range 10 {
			page, err := c.GetLogEvents(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			next := page.NextForwardToken
			if !fromHead {
				next = page.NextBackwardToken
			}
			got += len(page.Events)
			if in.NextToken != nil && *in.NextToken == *next {
				break
			}
			in.NextToken = next
		}
		if got != 5 {
			t.Errorf("GetLogEvents, from head %t: %d events", fromHead, got)
		}
	}
}

// TestEmptyStreamToken: the token of an empty stream stays, and finds what arrives later.
func TestEmptyStreamToken(t *testing.T) {
	c := newClient(t)
	put(t, c, "other", 1)
	group, stream := aws.String("g"), aws.String("s")
	if _, err := c.CreateLogStream(t.Context(), &sdk.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		t.Fatal(err)
	}
	first, err := c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: group, LogStreamName: stream})
	if err != nil || len(first.Events) != 0 {
		t.Fatalf("%+v %v", first, err)
	}
	again := func() *sdk.GetLogEventsOutput {
		out, err := c.GetLogEvents(t.Context(), &sdk.GetLogEventsInput{LogGroupName: group, LogStreamName: stream, NextToken: first.NextForwardToken})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := again(); *out.NextForwardToken != *first.NextForwardToken {
		t.Errorf("%s became %s", *first.NextForwardToken, *out.NextForwardToken)
	}
	event := types.InputLogEvent{Timestamp: aws.Int64(now.UnixMilli()), Message: aws.String("m")}
	if _, err := c.PutLogEvents(t.Context(), &sdk.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: []types.InputLogEvent{event}}); err != nil {
		t.Fatal(err)
	}
	if out := again(); len(out.Events) != 1 {
		t.Errorf("what came later: %+v", out.Events)
	}
}

func TestDescribeLogGroupsByIdentifier(t *testing.T) {
	c := newClient(t)
	for _, name := range []string{"a", "b", "c"} {
		if _, err := c.CreateLogGroup(t.Context(), &sdk.CreateLogGroupInput{LogGroupName: &name}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := c.DescribeLogGroups(t.Context(), &sdk.DescribeLogGroupsInput{LogGroupIdentifiers: []string{"c", "arn:aws:logs:us-east-1:000000000000:log-group:a", "absent"}})
	if err != nil || len(out.LogGroups) != 2 || *out.LogGroups[0].LogGroupName != "a" || *out.LogGroups[1].LogGroupName != "c" {
		t.Errorf("%+v %v", out, err)
	}
}
