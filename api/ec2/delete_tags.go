package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type deleteTagsInput struct {
	DryRun      bool       `query:"DryRun"`
	ResourceIDs []string   `query:"ResourceId"`
	Tags        []tagMatch `query:"Tag"`
}

// tagMatch names tags to delete: without a value whatever the value, with one only that.
type tagMatch struct {
	Key   string  `query:"Key"`
	Value *string `query:"Value"`
}

func (s *server) deleteTags(ctx context.Context, in *deleteTagsInput) (*returnOutput, error) {
	c := api.CallerFrom(ctx)
	if len(in.ResourceIDs) == 0 {
		return nil, missingParameter("resourceIdSet")
	}
	for _, t := range in.Tags {
		if strings.HasPrefix(strings.ToLower(t.Key), reserved) {
			return nil, invalidValue(fmt.Sprintf("Tag keys starting with '%s' are reserved for internal use", reserved))
		}
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	err := s.Tags.DeleteTags(ctx, c.Account, c.Region, func(t vpc.Tag) bool {
		if !slices.Contains(in.ResourceIDs, t.ResourceID) || strings.HasPrefix(t.Key, reserved) {
			return false
		}
		return len(in.Tags) == 0 || slices.ContainsFunc(in.Tags, func(m tagMatch) bool {
			return m.Key == t.Key && (m.Value == nil || *m.Value == t.Value)
		})
	})
	return &returnOutput{Return: true}, err
}
