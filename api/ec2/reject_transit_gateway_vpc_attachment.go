package ec2

// rejectTransitGatewayVpcAttachment always refuses, as acceptTransitGatewayVpcAttachment does.
func rejectTransitGatewayVpcAttachment(t *tx, in *transitAttachmentInput) (*transitAttachmentOutput, error) {
	return acceptTransitGatewayVpcAttachment(t, in)
}
