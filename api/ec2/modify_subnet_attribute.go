package ec2

import "github.com/flowemu/flowemu/vpc"

type modifySubnetAttributeInput struct {
	dryRun
	SubnetID    string     `query:"SubnetId"`
	MapPublicIP *boolValue `query:"MapPublicIpOnLaunch"`
	AssignIPv6  *boolValue `query:"AssignIpv6AddressOnCreation"`
}

// boolValue is EC2's AttributeBooleanValue.
type boolValue struct {
	Value bool `query:"Value" xml:"value"`
}

func modifySubnetAttribute(t *tx, in *modifySubnetAttributeInput) (*returnOutput, error) {
	n, err := edit[vpc.Subnet](t, in.SubnetID)
	if err != nil {
		return nil, err
	}
	set(&n.MapPublicIP, in.MapPublicIP)
	set(&n.AssignIPv6, in.AssignIPv6)
	t.Put(n)
	return done()
}

// set sets a flag to a value, if there is one.
func set(flag *bool, to *boolValue) {
	if to != nil {
		*flag = to.Value
	}
}
