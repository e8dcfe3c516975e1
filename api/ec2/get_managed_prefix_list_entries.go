package ec2

import (
	"cmp"
	"slices"

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
	// By their text, which is what the token has.
	entries = slices.Clone(entries)
	cidr := func(e vpc.PrefixListEntry) string { return e.CIDR.String() }
	slices.SortFunc(entries, func(a, b vpc.PrefixListEntry) int { return cmp.Compare(cidr(a), cidr(b)) })
	entries, next, err := pageOf(v, "entries of "+l.ID, &in.paging, 1, maxListResults, entries, cidr)
	out := &getManagedPrefixListEntriesOutput{NextToken: next}
	for _, e := range entries {
		out.Entries = append(out.Entries, entryItem{cidr(e), e.Description})
	}
	return out, err
}
