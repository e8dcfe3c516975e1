package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeManagedPrefixListsInput struct {
	describing
	PrefixListIDs []string `query:"PrefixListId"`
}

type describeManagedPrefixListsOutput struct {
	PrefixLists api.Set[prefixListItem] `xml:"prefixListSet"`
	NextToken   string                  `xml:"nextToken,omitempty"`
}

// maxListResults is the bound of MaxResults for prefix lists and their entries.
// Source: EC2 API, DescribeManagedPrefixLists.
const maxListResults = 100

var managedListFilters = filters[vpc.PrefixList]{
	"owner-id":         func(_ *view, l *vpc.PrefixList) []string { return one(l.Owner) },
	"prefix-list-id":   func(_ *view, l *vpc.PrefixList) []string { return one(l.ID) },
	"prefix-list-name": func(_ *view, l *vpc.PrefixList) []string { return one(l.Name) },
}

func describeManagedPrefixLists(v *view, in *describeManagedPrefixListsInput) (*describeManagedPrefixListsOutput, error) {
	found, err := matchingLists(v, &in.describing, in.PrefixListIDs, managedListFilters)
	if err != nil {
		return nil, err
	}
	found, next, err := pageOf(v, "managed-prefix-lists", &in.paging, 1, maxListResults, found, func(l *vpc.PrefixList) string { return l.ID })
	out := &describeManagedPrefixListsOutput{NextToken: next}
	for _, l := range found {
		out.PrefixLists = append(out.PrefixLists, newPrefixListItem(v, l))
	}
	return out, err
}

// matchingLists gives the caller's and AWS's lists of ids, or all, that fit the filters.
func matchingLists(v *view, in *describing, ids []string, f filters[vpc.PrefixList]) ([]*vpc.PrefixList, error) {
	if err := f.check(in.Filters); err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		return describeIDs(v, in, "prefixListIdSet", ids, f)
	}
	return slices.DeleteFunc(list[vpc.PrefixList](v), func(l *vpc.PrefixList) bool { return !f.match(v, l, l.ID, in.Filters) }), nil
}
