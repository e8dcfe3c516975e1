package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
)

type describeFlowLogsInput struct {
	describing
	FlowLogIDs []string `query:"FlowLogId"`
}

type describeFlowLogsOutput struct {
	FlowLogs  api.Set[flowLogItem] `xml:"flowLogSet"`
	NextToken string               `xml:"nextToken,omitempty"`
}

type flowLogItem struct {
	CreationTime             api.Timestamp   `xml:"creationTime"`
	DeliverLogsErrorMessage  string          `xml:"deliverLogsErrorMessage,omitempty"`
	DeliverLogsPermissionArn string          `xml:"deliverLogsPermissionArn,omitempty"`
	DeliverCrossAccountRole  string          `xml:"deliverCrossAccountRole,omitempty"`
	DeliverLogsStatus        string          `xml:"deliverLogsStatus"`
	FlowLogID                string          `xml:"flowLogId"`
	FlowLogStatus            string          `xml:"flowLogStatus"`
	LogGroupName             string          `xml:"logGroupName,omitempty"`
	ResourceID               string          `xml:"resourceId"`
	TrafficType              string          `xml:"trafficType,omitempty"`
	LogDestinationType       string          `xml:"logDestinationType"`
	LogDestination           string          `xml:"logDestination,omitempty"`
	LogFormat                string          `xml:"logFormat"`
	Tags                     api.Set[tag]    `xml:"tagSet"`
	MaxAggregationInterval   int             `xml:"maxAggregationInterval"`
	DestinationOptions       *destinationOut `xml:"destinationOptions"`
	TagFieldSpecifications   *tagFieldSet    `xml:"tagFieldSpecificationSet"`
}

type tagFieldSet = api.Set[tagFieldItem]

type tagFieldItem struct {
	ResourceType string          `xml:"resourceType"`
	TagKeys      api.Set[string] `xml:"tagKeySet"`
}

type destinationOut struct {
	FileFormat               string `xml:"fileFormat"`
	HiveCompatiblePartitions bool   `xml:"hiveCompatiblePartitions"`
	PerHourPartition         bool   `xml:"perHourPartition"`
}

// The filters of DescribeFlowLogs, besides those by tag. Source: EC2 API, DescribeFlowLogs.
var flowLogFilters = filters[flowlog.FlowLog]{
	"deliver-log-status":   func(_ *view, f *flowlog.FlowLog) []string { return one(deliverStatus(f)) },
	"log-destination-type": func(_ *view, f *flowlog.FlowLog) []string { return one(string(f.DestinationType)) },
	"flow-log-id":          func(_ *view, f *flowlog.FlowLog) []string { return one(f.ID) },
	"log-group-name":       func(_ *view, f *flowlog.FlowLog) []string { return one(f.LogGroup()) },
	"resource-id":          func(_ *view, f *flowlog.FlowLog) []string { return one(f.ResourceID) },
	"traffic-type":         func(_ *view, f *flowlog.FlowLog) []string { return one(string(f.TrafficType)) },
}

func deliverStatus(f *flowlog.FlowLog) string {
	if f.Failure != "" {
		return "FAILED"
	}
	return "SUCCESS"
}

// describeFlowLogs leaves out ids that there are none of, as AWS does.
func describeFlowLogs(v *view, in *describeFlowLogsInput) (*describeFlowLogsOutput, error) {
	if err := in.noPaging("flowLogIdSet", in.FlowLogIDs); err != nil {
		return nil, err
	}
	if err := flowLogFilters.check(in.Filters); err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(slices.Clone(in.FlowLogIDs), func(id string) bool {
		_, err := find[flowlog.FlowLog](v, id)
		return err != nil
	})
	if len(ids) == 0 && len(in.FlowLogIDs) > 0 {
		return &describeFlowLogsOutput{}, nil
	}
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "flowLogIdSet", ids, flowLogFilters)
	out := &describeFlowLogsOutput{NextToken: next}
	for _, f := range found {
		out.FlowLogs = append(out.FlowLogs, newFlowLogItem(v, f))
	}
	return out, err
}

func newFlowLogItem(at place, f *flowlog.FlowLog) flowLogItem {
	item := flowLogItem{
		CreationTime: api.Timestamp{Time: f.Created}, DeliverLogsErrorMessage: f.Failure, DeliverLogsPermissionArn: f.PermissionARN,
		DeliverCrossAccountRole: f.CrossAccountRole, DeliverLogsStatus: deliverStatus(f), FlowLogID: f.ID, FlowLogStatus: "ACTIVE",
		LogGroupName: f.LogGroup(), ResourceID: f.ResourceID, TrafficType: string(f.TrafficType), LogDestinationType: string(f.DestinationType),
		LogDestination: f.Destination, LogFormat: f.Format, Tags: tagSet(at, f.ID), MaxAggregationInterval: f.Interval,
	}
	if f.DestinationType == flowlog.S3 {
		item.DestinationOptions = &destinationOut{f.FileFormat, f.HivePartitions, f.HourlyPartitions}
	}
	if len(f.TagFields) > 0 {
		item.TagFieldSpecifications = &tagFieldSet{}
		for _, t := range f.TagFields {
			*item.TagFieldSpecifications = append(*item.TagFieldSpecifications, tagFieldItem{t.ResourceType, t.Keys})
		}
	}
	return item
}
