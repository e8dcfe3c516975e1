package ec2

// acceptTransitGatewayVpcAttachment always refuses: an attachment of the account
// that owns the transit gateway needs no acceptance. The text is a guess.
// Source: "Accept a shared transit gateway attachment".
func acceptTransitGatewayVpcAttachment(t *tx, in *transitAttachmentInput) (*transitAttachmentOutput, error) {
	a, err := findTransitAttachment(t, in.TransitGatewayAttachmentID)
	if err != nil {
		return nil, err
	}
	return nil, incorrectState("%s is in invalid state", a.ID)
}
