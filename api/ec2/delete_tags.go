package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type deleteTagsInput struct {
	dryRun
	ResourceIDs []string   `query:"ResourceId"`
	Tags        []tagMatch `query:"Tag"`
}

// tagMatch names tags to delete: without a value whatever the value, with one
// only that. Source: EC2 API, DeleteTags.
type tagMatch struct {
	Key   string  `query:"Key"`
	Value *string `query:"Value"`
}

// deleteTags deletes the named tags of resources; none named is all of them. A
// resource that does not exist (any more) has no tags to delete.
func deleteTags(t *tx, in *deleteTagsInput) (*returnOutput, error) {
	if err := checkTagged(in.ResourceIDs); err != nil {
		return nil, err
	}
	for _, m := range in.Tags {
		if isReserved(m.Key) {
			return nil, reservedKey(m.Key)
		}
	}
	for _, id := range in.ResourceIDs {
		r, err := findAny(t, id)
		if err != nil {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(t.Tags(id)), func(tag vpc.Tag) bool { return in.names(tag) })
		if len(left) < len(t.Tags(id)) {
			t.SetTags(r, left)
		}
	}
	return done()
}

func (in *deleteTagsInput) names(t vpc.Tag) bool {
	if isReserved(t.Key) {
		return false
	}
	return len(in.Tags) == 0 || slices.ContainsFunc(in.Tags, func(m tagMatch) bool {
		return m.Key == t.Key && (m.Value == nil || *m.Value == t.Value)
	})
}
