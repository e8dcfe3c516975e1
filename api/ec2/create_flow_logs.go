package ec2

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

type createFlowLogsInput struct {
	dryRun
	clientToken
	DeliverLogsPermissionArn string             `query:"DeliverLogsPermissionArn"`
	DeliverCrossAccountRole  string             `query:"DeliverCrossAccountRole"`
	LogGroupName             string             `query:"LogGroupName"`
	ResourceIDs              []string           `query:"ResourceId"`
	ResourceType             string             `query:"ResourceType"`
	TrafficType              string             `query:"TrafficType"`
	LogDestinationType       string             `query:"LogDestinationType"`
	LogDestination           string             `query:"LogDestination"`
	LogFormat                string             `query:"LogFormat"`
	TagSpecifications        []tagSpecification `query:"TagSpecification"`
	MaxAggregationInterval   *int               `query:"MaxAggregationInterval"`
	DestinationOptions       *destinationInput  `query:"DestinationOptions"`
}

type destinationInput struct {
	FileFormat               string `query:"FileFormat"`
	HiveCompatiblePartitions bool   `query:"HiveCompatiblePartitions"`
	PerHourPartition         bool   `query:"PerHourPartition"`
}

type createFlowLogsOutput struct {
	ClientToken  string                `xml:"clientToken"`
	FlowLogIDs   idSet                 `xml:"flowLogIdSet"`
	Unsuccessful api.Set[unsuccessful] `xml:"unsuccessful"`
}

type idSet = api.Set[string]

// maxResourceIDs is how many ids one call may have. Source: botocore's model, CreateFlowLogs.
const maxResourceIDs = 1000

func (s *server) createFlowLogs(ctx context.Context, in *createFlowLogsInput) (*createFlowLogsOutput, error) {
	c := api.CallerFrom(ctx)
	base, err := in.flowLog(c)
	if err != nil {
		return nil, awsError(err)
	}
	failed, err := s.checkDestination(ctx, &base)
	if err != nil {
		return nil, err
	}
	out, err := update(ctx, s, "CreateFlowLogs", in, func(t *tx, in *createFlowLogsInput) (*createFlowLogsOutput, error) {
		return createFlowLogs(t, in, base, failed)
	})
	if err == nil && len(out.FlowLogIDs) > 0 {
		s.seal(ctx, c, in.ResourceIDs)
	}
	return out, err
}

func createFlowLogs(t *tx, in *createFlowLogsInput, base flowlog.FlowLog, failed *itemError) (*createFlowLogsOutput, error) {
	out := &createFlowLogsOutput{ClientToken: cmp.Or(in.ClientToken, newToken())}
	if err := checkResources(t, base.ResourceType, in.ResourceIDs); err != nil {
		return nil, err
	}
	if failed != nil {
		t.again = true
		for _, id := range in.ResourceIDs {
			out.Unsuccessful = append(out.Unsuccessful, unsuccessful{id, *failed})
		}
		return out, nil
	}
	for _, id := range in.ResourceIDs {
		f := base
		f.Head, f.ResourceID, f.Created = t.head("fl"), id, t.now.Truncate(time.Millisecond)
		for _, have := range vpc.Referring[flowlog.FlowLog](t.Snapshot, id) {
			if owns(t.Caller, have) && have.Same(&f) {
				return nil, &api.Error{Code: "FlowLogAlreadyExists", Message: "Error. There is an existing Flow Log with the same configuration and log destination."}
			}
		}
		if err := t.create(&f, in.TagSpecifications); err != nil {
			return nil, err
		}
		out.FlowLogIDs = append(out.FlowLogIDs, f.ID)
	}
	return out, nil
}

// flowLog checks everything that does not depend on what exists.
func (in *createFlowLogsInput) flowLog(c api.Caller) (flowlog.FlowLog, error) {
	f := flowlog.FlowLog{
		Head: vpc.Head{Account: c.Account, Region: c.Region}, ResourceType: flowlog.ResourceType(in.ResourceType), TrafficType: flowlog.TrafficType(in.TrafficType),
		DestinationType: flowlog.DestinationType(in.LogDestinationType), Destination: in.LogDestination, LogGroupName: in.LogGroupName,
		PermissionARN: in.DeliverLogsPermissionArn, CrossAccountRole: in.DeliverCrossAccountRole, Format: in.LogFormat,
	}
	for _, check := range []func(*flowlog.FlowLog) error{in.checkResource, in.checkTraffic, in.checkWhere, in.checkOptions, in.checkInterval} {
		if err := check(&f); err != nil {
			return f, err
		}
	}
	if f.Format == "" {
		f.Format = flowlog.DefaultFormat()
	}
	_, err := flowlog.ParseFormat(f.Format)
	return f, err
}

func (in *createFlowLogsInput) checkResource(f *flowlog.FlowLog) error {
	switch {
	case len(in.ResourceIDs) == 0:
		return missingParameter("resourceIdSet")
	case len(in.ResourceIDs) > maxResourceIDs:
		return invalidParameter(fmt.Sprintf("The number of resource ids must not exceed %d.", maxResourceIDs))
	case in.ResourceType == "":
		return missingParameter("resourceType")
	case !slices.Contains([]flowlog.ResourceType{flowlog.VPC, flowlog.Subnet, flowlog.NetworkInterface}, f.ResourceType):
		return invalidValue(fmt.Sprintf("Value (%s) for parameter resourceType is invalid. Valid values: VPC, Subnet, NetworkInterface", in.ResourceType))
	}
	return nil
}

