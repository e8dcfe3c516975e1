package ec2

type authorizeSecurityGroupEgressInput struct {
	dryRun
	permissions
	GroupID           string             `query:"GroupId"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

func authorizeSecurityGroupEgress(t *tx, in *authorizeSecurityGroupEgressInput) (*authorizeSecurityGroupOutput, error) {
	g, err := groupOf(t, in.GroupID, "")
	if err != nil {
		return nil, err
	}
	return authorize(t, g, true, in)
}
