package ec2

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// flowLog checks everything that does not depend on what exists, and gives the
// flow log but for what each resource adds.
func (in *createFlowLogsInput) flowLog() (flowlog.FlowLog, error) {
	f := flowlog.FlowLog{
		ResourceType: flowlog.ResourceType(in.ResourceType), TrafficType: flowlog.TrafficType(in.TrafficType),
		DestinationType: flowlog.DestinationType(in.LogDestinationType), Destination: in.LogDestination, LogGroupName: in.LogGroupName,
		PermissionARN: in.DeliverLogsPermissionArn, CrossAccountRole: in.DeliverCrossAccountRole, Format: in.LogFormat,
	}
	for _, check := range []func(*flowlog.FlowLog) error{
		in.checkResourceType, in.checkResourceIDs, in.checkTraffic, in.checkWhere, in.checkRoles, in.checkARN, in.checkOptions, in.checkInterval, in.checkTagFields,
	} {
		if err := check(&f); err != nil {
			return f, err
		}
	}
	if f.Format == "" {
		f.Format = flowlog.DefaultFormat(f.ResourceType)
	}
	_, err := flowlog.ParseFormat(f.ResourceType, f.Format)
	return f, err
}

type resourceKind struct {
	name flowlog.ResourceType
	kind vpc.Kind
}

// resourceKinds says of which kind the resources of a resource type are.
var resourceKinds = []resourceKind{
	{flowlog.VPC, vpc.KindVPC},
	{flowlog.Subnet, vpc.KindSubnet},
	{flowlog.NetworkInterface, vpc.KindENI},
	{flowlog.TransitGateway, vpc.KindTransitGateway},
	{flowlog.TransitGatewayAttachment, vpc.KindTransitGatewayAttachment},
	{flowlog.RegionalNatGateway, vpc.KindNATGateway},
}

func (in *createFlowLogsInput) checkResourceType(*flowlog.FlowLog) error {
	if in.ResourceType == "" {
		return missingParameter("resourceType")
	}
	valid := make([]string, len(resourceKinds))
	for i, r := range resourceKinds {
		valid[i] = string(r.name)
	}
	return oneOf("resourceType", in.ResourceType, valid...)
}

// oneOf refuses a value that is not one of those that its parameter may have.
func oneOf(parameter, value string, valid ...string) error {
	if slices.Contains(valid, value) {
		return nil
	}
	return invalidValue("Value (%s) for parameter %s is invalid. Valid values: %s", value, parameter, strings.Join(valid, ", "))
}

// How many ids one call may have. Source: EC2 API, CreateFlowLogs, ResourceId.
const (
	maxResourceIDs = 1000
	maxTransitIDs  = 25
)

func (in *createFlowLogsInput) checkResourceIDs(f *flowlog.FlowLog) error {
	most := maxResourceIDs
	if f.ResourceType.Transit() {
		most = maxTransitIDs
	}
	switch {
	case len(in.ResourceIDs) == 0:
		return missingParameter("resourceIdSet")
	case len(in.ResourceIDs) > most:
		return invalidParameter("The number of resource ids must not exceed %d when the resource-type is %s.", most, f.ResourceType)
	}
	for _, id := range in.ResourceIDs {
		k := kindOfID(id)
		if k == nil || !slices.Contains(resourceKinds, resourceKind{f.ResourceType, k.kind}) {
			return invalidResource(id, f.ResourceType)
		}
	}
	return nil
}

func invalidResource(id string, t flowlog.ResourceType) error {
	return invalidParameter("Invalid Resource id %s for resource-type %s", id, t)
}

func (in *createFlowLogsInput) checkTraffic(f *flowlog.FlowLog) error {
	switch {
	case f.ResourceType.Transit() && in.TrafficType != "":
		return invalidParameter("traffic-type is not supported when the resource-type is TransitGateway or TransitGatewayAttachment")
	case f.ResourceType.Transit():
		return nil
	case in.TrafficType == "":
		return invalidParameter("traffic-type is required when the resource-type is VPC, Subnet or NetworkInterface")
	}
	return oneOf("trafficType", in.TrafficType, string(flowlog.AcceptTraffic), string(flowlog.RejectTraffic), string(flowlog.AllTraffic))
}

// checkWhere checks the destination's members against each other.
func (in *createFlowLogsInput) checkWhere(f *flowlog.FlowLog) error {
	if f.DestinationType == "" {
		f.DestinationType = flowlog.CloudWatchLogs
	}
	if err := oneOf("logDestinationType", string(f.DestinationType), string(flowlog.CloudWatchLogs), string(flowlog.S3), string(flowlog.Firehose)); err != nil {
		return err
	}
	switch {
	case in.LogDestination != "" && in.LogGroupName != "":
		return invalidParameter("Please only provide LogGroupName or only provide LogDestination.")
	case in.LogDestination == "" && in.LogGroupName == "":
		return invalidParameter("LogDestination can't be empty if LogGroupName is not provided.")
	case f.DestinationType != flowlog.CloudWatchLogs && in.LogGroupName != "":
		return invalidParameter("LogDestination type must be cloud-watch-logs if LogGroupName is provided.")
	}
	return nil
}

