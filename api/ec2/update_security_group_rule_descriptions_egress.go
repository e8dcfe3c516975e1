package ec2

func updateSecurityGroupRuleDescriptionsEgress(t *tx, in *updateSecurityGroupRuleDescriptionsInput) (*returnOutput, error) {
	return describeRules(t, true, in)
}
