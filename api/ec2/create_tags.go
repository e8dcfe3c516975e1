package ec2

import (
	"context"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createTagsInput struct {
	DryRun      bool     `query:"DryRun"`
	ResourceIDs []string `query:"ResourceId"`
	Tags        []tag    `query:"Tag"`
}

type returnOutput struct {
	Return bool `xml:"return"`
}

func (s *server) createTags(ctx context.Context, in *createTagsInput) (*returnOutput, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, missingParameter("Tags")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	types, err := s.typesOf(ctx, c, in.ResourceIDs)
	if err != nil {
		return nil, err
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	var tags []vpc.Tag
	for _, id := range in.ResourceIDs {
		for _, t := range in.Tags {
			tags = append(tags, vpc.Tag{ResourceID: id, ResourceType: types[id], Key: t.Key, Value: t.Value})
		}
	}
	err = s.Tags.PutTags(ctx, c.Account, c.Region, tags, func(after map[string]int) error {
		for _, n := range after {
			if n > maxTags {
				return tooManyTags()
			}
		}
		return nil
	})
	return &returnOutput{Return: true}, err
}
