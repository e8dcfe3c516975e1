package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeVpcBlockPublicAccessExclusionsInput struct {
	describing
	ExclusionIDs []string `query:"ExclusionId"`
}

type describeVpcBlockPublicAccessExclusionsOutput struct {
	Exclusions api.Set[exclusionItem] `xml:"vpcBlockPublicAccessExclusionSet"`
	NextToken  string                 `xml:"nextToken,omitempty"`
}

var exclusionFilters = filters[vpc.PublicAccessExclusion]{
	"internet-gateway-exclusion-mode": func(_ *view, e *vpc.PublicAccessExclusion) []string { return one(exclusionMode(e)) },
	"resource-arn":                    func(_ *view, e *vpc.PublicAccessExclusion) []string { return one(excludedARN(e)) },
	"state":                           func(_ *view, e *vpc.PublicAccessExclusion) []string { return one(exclusionState(e)) },
	"tag-value":                       exclusionTagValues,
}

func exclusionTagValues(v *view, e *vpc.PublicAccessExclusion) (out []string) {
	for _, t := range v.Tags(e.ID) {
		out = append(out, t.Value)
	}
	return out
}

func describeVpcBlockPublicAccessExclusions(v *view, in *describeVpcBlockPublicAccessExclusionsInput) (*describeVpcBlockPublicAccessExclusionsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "exclusionIdSet", in.ExclusionIDs, exclusionFilters)
	out := &describeVpcBlockPublicAccessExclusionsOutput{NextToken: next}
	for _, e := range found {
		out.Exclusions = append(out.Exclusions, newExclusionItem(v, e, exclusionState(e)))
	}
	return out, err
}
