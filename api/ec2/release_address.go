package ec2

import (
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type releaseAddressInput struct {
	dryRun
	AllocationID string   `query:"AllocationId"`
	PublicIP     string   `query:"PublicIp"`
	_            struct{} `ignored:"NetworkBorderGroup"`
}

func releaseAddress(t *tx, in *releaseAddressInput) (*returnOutput, error) {
	a, err := findAddress(t, in.AllocationID, in.PublicIP)
	if err != nil {
		return nil, err
	}
	if a.AssociationID != "" {
		return nil, &api.Error{Code: "InvalidIPAddress.InUse", Message: fmt.Sprintf("Address %s is in use.", a.PublicIP)}
	}
	t.Remove(a)
	return done()
}

// findAddress gives the caller's Elastic IP address of that id or, without one, of that address.
func findAddress(at place, id, publicIP string) (*vpc.Address, error) {
	switch {
	case id != "":
		return find[vpc.Address](at, id)
	case publicIP == "":
		return nil, missingParameter("AllocationId")
	}
	s, c := at.in()
	for _, a := range vpc.Referring[vpc.Address](s, publicIP) {
		if owns(c, a) && a.PublicIP.String() == publicIP {
			return a, nil
		}
	}
	return nil, noPublic(publicIP)
}
