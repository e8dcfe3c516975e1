// Package flowlog is what AWS calls a flow log: its configuration, its record, the record's fields and format.
package flowlog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// ResourceType is what a flow log watches.
type ResourceType string

// The resource types of CreateFlowLogs.
const (
	VPC                      ResourceType = "VPC"
	Subnet                   ResourceType = "Subnet"
	NetworkInterface         ResourceType = "NetworkInterface"
	TransitGateway           ResourceType = "TransitGateway"
	TransitGatewayAttachment ResourceType = "TransitGatewayAttachment"
	RegionalNatGateway       ResourceType = "RegionalNatGateway"
)

// Transit says whether t is one of the transit gateway kinds, whose records and
// rules are different.
func (t ResourceType) Transit() bool { return t == TransitGateway || t == TransitGatewayAttachment }

// TrafficType is which records a flow log keeps, by their action.
type TrafficType string

// The traffic types of CreateFlowLogs.
const (
	AcceptTraffic TrafficType = "ACCEPT"
	RejectTraffic TrafficType = "REJECT"
	AllTraffic    TrafficType = "ALL"
)

// DestinationType is where a flow log delivers to.
type DestinationType string

// The destination types of CreateFlowLogs.
const (
	CloudWatchLogs DestinationType = "cloud-watch-logs"
	S3             DestinationType = "s3"
	Firehose       DestinationType = "kinesis-data-firehose"
)

// The file formats of DestinationOptions.
const (
	PlainText = "plain-text"
	Parquet   = "parquet"
)

// Kind is the kind of a FlowLog.
const Kind vpc.Kind = "vpc-flow-log"

// FlowLog is a flow log as it was created, and how its deliveries fare.
type FlowLog struct {
	vpc.Head
	ResourceID       string
	ResourceType     ResourceType
	TrafficType      TrafficType
	DestinationType  DestinationType
	Destination      string     `json:",omitempty"` // LogDestination, as it was sent
	LogGroupName     string     `json:",omitempty"`
	PermissionARN    string     `json:",omitempty"` // DeliverLogsPermissionArn
	CrossAccountRole string     `json:",omitempty"` // DeliverCrossAccountRole
	Format           string     // LogFormat, the default filled in
	Interval         int        // MaxAggregationInterval, seconds: 60 or 600
	FileFormat       string     `json:",omitempty"` // DestinationOptions, S3 only
	HivePartitions   bool       `json:",omitempty"`
	HourlyPartitions bool       `json:",omitempty"`
	TagFields        []TagField `json:",omitempty"` // TagFieldSpecifications

	Created time.Time
	Failure string `json:",omitempty"` // DeliverLogsErrorMessage of the last delivery; "" when it succeeded
}

// TagField says whose tags the fields x-tag and x-tag-2 of a kind of resource have.
// Source: EC2 API, TagFieldSpecification.
type TagField struct {
	ResourceType string // network-interface, instance or auto-scaling-group
	Keys         []string
}

// Kind is Kind.
func (*FlowLog) Kind() vpc.Kind { return Kind }

// Refs gives what the flow log watches.
func (f *FlowLog) Refs() []string { return []string{f.ResourceID} }

// ErrNotFound says that the account has no flow log of that id.
var ErrNotFound = errors.New("no such flow log")

// Same says whether f and o have the same configuration, so that AWS would
// refuse the second with FlowLogAlreadyExists: everything but the roles, with one
// destination, however it is written.
func (f *FlowLog) Same(o *FlowLog) bool {
	return f.ResourceID == o.ResourceID && f.TrafficType == o.TrafficType && f.DestinationType == o.DestinationType && f.Format == o.Format &&
		f.Interval == o.Interval && f.FileFormat == o.FileFormat && f.HivePartitions == o.HivePartitions && f.HourlyPartitions == o.HourlyPartitions &&
		f.where() == o.where() && slices.EqualFunc(f.TagFields, o.TagFields, func(a, b TagField) bool {
		return a.ResourceType == b.ResourceType && slices.Equal(a.Keys, b.Keys)
	})
}

func (f *FlowLog) where() string {
	if f.DestinationType == CloudWatchLogs {
		return f.LogGroup()
	}
	return strings.TrimSuffix(f.Destination, "/")
}

// SetFailure notes how the last delivery of a flow log ended: with an error text
// or, "", with success. One that was deleted is left alone.
func SetFailure(ctx context.Context, network Updater, id, failure string) error {
	return network.Update(ctx, func(tx *vpc.Tx) error {
		f := vpc.Get[FlowLog](tx.Snapshot, id)
		if f == nil || f.Failure == failure {
			return nil
		}
		f = vpc.Clone(f)
		f.Failure = failure
		tx.Put(f)
		return nil
	})
}

// Updater changes resources, as a *vpc.Inventory does.
type Updater interface {
	Update(ctx context.Context, f func(*vpc.Tx) error) error
}

// Covers says whether what was seen at i belongs into f.
func (f *FlowLog) Covers(i *Interface) bool {
	return f.Account == i.Account && f.Region == i.Region && i.In(f.ResourceID)
}

// Wants says whether f keeps records of that action, "ACCEPT" or "REJECT".
// Transit gateways have no actions and no traffic type.
func (f *FlowLog) Wants(action string) bool {
	return f.TrafficType == AllTraffic || string(f.TrafficType) == action || f.ResourceType.Transit()
}

// LogGroup gives the name of the log group that f delivers to, which may have
// been given as a name or as an ARN, or "".
func (f *FlowLog) LogGroup() string {
	if f.LogGroupName != "" || f.DestinationType != CloudWatchLogs {
		return f.LogGroupName
	}
	_, name, _ := strings.Cut(f.Destination, ":log-group:")
	return strings.TrimSuffix(name, ":*")
}

// DeliveryStream gives the name of the delivery stream that f delivers to, or "".
// AWS's ARN has a slash before the name, its guide a colon.
func (f *FlowLog) DeliveryStream() string {
	p := strings.SplitN(f.Destination, ":", 6)
	if f.DestinationType != Firehose || len(p) != 6 || p[0] != "arn" || p[2] != "firehose" {
		return ""
	}
	name, ok := strings.CutPrefix(p[5], "deliverystream")
	if !ok || len(name) < 2 || name[0] != '/' && name[0] != ':' {
		return ""
	}
	return name[1:]
}

// LogStream gives the name of the stream for the records of an interface or
// gateway: its id and the traffic type in lower case, if there is one.
func (f *FlowLog) LogStream(id string) string {
	if f.TrafficType == "" {
		return id
	}
	return id + "-" + strings.ToLower(string(f.TrafficType))
}

// Bucket splits an S3 destination ARN into the bucket and the folder, which is
// "" or ends in a slash. ok is false if arn is not one of a bucket.
func Bucket(arn string) (bucket, folder string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:aws:s3:::")
	if !ok {
		return "", "", false
	}
	bucket, folder, _ = strings.Cut(rest, "/")
	if folder = strings.Trim(folder, "/"); folder != "" {
		folder += "/"
	}
	return bucket, folder, bucket != ""
}
