package ec2

import (
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

type modifyVpcAttributeInput struct {
	VpcID        string     `query:"VpcId"`
	DNSSupport   *boolValue `query:"EnableDnsSupport"`
	DNSHostnames *boolValue `query:"EnableDnsHostnames"`
	AddressUsage *boolValue `query:"EnableNetworkAddressUsageMetrics"`
}

// Attributes of a VPC. Source: EC2 API, DescribeVpcAttribute.
const (
	dnsSupport   = "enableDnsSupport"
	dnsHostnames = "enableDnsHostnames"
	addressUsage = "enableNetworkAddressUsageMetrics"
)

func modifyVpcAttribute(t *tx, in *modifyVpcAttributeInput) (*returnOutput, error) {
	if in.VpcID == "" {
		return nil, missingParameter("vpcId")
	}
	v, err := edit[vpc.VPC](t, in.VpcID)
	if err != nil {
		return nil, err
	}
	err = oneAttribute(
		attributeGiven{dnsSupport, in.DNSSupport != nil}, attributeGiven{dnsHostnames, in.DNSHostnames != nil}, attributeGiven{addressUsage, in.AddressUsage != nil},
	)
	if err != nil {
		return nil, err
	}
	if in.DNSHostnames != nil && in.DNSHostnames.Value && !v.DNSSupport { // documented at ModifyVpcAttribute, EnableDnsHostnames
		return nil, invalidValue("Invalid value 'true' for enable-dns-hostnames. Cannot set enable-dns-hostnames to true unless enable-dns-support is true.")
	}
	set(&v.DNSSupport, in.DNSSupport)
	set(&v.DNSHostnames, in.DNSHostnames)
	set(&v.AddressUsage, in.AddressUsage)
	t.Put(v)
	return done()
}

// attributeGiven says whether a request has an attribute.
type attributeGiven struct {
	name string
	is   bool
}

// oneAttribute refuses a request that modifies none of the attributes, or several.
func oneAttribute(attributes ...attributeGiven) error {
	var names []string
	for _, a := range attributes {
		if a.is {
			names = append(names, a.name)
		}
	}
	switch len(names) {
	case 0:
		return invalidCombination("No attributes specified.")
	case 1:
		return nil
	}
	return invalidCombination("Fields for multiple attribute types specified: %s", strings.Join(names, ", "))
}
