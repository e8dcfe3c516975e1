package ec2

import (
	"cmp"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeInstanceCreditSpecificationsInput struct {
	describing
	InstanceIDs []string `query:"InstanceId"`
}

type describeInstanceCreditSpecificationsOutput struct {
	Credits   api.Set[creditItem] `xml:"instanceCreditSpecificationSet"`
	NextToken string              `xml:"nextToken,omitempty"`
}

type creditItem struct {
	InstanceID string `xml:"instanceId"`
	CPUCredits string `xml:"cpuCredits"`
}

// Source: EC2 API, DescribeInstanceCreditSpecifications.
var creditFilters = filters[vpc.Instance]{
	"instance-id": func(_ *view, i *vpc.Instance) []string { return one(i.ID) },
}

// describeInstanceCreditSpecifications gives the burstable instances' credit
// option: t2 begins with standard, the others with unlimited.
func describeInstanceCreditSpecifications(v *view, in *describeInstanceCreditSpecificationsInput) (*describeInstanceCreditSpecificationsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "instanceIdSet", in.InstanceIDs, creditFilters)
	out := &describeInstanceCreditSpecificationsOutput{NextToken: next}
	for _, i := range found {
		if !isBurstable(i.Type) || i.State == vpc.Terminated {
			continue
		}
		first := "unlimited"
		if strings.HasPrefix(i.Type, "t2.") {
			first = "standard"
		}
		out.Credits = append(out.Credits, creditItem{i.ID, cmp.Or(i.Options.CPUCredits, first)})
	}
	return out, err
}
