package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type deleteDhcpOptionsInput struct {
	dryRun
	DhcpOptionsID string `query:"DhcpOptionsId"`
}

func deleteDhcpOptions(t *tx, in *deleteDhcpOptionsInput) (*returnOutput, error) {
	d, err := findRequired[vpc.DHCPOptions](t, "dhcpOptionsId", in.DhcpOptionsID)
	if err != nil {
		return nil, err
	}
	if t.Refers(d.ID, vpc.KindVPC) {
		return nil, dependency("The dhcpOptions '%s' has dependencies and cannot be deleted.", d.ID)
	}
	t.Remove(d)
	return done()
}
