package ec2

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// Limits on tags. Source: "Tag your Amazon EC2 resources", tag restrictions.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	reserved    = "aws:"
)

// tag is a tag in requests and replies.
type tag struct {
	Key   string `query:"Key" xml:"key"`
	Value string `query:"Value" xml:"value"`
}

// tagSpecification is the tags of a resource that is to be made.
type tagSpecification struct {
	ResourceType string `query:"ResourceType"`
	Tags         []tag  `query:"Tag"`
}

// tagSet gives a resource's tags as replies have them.
func tagSet(at place, id string) api.Set[tag] {
	s, _ := at.in()
	return tagItems(s.Tags(id))
}

func tagItems(tags []vpc.Tag) api.Set[tag] {
	out := make(api.Set[tag], len(tags))
	for i, t := range tags {
		out[i] = tag(t)
	}
	return out
}

func checkTags(tags []tag) error {
	for _, t := range tags {
		switch {
		case t.Key == "":
			return invalidValue("Tag key cannot be empty.")
		case isReserved(t.Key):
			return reservedKey(t.Key)
		case utf8.RuneCountInString(t.Key) > maxTagKey:
			return invalidValue("Tag key exceeds the maximum length of %d characters", maxTagKey)
		case utf8.RuneCountInString(t.Value) > maxTagValue:
			return invalidValue("Tag value exceeds the maximum length of %d characters", maxTagValue)
		}
	}
	return nil
}

func isReserved(key string) bool { return strings.HasPrefix(strings.ToLower(key), reserved) }

func reservedKey(key string) error {
	return invalidValue("Value ( %s ) for parameter key is invalid. Tag keys starting with '%s' are reserved for internal use", key, reserved)
}

// addTags adds tags to a resource, as far as the limits allow.
func (t *tx) addTags(r vpc.Resource, tags []tag) error {
	if err := checkTags(tags); err != nil {
		return err
	}
	add := make([]vpc.Tag, len(tags))
	for i, tag := range tags {
		add[i] = vpc.Tag(tag)
	}
	t.AddTags(r, add)
	if len(t.Tags(r.Header().ID)) > maxTags {
		return &api.Error{Code: "TagLimitExceeded", Message: fmt.Sprintf("More than %d tags specified", maxTags)}
	}
	return nil
}

// create puts a new resource with the tags that the request has for it. What the
// request makes besides may have specifications of its own, of the kinds in also.
func (t *tx) create(r vpc.Resource, specs []tagSpecification, also ...vpc.Kind) error {
	t.Put(r)
	return t.tagNew(r, specs, also...)
}

// tagNew gives a new resource the tags that specs has for its kind.
func (t *tx) tagNew(r vpc.Resource, specs []tagSpecification, also ...vpc.Kind) error {
	seen := map[string]bool{}
	for _, spec := range specs {
		own := spec.ResourceType == string(r.Kind())
		if !own && !containsKind(also, spec.ResourceType) {
			return invalidValue("'%s' is not a valid taggable resource type for this operation.", spec.ResourceType)
		}
		if !own {
			continue
		}
		for _, tag := range spec.Tags {
			if seen[tag.Key] {
				return invalidValue("Duplicate tag key '%s' specified.", tag.Key)
			}
			seen[tag.Key] = true
		}
		if err := t.addTags(r, spec.Tags); err != nil {
			return err
		}
	}
	return nil
}

func containsKind(kinds []vpc.Kind, name string) bool {
	for _, k := range kinds {
		if string(k) == name {
			return true
		}
	}
	return false
}
