package ec2

import (
	"context"

	"github.com/flowemu/flowemu/api"
)

type describeTagsInput struct {
	paging
	DryRun  bool     `query:"DryRun"`
	Filters []filter `query:"Filter"`
}

type describeTagsOutput struct {
	Tags      api.Set[tagItem] `xml:"tagSet"`
	NextToken string           `xml:"nextToken,omitempty"`
}

type tagItem struct {
	ResourceID   string `xml:"resourceId"`
	ResourceType string `xml:"resourceType"`
	Key          string `xml:"key"`
	Value        string `xml:"value"`
}

func (s *server) describeTags(ctx context.Context, in *describeTagsInput) (*describeTagsOutput, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkFilters(in.Filters, "key", "resource-id", "resource-type", "value"); err != nil {
		return nil, err
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	all, err := s.Tags.Tags(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	var items []tagItem
	for _, t := range all {
		a := attributes{"key": one(t.Key), "resource-id": one(t.ResourceID), "resource-type": one(t.ResourceType), "value": {t.Value}}
		if a.withTags([]tag{{t.Key, t.Value}}).matches(in.Filters) {
			items = append(items, tagItem(t))
		}
	}
	items, next, err := page(in.paging, items)
	return &describeTagsOutput{Tags: api.Set[tagItem](items), NextToken: next}, err
}
