package ec2

import "github.com/flowemu/flowemu/vpc"

type restoreManagedPrefixListVersionInput struct {
	dryRun
	PrefixListID    string `query:"PrefixListId"`
	PreviousVersion *int   `query:"PreviousVersion"`
	CurrentVersion  *int   `query:"CurrentVersion"`
}

// restoreManagedPrefixListVersion makes the entries of an earlier version those of a new one.
func restoreManagedPrefixListVersion(t *tx, in *restoreManagedPrefixListVersionInput) (*prefixListOutput, error) {
	l, err := editPrefixList(t, in.PrefixListID)
	if err != nil {
		return nil, err
	}
	switch {
	case in.PreviousVersion == nil:
		return nil, missingParameter("PreviousVersion")
	case in.CurrentVersion == nil:
		return nil, missingParameter("CurrentVersion")
	}
	if err := checkVersion(l, in.CurrentVersion); err != nil {
		return nil, err
	}
	old := vpc.Clone(l)
	l.Entries, err = entriesOf(t.Snapshot, l, *in.PreviousVersion)
	if err != nil {
		return nil, err
	}
	if len(l.Entries) > l.MaxEntries {
		return nil, tooManyEntries(l)
	}
	l.State, l.StateMessage = "restore-complete", ""
	putVersion(t, old, l)
	return &prefixListOutput{newPrefixListItem(t, l)}, nil
}
