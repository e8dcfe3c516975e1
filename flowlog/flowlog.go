// Package flowlog is what AWS calls a flow log: its configuration, its record, the record's fields and format.
package flowlog

import (
	"errors"
	"strings"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// ResourceType is what a flow log watches.
type ResourceType string

// The resource types of CreateFlowLogs that flowemu knows.
const (
	VPC              ResourceType = "VPC"
	Subnet           ResourceType = "Subnet"
	NetworkInterface ResourceType = "NetworkInterface"
)

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
)

// The file formats of DestinationOptions.
const (
	PlainText = "plain-text"
	Parquet   = "parquet"
)

// FlowLog is a flow log as it was created, and how its deliveries fare.
type FlowLog struct {
	ID               string
	Account, Region  string
	ResourceID       string
	ResourceType     ResourceType
	TrafficType      TrafficType
	DestinationType  DestinationType
	Destination      string `json:",omitempty"` // LogDestination, as it was sent
	LogGroupName     string `json:",omitempty"`
	PermissionARN    string `json:",omitempty"` // DeliverLogsPermissionArn
	CrossAccountRole string `json:",omitempty"` // DeliverCrossAccountRole
	Format           string // LogFormat, the default filled in
	Interval         int    // MaxAggregationInterval, seconds: 60 or 600
	FileFormat       string `json:",omitempty"` // DestinationOptions, S3 only
	HivePartitions   bool   `json:",omitempty"`
	HourlyPartitions bool   `json:",omitempty"`

	Created time.Time `json:"-"`
	Failure string    `json:"-"` // DeliverLogsErrorMessage of the last delivery; "" when it succeeded
}

// ErrExists says that the account has a flow log with the same configuration and destination.
var ErrExists = errors.New("a flow log with the same configuration and log destination exists")

// ErrNotFound says that the account has no flow log of that id.
var ErrNotFound = errors.New("no such flow log")

// Same says whether f and o have the same configuration, so that AWS would
// refuse the second with FlowLogAlreadyExists.
func (f *FlowLog) Same(o *FlowLog) bool {
	a, b := *f, *o
	for _, x := range []*FlowLog{&a, &b} {
		x.ID, x.Created, x.Failure, x.PermissionARN, x.CrossAccountRole = "", time.Time{}, "", "", ""
		x.LogGroupName, x.Destination = x.LogGroup(), strings.TrimSuffix(x.Destination, "/")
		if x.DestinationType == CloudWatchLogs {
			x.Destination = ""
		}
	}
	return a == b
}

// Covers says whether the interface's traffic belongs into f.
func (f *FlowLog) Covers(e *vpc.ENI) bool {
	return f.Account == e.Account && f.Region == e.Region && e.In(f.ResourceID)
}

// Wants says whether f keeps records of that action, "ACCEPT" or "REJECT".
func (f *FlowLog) Wants(action string) bool {
	return f.TrafficType == AllTraffic || string(f.TrafficType) == action
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

// LogStream gives the name of the stream for an interface's records: the
// interface and the traffic type in lower case.
func (f *FlowLog) LogStream(interfaceID string) string {
	return interfaceID + "-" + strings.ToLower(string(f.TrafficType))
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
