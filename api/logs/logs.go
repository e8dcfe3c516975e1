// Package logs answers the actions of Amazon CloudWatch Logs by which people read flow logs.
package logs

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

// Store keeps log groups, streams and events. Its errors are those of package logevent.
type Store interface {
	CreateLogGroup(ctx context.Context, account, region, name string) error
	DeleteLogGroup(ctx context.Context, account, region, name string) error
	LogGroups(ctx context.Context, account, region string) ([]logevent.Group, error)
	CreateLogStream(ctx context.Context, account, region, group, name string) error
	LogStreams(ctx context.Context, account, region, group string) ([]logevent.Stream, error)
	PutLogEvents(ctx context.Context, account, region, group string, b logevent.Batch) error
	LogEvents(ctx context.Context, q logevent.Query) ([]logevent.Event, error)
}

// Options configure Service. Store is required.
type Options struct {
	Store Store
	Now   func() time.Time
}

type server struct{ Options }

// Service gives CloudWatch Logs' actions.
func Service(o Options) api.Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &server{o}
	return api.Service{
		SigningName: "logs", TargetPrefix: "Logs_20140328",
		Actions: []api.Action{
			api.JSON("CreateLogGroup", s.createLogGroup),
			api.JSON("CreateLogStream", s.createLogStream),
			api.JSON("DeleteLogGroup", s.deleteLogGroup),
			api.JSON("DescribeLogGroups", s.describeLogGroups),
			api.JSON("DescribeLogStreams", s.describeLogStreams),
			api.JSON("FilterLogEvents", s.filterLogEvents),
			api.JSON("GetLogEvents", s.getLogEvents),
			api.JSON("PutLogEvents", s.putLogEvents),
		},
	}
}

// Messages as AWS was seen to answer them.
func awsError(err error) error {
	switch {
	case errors.Is(err, logevent.ErrNoGroup):
		return &api.Error{Code: "ResourceNotFoundException", Message: "The specified log group does not exist."}
	case errors.Is(err, logevent.ErrNoStream):
		return &api.Error{Code: "ResourceNotFoundException", Message: "The specified log stream does not exist."}
	case errors.Is(err, logevent.ErrGroupExists):
		return &api.Error{Code: "ResourceAlreadyExistsException", Message: "The specified log group already exists"}
	case errors.Is(err, logevent.ErrStreamExists):
		return &api.Error{Code: "ResourceAlreadyExistsException", Message: "The specified log stream already exists"}
	}
	return err
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: "InvalidParameterException", Message: fmt.Sprintf(format, args...)}
}

var (
	groupName  = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	streamName = regexp.MustCompile(`^[^:*]{1,512}$`)
)

func checkGroupName(name string) error {
	if !groupName.MatchString(name) || strings.HasPrefix(name, "aws/") {
		return invalid("1 validation error detected: Value '%s' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+", name)
	}
	return nil
}

func checkStreamName(name string) error {
	if !streamName.MatchString(name) {
		return invalid("1 validation error detected: Value '%s' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*", name)
	}
	return nil
}

// group gives the name of the group that a request names by exactly one of its
// name and an identifier, a name or an ARN.
func group(name, identifier string) (string, error) {
	switch {
	case name != "" && identifier != "":
		return "", invalid("LogGroup name and LogGroup identifier are mutually exclusive parameters.")
	case name == "" && identifier == "":
		return "", invalid("Either LogGroup name or LogGroup identifier must be provided.")
	case name != "":
		return name, checkGroupName(name)
	}
	if _, after, isARN := strings.Cut(identifier, ":log-group:"); isARN {
		identifier = after
	}
	return identifier, checkGroupName(identifier)
}

func groupARN(c api.Caller, name string) string {
	return fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", c.Region, c.Account, name)
}

// limit gives how many items a page has: what was asked for, else the default.
func limit(asked *int, most, byDefault int) (int, error) {
	if asked == nil {
		return byDefault, nil
	}
	if *asked < 1 || *asked > most {
		return 0, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value between 1 and %d", *asked, most)
	}
	return *asked, nil
}

// empty is the output of actions that say nothing.
type empty struct{}