// checkRoles checks which roles go with the destination. Source: EC2 API,
// CreateFlowLogs, DeliverLogsPermissionArn and DeliverCrossAccountRole.
func (in *createFlowLogsInput) checkRoles(f *flowlog.FlowLog) error {
	switch {
	case f.DestinationType == flowlog.CloudWatchLogs && in.DeliverLogsPermissionArn == "":
		return invalidParameter("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
	case f.DestinationType == flowlog.S3 && in.DeliverLogsPermissionArn != "":
		return invalidParameter("DeliverLogsPermissionArn is not applicable for s3 delivery")
	case f.DestinationType != flowlog.Firehose && in.DeliverCrossAccountRole != "":
		return invalidParameter("DeliverCrossAccountRole is only applicable for kinesis-data-firehose delivery")
	}
	for _, role := range []string{in.DeliverLogsPermissionArn, in.DeliverCrossAccountRole} {
		if role != "" && !isRole(role) {
			return invalidParameter("Unable to assume given IAM role: %s is not the ARN of a role", role)
		}
	}
	return nil
}

// isRole says whether s is in the form of a role's ARN, arn:aws:iam::ACCOUNT:role/NAME.
func isRole(s string) bool {
	p := strings.SplitN(s, ":", 6)
	return len(p) == 6 && p[0] == "arn" && p[2] == "iam" && p[3] == "" && strings.HasPrefix(p[5], "role/")
}

// checkARN refuses what is not the destination type's ARN, and in a bucket the
// folder AWSLogs, which is reserved. Source: EC2 API, CreateFlowLogs, LogDestination.
func (in *createFlowLogsInput) checkARN(f *flowlog.FlowLog) error {
	switch f.DestinationType {
	case flowlog.CloudWatchLogs:
		if name := f.LogGroup(); name != "" && !isLogGroup(name) {
			return invalidParameter("Invalid log group name: %s", name)
		} else if name == "" {
			return invalidParameter("LogDestination: %s is not the ARN of a log group", in.LogDestination)
		}
	case flowlog.Firehose:
		if f.DeliveryStream() == "" {
			return invalidParameter("LogDestination: %s is not the ARN of a delivery stream", in.LogDestination)
		}
	case flowlog.S3:
		_, folder, ok := flowlog.Bucket(in.LogDestination)
		if !ok {
			return invalidParameter("LogDestination: %s is not the ARN of a bucket", in.LogDestination)
		}
		if first, _, _ := strings.Cut(folder, "/"); first == "AWSLogs" {
			return invalidParameter("LogDestination: AWSLogs is a reserved term and cannot be a subfolder")
		}
	}
	return nil
}

// isLogGroup says whether a log group may have that name. Source: CloudWatch
// Logs API, CreateLogGroup, logGroupName.
func isLogGroup(name string) bool {
	const maxName = 512
	return len(name) <= maxName && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/.#") == ""
}

func (in *createFlowLogsInput) checkOptions(f *flowlog.FlowLog) error {
	o := in.DestinationOptions
	if f.DestinationType != flowlog.S3 {
		if o != nil {
			return invalidParameter("DestinationOptions is not supported when LogDestinationType is %s", f.DestinationType)
		}
		return nil
	}
	f.FileFormat = flowlog.PlainText
	if o == nil {
		return nil
	}
	f.HivePartitions, f.HourlyPartitions = o.HiveCompatiblePartitions, o.PerHourPartition
	if o.FileFormat == "" {
		return nil
	}
	f.FileFormat = o.FileFormat
	return oneOf("fileFormat", o.FileFormat, flowlog.PlainText, flowlog.Parquet)
}

// Maximum aggregation intervals, in seconds. Source: EC2 API, CreateFlowLogs.
const (
	shortInterval   = 60
	defaultInterval = 600
)

func (in *createFlowLogsInput) checkInterval(f *flowlog.FlowLog) error {
	f.Interval = defaultInterval
	if f.ResourceType.Transit() {
		f.Interval = shortInterval
	}
	if in.MaxAggregationInterval != nil {
		f.Interval = *in.MaxAggregationInterval
	}
	switch {
	case f.ResourceType.Transit() && f.Interval != shortInterval:
		return invalidParameter("max-aggregation-interval other than 60 sec / 1 min is not supported when the resource-type is TransitGateway or TransitGatewayAttachment")
	case f.Interval != shortInterval && f.Interval != defaultInterval:
		return invalidParameter("Invalid Flow Log Max Aggregation Interval")
	}
	return nil
}

// maxTagFieldKeys is how many keys a TagFieldSpecification has: they are the
// fields x-tag and x-tag-2. Source: EC2 API, TagFieldSpecification.
const maxTagFieldKeys = 2

// checkTagFields takes at most one specification for each of the three kinds.
func (in *createFlowLogsInput) checkTagFields(f *flowlog.FlowLog) error {
	seen := map[string]bool{}
	for _, spec := range in.TagFieldSpecifications {
		if err := oneOf("tagFieldSpecification.resourceType", spec.ResourceType, "network-interface", "instance", "auto-scaling-group"); err != nil {
			return err
		}
		if seen[spec.ResourceType] {
			return invalidParameter("There is more than one TagFieldSpecification for the resource type %s", spec.ResourceType)
		}
		seen[spec.ResourceType] = true
		if n := len(spec.TagKeys); n == 0 || n > maxTagFieldKeys {
			return invalidParameter("A TagFieldSpecification must have 1 or %d tag keys", maxTagFieldKeys)
		}
		for _, key := range spec.TagKeys {
			if n := utf8.RuneCountInString(key); n == 0 || n > maxTagKey {
				return invalidParameter("A tag key of a TagFieldSpecification must have 1 to %d characters", maxTagKey)
			}
		}
		f.TagFields = append(f.TagFields, flowlog.TagField{ResourceType: spec.ResourceType, Keys: spec.TagKeys})
	}
	return nil
}
