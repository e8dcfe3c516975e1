package ec2

import (
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

var prefixListFilters = filters[vpc.PrefixList]{
	"owner-id":         func(_ *view, l *vpc.PrefixList) []string { return one(l.Owner) },
	"prefix-list-id":   func(_ *view, l *vpc.PrefixList) []string { return one(l.ID) },
	"prefix-list-name": func(_ *view, l *vpc.PrefixList) []string { return one(l.Name) },
}

func describeManagedPrefixLists(v *view, in *describeManagedPrefixListsInput) (*describeManagedPrefixListsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{1, 100}, "prefixListIdSet", in.PrefixListIDs, prefixListFilters)
	out := &describeManagedPrefixListsOutput{NextToken: next}
	for _, l := range found {
		out.PrefixLists = append(out.PrefixLists, newPrefixListItem(v, l))
	}
	return out, err
}
