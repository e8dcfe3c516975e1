package ec2

type createTagsInput struct {
	dryRun
	ResourceIDs []string `query:"ResourceId"`
	Tags        []tag    `query:"Tag"`
}

func createTags(t *tx, in *createTagsInput) (*returnOutput, error) {
	if err := checkTagged(in.ResourceIDs); err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, missingParameter("Tags")
	}
	for _, id := range in.ResourceIDs {
		r, err := findAny(t, id)
		if err != nil {
			return nil, err
		}
		if err := t.addTags(r, in.Tags); err != nil {
			return nil, err
		}
	}
	return done()
}

// checkTagged checks the number of resources. Source: EC2 API, CreateTags, ResourceId.
func checkTagged(ids []string) error {
	if len(ids) == 0 {
		return missingParameter("resourceIdSet")
	}
	if len(ids) > maxIDs {
		return invalidValue("The number of resources must not exceed 1000.")
	}
	return nil
}
