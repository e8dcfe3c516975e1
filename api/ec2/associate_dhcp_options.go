package ec2

import "github.com/flowemu/flowemu/vpc"

type associateDhcpOptionsInput struct {
	dryRun
	DhcpOptionsID string `query:"DhcpOptionsId"`
	VpcID         string `query:"VpcId"`
}

// associateDhcpOptions gives a VPC a set of DHCP options or, with default, none.
func associateDhcpOptions(t *tx, in *associateDhcpOptionsInput) (*returnOutput, error) {
	switch "" {
	case in.DhcpOptionsID:
		return nil, missingParameter("dhcpOptionsId")
	case in.VpcID:
		return nil, missingParameter("vpcId")
	}
	if in.DhcpOptionsID != vpc.DefaultDHCP {
		if _, err := find[vpc.DHCPOptions](t, in.DhcpOptionsID); err != nil {
			return nil, err
		}
	}
	v, err := edit[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	v.DHCPOptionsID = in.DhcpOptionsID
	t.Put(v)
	return done()
}
