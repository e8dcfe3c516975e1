package ec2

type deleteVpcBlockPublicAccessExclusionInput struct {
	dryRun
	ExclusionID string `query:"ExclusionId"`
}

// deleteVpcBlockPublicAccessExclusion ends an exclusion, which can be seen for a while.
func deleteVpcBlockPublicAccessExclusion(t *tx, in *deleteVpcBlockPublicAccessExclusionInput) (*exclusionOutput, error) {
	e, err := editExclusion(t, in.ExclusionID, "deleted")
	if err != nil {
		return nil, err
	}
	e.Ended, e.Updated = t.now, t.now
	t.Put(e)
	return &exclusionOutput{newExclusionItem(t, e, "delete-in-progress")}, nil
}
