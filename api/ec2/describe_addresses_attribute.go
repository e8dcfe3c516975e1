package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeAddressesAttributeInput struct {
	dryRun
	paging
	AllocationIDs []string `query:"AllocationId"`
	Attribute     string   `query:"Attribute"`
}

type describeAddressesAttributeOutput struct {
	Addresses api.Set[addressAttribute] `xml:"addressSet"`
	NextToken string                    `xml:"nextToken,omitempty"`
}

// addressAttribute has the reverse DNS name of an address, if one was set, which flowemu does not do.
type addressAttribute struct {
	PublicIP     string `xml:"publicIp"`
	AllocationID string `xml:"allocationId"`
}

func describeAddressesAttribute(v *view, in *describeAddressesAttributeInput) (*describeAddressesAttributeOutput, error) {
	if in.Attribute != "" && in.Attribute != "domain-name" {
		return nil, invalidValue("Value (%s) for parameter attribute is invalid.", in.Attribute)
	}
	found, next, err := describe(v, &describing{paging: in.paging}, pageSize{1, 1000}, "allocationIdSet", in.AllocationIDs, filters[vpc.Address]{})
	out := &describeAddressesAttributeOutput{NextToken: next}
	for _, a := range found {
		out.Addresses = append(out.Addresses, addressAttribute{addrText(a.PublicIP), a.ID})
	}
	return out, err
}
