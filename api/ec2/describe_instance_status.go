package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeInstanceStatusInput struct {
	describing
	InstanceIDs []string `query:"InstanceId"`
	All         bool     `query:"IncludeAllInstances"`
	_           struct{} `ignored:"IncludeManagedResources"`
}

type describeInstanceStatusOutput struct {
	Statuses  api.Set[instanceStatusItem] `xml:"instanceStatusSet"`
	NextToken string                      `xml:"nextToken,omitempty"`
}

type instanceStatusItem struct {
	InstanceID         string        `xml:"instanceId"`
	AvailabilityZone   string        `xml:"availabilityZone"`
	AvailabilityZoneID string        `xml:"availabilityZoneId"`
	State              instanceState `xml:"instanceState"`
	System             statusSummary `xml:"systemStatus"`
	Instance           statusSummary `xml:"instanceStatus"`
	EBS                statusSummary `xml:"attachedEbsStatus"`
	Operator           operator      `xml:"operator"`
}

type statusSummary struct {
	Status  string                `xml:"status"`
	Details api.Set[statusDetail] `xml:"details,omitempty"`
}

type statusDetail struct {
	Name   string `xml:"name"`
	Status string `xml:"status"`
}

// Source: EC2 API, DescribeInstanceStatus.
var instanceStatusFilters = filters[vpc.Instance]{
	"availability-zone":            func(_ *view, i *vpc.Instance) []string { return one(i.Zone.Name) },
	"availability-zone-id":         func(_ *view, i *vpc.Instance) []string { return one(i.Zone.ID) },
	"instance-state-code":          func(_ *view, i *vpc.Instance) []string { return oneInt(stateNamed(i.State).Code) },
	"instance-state-name":          func(_ *view, i *vpc.Instance) []string { return one(i.State) },
	"instance-status.reachability": reachability,
	"instance-status.status":       status,
	"system-status.reachability":   reachability,
	"system-status.status":         status,
	"attached-ebs-status.status":   status,
}

func status(_ *view, i *vpc.Instance) []string { return one(summary(i, "").Status) }

func reachability(_ *view, i *vpc.Instance) []string {
	for _, d := range summary(i, "reachability").Details {
		return one(d.Status)
	}
	return nil
}

func describeInstanceStatus(v *view, in *describeInstanceStatusInput) (*describeInstanceStatusOutput, error) {
	if !in.All {
		in.Filters = append(in.Filters, filter{"instance-state-name", []string{vpc.Running}})
	}
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "instancesSet", in.InstanceIDs, instanceStatusFilters)
	out := &describeInstanceStatusOutput{NextToken: next}
	for _, i := range found {
		out.Statuses = append(out.Statuses, instanceStatusItem{
			InstanceID: i.ID, AvailabilityZone: i.Zone.Name, AvailabilityZoneID: i.Zone.ID, State: stateNamed(i.State),
			System: summary(i, "reachability"), Instance: summary(i, "reachability"), EBS: summary(i, "reachability"),
		})
	}
	return out, err
}

func summary(i *vpc.Instance, detail string) statusSummary {
	if i.State != vpc.Running {
		return statusSummary{Status: "not-applicable"}
	}
	return statusSummary{"ok", api.Set[statusDetail]{{detail, "passed"}}}
}
