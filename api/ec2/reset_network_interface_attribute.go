package ec2

import "github.com/flowemu/flowemu/vpc"

type resetNetworkInterfaceAttributeInput struct {
	networkInterfaceInput
	_ struct{} `ignored:"SourceDestCheck"`
}

// resetNetworkInterfaceAttribute switches the source/destination check on: there
// is nothing else to reset. It is allowed for interfaces of services too.
// Source: EC2 API, and "Requester-managed network interfaces", EC2 user guide.
func resetNetworkInterfaceAttribute(t *tx, in *resetNetworkInterfaceAttributeInput) (*returnOutput, error) {
	e, err := edit[vpc.ENI](t, in.NetworkInterfaceID)
	if err != nil {
		return nil, err
	}
	e.NoSourceCheck = false
	t.Put(e)
	return done()
}
