package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describePrefixListsInput struct {
	describing
	PrefixListIDs []string `query:"PrefixListId"`
}

type describePrefixListsOutput struct {
	PrefixLists api.Set[serviceListItem] `xml:"prefixListSet"`
	NextToken   string                   `xml:"nextToken,omitempty"`
}

type serviceListItem struct {
	PrefixListID   string          `xml:"prefixListId"`
	PrefixListName string          `xml:"prefixListName"`
	Cidrs          api.Set[string] `xml:"cidrSet"`
}

var serviceListFilters = filters[vpc.PrefixList]{
	"prefix-list-id":   prefixListFilters["prefix-list-id"],
	"prefix-list-name": prefixListFilters["prefix-list-name"],
}

// describePrefixLists gives the lists of AWS's services.
func describePrefixLists(v *view, in *describePrefixListsInput) (*describePrefixListsOutput, error) {
	found, next, err := describeAmong(v, &in.describing, pageSize{5, 1000}, "prefixListIdSet", in.PrefixListIDs, serviceListFilters,
		func(l *vpc.PrefixList) bool { return l.Owner == vpc.OwnerAWS })
	out := &describePrefixListsOutput{NextToken: next}
	for _, l := range found {
		item := serviceListItem{PrefixListID: l.ID, PrefixListName: l.Name}
		for _, e := range l.Entries {
			item.Cidrs = append(item.Cidrs, e.CIDR.String())
		}
		out.PrefixLists = append(out.PrefixLists, item)
	}
	return out, err
}
