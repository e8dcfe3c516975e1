package ec2

type revokeSecurityGroupEgressInput struct {
	dryRun
	permissions
	GroupID string   `query:"GroupId"`
	RuleIDs []string `query:"SecurityGroupRuleId"`
}

func revokeSecurityGroupEgress(t *tx, in *revokeSecurityGroupEgressInput) (*revokeSecurityGroupOutput, error) {
	g, err := groupOf(t, in.GroupID, "")
	if err != nil {
		return nil, err
	}
	return revoke(t, g, true, in)
}