func (in *createFlowLogsInput) checkTraffic(f *flowlog.FlowLog) error {
	switch f.TrafficType {
	case "":
		return invalidParameter("traffic-type is required when the resource-type is VPC, Subnet or NetworkInterface")
	case flowlog.AcceptTraffic, flowlog.RejectTraffic, flowlog.AllTraffic:
		return nil
	}
	return invalidValue(fmt.Sprintf("Value (%s) for parameter trafficType is invalid. Valid values: ACCEPT, REJECT, ALL", in.TrafficType))
}

// checkWhere checks the destination's members against each other.
func (in *createFlowLogsInput) checkWhere(f *flowlog.FlowLog) error {
	if f.DestinationType == "" {
		f.DestinationType = flowlog.CloudWatchLogs
	}
	switch {
	case f.DestinationType != flowlog.CloudWatchLogs && f.DestinationType != flowlog.S3:
		return invalidValue(fmt.Sprintf("Value (%s) for parameter logDestinationType is invalid. Valid values: cloud-watch-logs, s3", in.LogDestinationType))
	case in.LogDestination != "" && in.LogGroupName != "":
		return invalidParameter("Please only provide LogGroupName or only provide LogDestination.")
	case in.LogDestination == "" && in.LogGroupName == "":
		return invalidParameter("LogDestination can't be empty if LogGroupName is not provided.")
	case f.DestinationType != flowlog.CloudWatchLogs && in.LogGroupName != "":
		return invalidParameter("LogDestination type must be cloud-watch-logs if LogGroupName is provided.")
	case f.DestinationType == flowlog.CloudWatchLogs && in.DeliverLogsPermissionArn == "":
		return invalidParameter("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
	case f.DestinationType == flowlog.S3 && in.DeliverLogsPermissionArn != "":
		return invalidParameter("DeliverLogsPermissionArn is not applicable for s3 delivery")
	case f.DestinationType == flowlog.CloudWatchLogs && f.LogGroup() == "":
		return invalidParameter(fmt.Sprintf("LogDestination: %s is not the ARN of a log group", in.LogDestination))
	}
	return in.checkBucketARN(f)
}

// checkBucketARN refuses what is not a bucket's ARN, and the folder AWSLogs,
// which is reserved. Source: EC2 API, CreateFlowLogs, LogDestination.
func (in *createFlowLogsInput) checkBucketARN(f *flowlog.FlowLog) error {
	if f.DestinationType != flowlog.S3 {
		return nil
	}
	_, folder, ok := flowlog.Bucket(in.LogDestination)
	if !ok {
		return invalidParameter(fmt.Sprintf("LogDestination: %s is not the ARN of a bucket", in.LogDestination))
	}
	if first, _, _ := strings.Cut(folder, "/"); first == "AWSLogs" {
		return invalidParameter("LogDestination: AWSLogs is a reserved term and cannot be a subfolder")
	}
	return nil
}

func (in *createFlowLogsInput) checkOptions(f *flowlog.FlowLog) error {
	o := in.DestinationOptions
	if f.DestinationType != flowlog.S3 {
		if o != nil {
			return invalidParameter(fmt.Sprintf("DestinationOptions is not supported when LogDestinationType is %s", f.DestinationType))
		}
		return nil
	}
	f.FileFormat = flowlog.PlainText
	if o == nil {
		return nil
	}
	f.HivePartitions, f.HourlyPartitions = o.HiveCompatiblePartitions, o.PerHourPartition
	switch o.FileFormat {
	case "", flowlog.PlainText:
		return nil
	case flowlog.Parquet:
		return invalidParameter("this version of flowemu does not write Parquet; use plain-text")
	}
	return invalidValue(fmt.Sprintf("Value (%s) for parameter fileFormat is invalid. Valid values: plain-text, parquet", o.FileFormat))
}

// Maximum aggregation intervals, in seconds. Source: EC2 API, CreateFlowLogs.
const (
	shortInterval   = 60
	defaultInterval = 600
)

func (in *createFlowLogsInput) checkInterval(f *flowlog.FlowLog) error {
	f.Interval = defaultInterval
	if in.MaxAggregationInterval != nil {
		f.Interval = *in.MaxAggregationInterval
	}
	if f.Interval != shortInterval && f.Interval != defaultInterval {
		return invalidParameter("Invalid Flow Log Max Aggregation Interval")
	}
	return nil
}

// checkResources says which of the resources does not exist.
func checkResources(t *tx, kind flowlog.ResourceType, ids []string) (err error) {
	for _, id := range ids {
		switch kind {
		case flowlog.VPC:
			if _, err = find[vpc.VPC](t, id); err != nil { // CreateFlowLogs has a text of its own
				err = &api.Error{Code: "InvalidVpcID.NotFound", Message: fmt.Sprintf("VpcID %s does not exist.", id)}
			}
		case flowlog.Subnet:
			_, err = find[vpc.Subnet](t, id)
		case flowlog.NetworkInterface:
			_, err = find[vpc.ENI](t, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkDestination gives the error of every resource when the bucket is missing.
// A log group may be missing: the first delivery makes it.
func (s *server) checkDestination(ctx context.Context, f *flowlog.FlowLog) (*itemError, error) {
	if f.DestinationType != flowlog.S3 {
		return nil, nil
	}
	bucket, _, _ := flowlog.Bucket(f.Destination)
	ok, err := s.Buckets.BucketExists(ctx, bucket)
	if err != nil || ok {
		return nil, err
	}
	return &itemError{Code: "400", Message: fmt.Sprintf("LogDestination: %s does not exist", bucket)}, nil
}

// newToken makes a client token as AWS does for callers that sent none.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
