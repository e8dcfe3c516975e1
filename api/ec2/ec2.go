// Package ec2 answers the actions of Amazon EC2 that concern flow logs, tags and the network.
package ec2

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// Network is the network resources. EnsureDefault makes the default VPC of an
// account and Region that nobody has asked for before.
type Network interface {
	Snapshot() *vpc.Snapshot
	EnsureDefault(ctx context.Context, account, region string) error
}

// FlowLogs keeps flow logs. CreateFlowLogs makes all or none, sets Created and
// fails with flowlog.ErrExists. DeleteFlowLogs gives the ids that are unknown.
type FlowLogs interface {
	CreateFlowLogs(ctx context.Context, logs []flowlog.FlowLog, tags map[string]string) error
	FlowLogs(ctx context.Context, account, region string) ([]flowlog.FlowLog, error)
	DeleteFlowLogs(ctx context.Context, account, region string, ids []string) (missing []string, err error)
}

// Tags keeps the tags of all resources. PutTags lets check refuse what the
// numbers of tags by resource id would be.
type Tags interface {
	Tags(ctx context.Context, account, region string) ([]vpc.Tag, error)
	PutTags(ctx context.Context, account, region string, tags []vpc.Tag, check func(after map[string]int) error) error
	DeleteTags(ctx context.Context, account, region string, gone func(vpc.Tag) bool) error
}

// Buckets tells whether a bucket exists.
type Buckets interface {
	BucketExists(ctx context.Context, name string) (bool, error)
}

// Sealer seals the open capture windows of what lies in resources, so that a
// new flow log has nothing from before its creation.
type Sealer interface {
	Seal(ctx context.Context, account, region string, resources []string) error
}

// Options configure Service. All are required.
type Options struct {
	Network  Network
	FlowLogs FlowLogs
	Tags     Tags
	Buckets  Buckets
	Sealer   Sealer
	NewID    func(prefix string) string // a new resource id, such as fl-0123456789abcdef0
	Logger   *slog.Logger
}

type server struct {
	Options
	hint sync.Once // about interfaces that are elsewhere
}

// Service gives EC2's actions.
func Service(o Options) api.Service {
	s := &server{Options: o}
	return api.Service{
		SigningName: "ec2", APIVersion: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
		Actions: []api.Action{
			api.Query("CreateFlowLogs", s.createFlowLogs),
			api.Query("CreateTags", s.createTags),
			api.Query("DeleteFlowLogs", s.deleteFlowLogs),
			api.Query("DeleteTags", s.deleteTags),
			api.Query("DescribeAvailabilityZones", s.describeAvailabilityZones),
			api.Query("DescribeFlowLogs", s.describeFlowLogs),
			api.Query("DescribeNetworkInterfaces", s.describeNetworkInterfaces),
			api.Query("DescribeRegions", s.describeRegions),
			api.Query("DescribeSubnets", s.describeSubnets),
			api.Query("DescribeTags", s.describeTags),
			api.Query("DescribeVpcs", s.describeVpcs),
		},
	}
}

// awsError puts the errors of the domain into EC2's words.
func awsError(err error) error {
	var format *flowlog.FormatError
	switch {
	case errors.Is(err, flowlog.ErrExists):
		return &api.Error{Code: "FlowLogAlreadyExists", Message: "Error. There is an existing Flow Log with the same configuration and log destination."}
	case errors.As(err, &format) && len(format.Unknown) > 0:
		return invalidParameter(format.Error())
	case errors.As(err, &format):
		return &api.Error{Code: "InvalidParameterValue", Message: format.Error()}
	}
	return err
}

func invalidParameter(message string) error {
	return &api.Error{Code: "InvalidParameter", Message: message}
}

func invalidValue(message string) error {
	return &api.Error{Code: "InvalidParameterValue", Message: message}
}

func missingParameter(name string) error {
	return &api.Error{Code: "MissingParameter", Message: "The request must contain the parameter " + name}
}

// caller gives who asks, after making sure that the account has a network there.
func (s *server) caller(ctx context.Context) (api.Caller, error) {
	c := api.CallerFrom(ctx)
	return c, s.Network.EnsureDefault(ctx, c.Account, c.Region)
}

// unsuccessful is a resource for which an action failed while it went on with others.
type unsuccessful struct {
	ResourceID string    `xml:"resourceId"`
	Error      itemError `xml:"error"`
}

type itemError struct {
	Code    string `xml:"code"`
	Message string `xml:"message"`
}

// tag is a tag in requests and replies.
type tag struct {
	Key   string `query:"Key" xml:"key"`
	Value string `query:"Value" xml:"value"`
}

// tagsOf gives the tags of an account's resources by resource id.
func (s *server) tagsOf(ctx context.Context, c api.Caller) (map[string][]tag, error) {
	all, err := s.Tags.Tags(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	out := map[string][]tag{}
	for _, t := range all {
		out[t.ResourceID] = append(out[t.ResourceID], tag{t.Key, t.Value})
	}
	return out, nil
}
