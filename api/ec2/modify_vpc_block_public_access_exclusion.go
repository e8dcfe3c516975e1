package ec2

type modifyVpcBlockPublicAccessExclusionInput struct {
	dryRun
	ExclusionID string `query:"ExclusionId"`
	Mode        string `query:"InternetGatewayExclusionMode"`
}

func modifyVpcBlockPublicAccessExclusion(t *tx, in *modifyVpcBlockPublicAccessExclusionInput) (*exclusionOutput, error) {
	e, err := editExclusion(t, in.ExclusionID, "modified")
	if err != nil {
		return nil, err
	}
	if err := checkExclusionMode(in.Mode); err != nil {
		return nil, err
	}
	e.EgressOnly, e.Updated = in.Mode == allowEgress, t.now
	t.Put(e)
	return &exclusionOutput{newExclusionItem(t, e, "update-in-progress")}, nil
}
