package ec2

import "github.com/flowemu/flowemu/vpc"

type deleteManagedPrefixListInput struct {
	dryRun
	PrefixListID string `query:"PrefixListId"`
}

// deleteManagedPrefixList deletes a list. Where it is in use AWS takes the
// request, and the list gets the state delete-failed.
func deleteManagedPrefixList(t *tx, in *deleteManagedPrefixListInput) (*prefixListOutput, error) {
	l, err := editPrefixList(t, in.PrefixListID)
	if err != nil {
		return nil, err
	}
	if users := listReferrers(t.Snapshot, l.ID); len(users) > 0 {
		l.State, l.StateMessage = "delete-failed", "The prefix list is referenced by these resources: "+idList(users)
		t.Put(l)
		return &prefixListOutput{newPrefixListItem(t, l)}, nil
	}
	l.State, l.StateMessage = "delete-complete", ""
	out := &prefixListOutput{newPrefixListItem(t, l)}
	for _, v := range vpc.Referring[vpc.PrefixListVersion](t.Snapshot, l.ID) {
		t.Remove(v)
	}
	t.Remove(l)
	return out, nil
}
