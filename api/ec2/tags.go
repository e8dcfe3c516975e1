package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// Limits on tags. Source: "Tag your Amazon EC2 resources", tag restrictions.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	reserved    = "aws:"
)

// Resource types of tags, by the prefix of their ids.
const typeFlowLog = "vpc-flow-log"

var typeOfPrefix = map[string]string{
	"fl": typeFlowLog, "vpc": "vpc", "subnet": "subnet", "eni": "network-interface",
}

func checkTags(tags []tag) error {
	for _, t := range tags {
		switch {
		case t.Key == "":
			return invalidValue("Tag key cannot be empty.")
		case strings.HasPrefix(strings.ToLower(t.Key), reserved):
			return invalidValue(fmt.Sprintf("Tag keys starting with '%s' are reserved for internal use", reserved))
		case utf8.RuneCountInString(t.Key) > maxTagKey:
			return invalidValue(fmt.Sprintf("Tag key exceeds the maximum length of %d characters", maxTagKey))
		case utf8.RuneCountInString(t.Value) > maxTagValue:
			return invalidValue(fmt.Sprintf("Tag value exceeds the maximum length of %d characters", maxTagValue))
		}
	}
	return nil
}

func tooManyTags() error {
	return &api.Error{Code: "TagLimitExceeded", Message: fmt.Sprintf("More than %d tags specified", maxTags)}
}

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

// typesOf gives the resource types of ids, all of which must exist.
func (s *server) typesOf(ctx context.Context, c api.Caller, ids []string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, missingParameter("resourceIdSet")
	}
	logs, err := s.FlowLogs.FlowLogs(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, id := range ids {
		prefix, _, _ := strings.Cut(id, "-")
		kind := typeOfPrefix[prefix]
		if kind == "" {
			return nil, &api.Error{Code: "InvalidID", Message: fmt.Sprintf("The ID '%s' is not valid", id)}
		}
		if err := s.exists(c, logs, kind, id); err != nil {
			return nil, err
		}
		out[id] = kind
	}
	return out, nil
}

func (s *server) exists(c api.Caller, logs []flowlog.FlowLog, kind, id string) error {
	n := s.Network.Snapshot()
	switch kind {
	case "vpc":
		return checkResources(n, c, flowlog.VPC, []string{id})
	case "subnet":
		return checkResources(n, c, flowlog.Subnet, []string{id})
	case "network-interface":
		return checkResources(n, c, flowlog.NetworkInterface, []string{id})
	}
	if !slices.ContainsFunc(logs, func(f flowlog.FlowLog) bool { return f.ID == id }) {
		return &api.Error{Code: "InvalidFlowLogId.NotFound", Message: fmt.Sprintf("The flow log ID '%s' does not exist", id)}
	}
	return nil
}

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
