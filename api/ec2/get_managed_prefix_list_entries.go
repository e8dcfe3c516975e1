package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getManagedPrefixListEntriesInput struct {
	dryRun
	paging
	PrefixListID  string `query:"PrefixListId"`
	TargetVersion int    `query:"TargetVersion"`
}

type getManagedPrefixListEntriesOutput struct {
	Entries   api.Set[entryItem] `xml:"entrySet"`
	NextToken string             `xml:"nextToken,omitempty"`
}

type entryItem struct {
	Cidr        string `xml:"cidr"`
	Description string `xml:"description,omitempty"`
}

func getManagedPrefixListEntries(v *view, in *getManagedPrefixListEntriesInput) (*getManagedPrefixListEntriesOutput, error) {
	l, err := find[vpc.PrefixList](v, in.PrefixListID)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(v.Snapshot, l, in.TargetVersion)
	if err != nil {
		return nil, err
	}
	entries, next, err := pageOf(v, &in.paging, pageSize{1, 100}, l.ID, entries, func(e vpc.PrefixListEntry) string { return cidrPosition(e.CIDR) })
	out := &getManagedPrefixListEntriesOutput{NextToken: next}
	for _, e := range entries {
		out.Entries = append(out.Entries, entryItem{e.CIDR.String(), e.Description})
	}
	return out, err
}
