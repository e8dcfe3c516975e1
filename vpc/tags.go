package vpc

import (
	"cmp"
	"slices"
)

// KindTags is the kind of a TagSet.
const KindTags Kind = "tags"

// Tag is a tag of a resource.
type Tag struct{ Key, Value string }

// TagSet is the tags of the resource whose id it has, in order of their keys.
type TagSet struct {
	Head
	noRefs
	Of   Kind // the resource's kind
	Tags []Tag
}

// Kind is KindTags.
func (*TagSet) Kind() Kind { return KindTags }

// Tag gives the value of a resource's tag.
func (s *Snapshot) Tag(id, key string) (value string, ok bool) {
	for _, t := range s.Tags(id) {
		if t.Key == key {
			return t.Value, true
		}
	}
	return "", false
}

// SetTags replaces the tags of r.
func (tx *Tx) SetTags(r Resource, tags []Tag) {
	if len(tags) == 0 {
		tx.removeOne(KindTags, r.Header().ID)
		return
	}
	tags = slices.Clone(tags)
	slices.SortFunc(tags, func(a, b Tag) int { return cmp.Compare(a.Key, b.Key) })
	tx.Put(&TagSet{Head: *r.Header(), Of: r.Kind(), Tags: tags})
}

// AddTags adds tags to those of r; a key that it has already gets the new value.
func (tx *Tx) AddTags(r Resource, tags []Tag) {
	if len(tags) == 0 {
		return
	}
	all := slices.Clone(tx.Tags(r.Header().ID))
	for _, t := range tags {
		if i := slices.IndexFunc(all, func(o Tag) bool { return o.Key == t.Key }); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	tx.SetTags(r, all)
}
