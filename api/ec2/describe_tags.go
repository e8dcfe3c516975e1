package ec2

import (
	"iter"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

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

// The filters of DescribeTags; here tag:KEY and tag-key are of the tag itself.
// Source: EC2 API, DescribeTags.
var tagFilters = map[string]func(t *tagItem) string{
	"key":           func(t *tagItem) string { return t.Key },
	"resource-id":   func(t *tagItem) string { return t.ResourceID },
	"resource-type": func(t *tagItem) string { return t.ResourceType },
	"value":         func(t *tagItem) string { return t.Value },
	"tag-key":       func(t *tagItem) string { return t.Key },
}

func describeTags(v *view, in *describing) (*describeTagsOutput, error) {
	if err := checkTagFilters(in.Filters); err != nil {
		return nil, err
	}
	tags, next, err := page(v, &in.paging, pageSize{5, 1000}, "", (*tagItem).position, func(after string) iter.Seq[*tagItem] {
		return func(yield func(*tagItem) bool) {
			eachTag(v, after, func(t *tagItem) bool { return !t.matches(in.Filters) || yield(t) })
		}
	})
	out := &describeTagsOutput{NextToken: next}
	for _, t := range tags {
		out.Tags = append(out.Tags, *t)
	}
	return out, err
}

func (t *tagItem) position() string { return t.ResourceID + "\x00" + t.Key }

// eachTag gives the caller's tags after a position, in order of resource id and key.
func eachTag(v *view, position string, f func(*tagItem) bool) {
	id, key, _ := strings.Cut(position, "\x00")
	set := func(s *vpc.TagSet) bool {
		for _, t := range s.Tags {
			if (s.ID != id || t.Key > key) && !f(&tagItem{s.ID, string(s.Of), t.Key, t.Value}) {
				return false
			}
		}
		return true
	}
	if first := vpc.Get[vpc.TagSet](v.Snapshot, id); first != nil && !set(first) {
		return
	}
	vpc.After(v.Snapshot, v.Account, v.Region, id, set)
}

func checkTagFilters(asked []filter) error {
	known := filters[tagItem]{}
	for name := range tagFilters {
		known[name] = func(*view, *tagItem) []string { return nil }
	}
	return known.check(asked)
}

func (t *tagItem) matches(asked []filter) bool {
	for _, f := range asked {
		if key, isTag := strings.CutPrefix(f.Name, "tag:"); isTag {
			if t.Key != key || !f.fits([]string{t.Value}) {
				return false
			}
			continue
		}
		if !f.fits([]string{tagFilters[f.Name](t)}) {
			return false
		}
	}
	return true
}
