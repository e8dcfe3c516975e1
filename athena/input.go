package athena

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowemu/flowemu/flowlog"
)

// Problem is a kind of reason why there is no template.
type Problem uint8

// The problems of an Input.
const (
	NotS3 Problem = iota + 1 // the flow log does not deliver to S3
	TransitGateway
	Count // no integration, or too many
	UnknownFrequency
	BadResultBucket
	DatesMissing
	DatesReversed
	DatesInFuture
	Duplicate // two integrations would have the same names
)

// InputError says why there is no template for an Input. The texts are ours: AWS
// documents the rules and not its messages.
type InputError struct {
	Problem Problem
	Text    string
}

func (e *InputError) Error() string { return e.Text }

// maxIntegrations is how many AthenaIntegrations a request may have.
// Source: EC2's service model.
const maxIntegrations = 10

// check gives the flow log's format, or what is wrong with in.
// Source: "Query flow logs using Amazon Athena" in the VPC user guide, and
// GetFlowLogsIntegrationTemplate.
func (in *Input) check() (flowlog.Format, error) {
	f := &in.FlowLog
	if strings.HasPrefix(string(f.ResourceType), "TransitGateway") {
		return flowlog.Format{}, &InputError{TransitGateway, fmt.Sprintf("Flow log %s is of a %s: the integration with Amazon Athena does not support transit gateway flow logs", f.ID, f.ResourceType)}
	}
	if _, _, ok := flowlog.Bucket(f.Destination); f.DestinationType != flowlog.S3 || !ok {
		return flowlog.Format{}, &InputError{NotS3, fmt.Sprintf("Flow log %s does not deliver to Amazon S3, which the integration with Amazon Athena needs", f.ID)}
	}
	if n := len(in.Integrations); n == 0 || n > maxIntegrations {
		return flowlog.Format{}, &InputError{Count, fmt.Sprintf("There must be 1 to %d Athena integrations, not %d", maxIntegrations, n)}
	}
	var names []string
	for i := range in.Integrations {
		if err := in.checkIntegration(&in.Integrations[i]); err != nil {
			return flowlog.Format{}, err
		}
		name := in.name(&in.Integrations[i])
		if slices.Contains(names, name) {
			return flowlog.Format{}, &InputError{Duplicate, fmt.Sprintf("Two Athena integrations have the partition load frequency and the dates of %s", name)}
		}
		names = append(names, name)
	}
	return flowlog.ParseFormat(f.ResourceType, f.Format)
}

func (in *Input) checkIntegration(i *Integration) error {
	if !slices.Contains([]Frequency{None, Daily, Weekly, Monthly}, i.Frequency) {
		return &InputError{UnknownFrequency, fmt.Sprintf("Invalid PartitionLoadFrequency '%s'. It must be none, daily, weekly or monthly", i.Frequency)}
	}
	if _, _, ok := flowlog.Bucket(i.ResultBucketARN); !ok {
		return &InputError{BadResultBucket, fmt.Sprintf("Invalid IntegrationResultS3DestinationArn '%s'. It must be the ARN of a bucket, with or without a folder", i.ResultBucketARN)}
	}
	if i.Frequency == None && (i.Start.IsZero() || i.End.IsZero()) {
		return &InputError{DatesMissing, "PartitionStartDate and PartitionEndDate are required when PartitionLoadFrequency is none"}
	}
	if !i.End.IsZero() && (i.End.Before(i.Start) || i.End.Before(in.first(i).Truncate(24*time.Hour))) {
		return &InputError{DatesReversed, "PartitionEndDate must not be before PartitionStartDate or, without one, the day when the flow log was created"}
	}
	// With another frequency AWS takes an end to come, such as that of the month.
	if i.Frequency == None && i.End.After(in.Now) {
		return &InputError{DatesInFuture, "PartitionStartDate and PartitionEndDate must be in the past when PartitionLoadFrequency is none"}
	}
	if i.Start.After(in.Now) {
		return &InputError{DatesInFuture, "PartitionStartDate must not be in the future"}
	}
	return nil
}
