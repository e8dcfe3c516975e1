package ec2

import (
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
	v, err := editRequired[vpc.VPC](t, "vpcId", in.VpcID)
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
	setFlag(&v.DNSSupport, in.DNSSupport)
	setFlag(&v.DNSHostnames, in.DNSHostnames)
	setFlag(&v.AddressUsage, in.AddressUsage)
	t.Put(v)
	return done()
}
