package ec2

import (
	"context"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
)

type describeFlowLogsInput struct {
	paging
	DryRun     bool     `query:"DryRun"`
	FlowLogIDs []string `query:"FlowLogId"`
	Filters    []filter `query:"Filter"`
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
	TrafficType              string          `xml:"trafficType"`
	LogDestinationType       string          `xml:"logDestinationType"`
	LogDestination           string          `xml:"logDestination,omitempty"`
	LogFormat                string          `xml:"logFormat"`
	Tags                     api.Set[tag]    `xml:"tagSet"`
	MaxAggregationInterval   int             `xml:"maxAggregationInterval"`
	DestinationOptions       *destinationOut `xml:"destinationOptions"`
}

type destinationOut struct {
	FileFormat               string `xml:"fileFormat"`
	HiveCompatiblePartitions bool   `xml:"hiveCompatiblePartitions"`
	PerHourPartition         bool   `xml:"perHourPartition"`
}

// The filters of DescribeFlowLogs, besides those by tag. Source: EC2 API, DescribeFlowLogs.
var flowLogFilters = []string{"deliver-log-status", "log-destination-type", "flow-log-id", "log-group-name", "resource-id", "traffic-type"}

func (s *server) describeFlowLogs(ctx context.Context, in *describeFlowLogsInput) (*describeFlowLogsOutput, error) {
	c := api.CallerFrom(ctx)
	if err := checkFilters(in.Filters, flowLogFilters...); err != nil {
		return nil, err
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	logs, err := s.FlowLogs.FlowLogs(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	tags, err := s.tagsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	var items []flowLogItem
	for i := range logs {
		item := newFlowLogItem(&logs[i], tags[logs[i].ID])
		if (len(in.FlowLogIDs) == 0 || slices.Contains(in.FlowLogIDs, item.FlowLogID)) && item.attributes().matches(in.Filters) {
			items = append(items, item)
		}
	}
	items, next, err := page(in.paging, items)
	return &describeFlowLogsOutput{FlowLogs: api.Set[flowLogItem](items), NextToken: next}, err
}

func newFlowLogItem(f *flowlog.FlowLog, tags []tag) flowLogItem {
	item := flowLogItem{
		CreationTime: api.Timestamp{Time: f.Created}, DeliverLogsErrorMessage: f.Failure, DeliverLogsPermissionArn: f.PermissionARN,
		DeliverCrossAccountRole: f.CrossAccountRole, DeliverLogsStatus: "SUCCESS", FlowLogID: f.ID, FlowLogStatus: "ACTIVE",
		LogGroupName: f.LogGroup(), ResourceID: f.ResourceID, TrafficType: string(f.TrafficType), LogDestinationType: string(f.DestinationType),
		LogDestination: f.Destination, LogFormat: f.Format, Tags: api.Set[tag](tags), MaxAggregationInterval: f.Interval,
	}
	if f.Failure != "" {
		item.DeliverLogsStatus = "FAILED"
	}
	if f.DestinationType == flowlog.S3 {
		item.DestinationOptions = &destinationOut{f.FileFormat, f.HivePartitions, f.HourlyPartitions}
	}
	return item
}

func (i *flowLogItem) attributes() attributes {
	return attributes{
		"deliver-log-status": one(i.DeliverLogsStatus), "log-destination-type": one(i.LogDestinationType), "flow-log-id": one(i.FlowLogID),
		"log-group-name": one(i.LogGroupName), "resource-id": one(i.ResourceID), "traffic-type": one(i.TrafficType),
	}.withTags(i.Tags)
}
