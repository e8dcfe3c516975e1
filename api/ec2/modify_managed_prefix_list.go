package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type modifyManagedPrefixListInput struct {
	dryRun
	PrefixListID   string          `query:"PrefixListId"`
	CurrentVersion *int            `query:"CurrentVersion"`
	PrefixListName *string         `query:"PrefixListName"`
	AddEntries     []listEntry     `query:"AddEntry"`
	RemoveEntries  []listEntryCIDR `query:"RemoveEntry"`
	MaxEntries     *int            `query:"MaxEntries"`
	_              struct{}        `ignored:"IpamPrefixListResolverSyncEnabled"`
}

func modifyManagedPrefixList(t *tx, in *modifyManagedPrefixListInput) (*prefixListOutput, error) {
	l, err := editPrefixList(t, in.PrefixListID)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(l, in.CurrentVersion); err != nil {
		return nil, err
	}
	l.State, l.StateMessage = "modify-complete", ""
	if in.PrefixListName != nil {
		if err := checkListName(*in.PrefixListName); err != nil {
			return nil, err
		}
		l.Name = *in.PrefixListName
	}
	changes := len(in.AddEntries) + len(in.RemoveEntries)
	switch {
	case changes > 0 && in.MaxEntries != nil:
		return nil, invalidCombination("You cannot modify the entries and the maximum entries for the prefix list in the same request.")
	case changes > 0:
		err = changeEntries(t, l, in)
	case in.MaxEntries != nil:
		l, err = resize(t, l, *in.MaxEntries)
	default:
		t.Put(l)
	}
	if err != nil {
		return nil, err
	}
	return &prefixListOutput{newPrefixListItem(t, l)}, nil
}

// checkVersion checks the version that a request takes for the current one.
func checkVersion(l *vpc.PrefixList, current *int) error {
	if current != nil && *current != l.Version {
		return &api.Error{Code: "PrefixListVersionMismatch", Message: "The prefix list has the incorrect version number."}
	}
	return nil
}

func changeEntries(t *tx, l *vpc.PrefixList, in *modifyManagedPrefixListInput) error {
	if len(in.AddEntries) > maxListChanges || len(in.RemoveEntries) > maxListChanges {
		return invalidValue("The request cannot contain more than %d entry additions or removals.", maxListChanges)
	}
	old := vpc.Clone(l)
	if err := removeEntries(l, in.RemoveEntries); err != nil {
		return err
	}
	if err := addEntries(l, in.AddEntries); err != nil {
		return err
	}
	putVersion(t, old, l)
	return nil
}

// resize changes how many entries a list may have. Where a group that names it
// would then have too many rules, it fails, which the state of the list says.
func resize(t *tx, l *vpc.PrefixList, size int) (*vpc.PrefixList, error) {
	if err := checkListSize(size); err != nil {
		return nil, err
	}
	if size < len(l.Entries) {
		return nil, invalidValue("The maximum number of entries (%d) is less than the number of entries (%d).", size, len(l.Entries))
	}
	before := l.MaxEntries
	l.MaxEntries = size
	t.Put(l)
	var full []vpc.Resource
	for _, r := range listReferrers(t.Snapshot, l.ID) {
		if !ruleCountFits(t.Snapshot, r.Header().ID) {
			full = append(full, r)
		}
	}
	if len(full) > 0 {
		l = vpc.Clone(l)
		l.MaxEntries, l.State = before, "modify-failed"
		l.StateMessage = "These resources do not support the new maximum size: " + idList(full)
		t.Put(l)
	}
	return l, nil
}
