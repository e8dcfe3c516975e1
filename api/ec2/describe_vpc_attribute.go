package ec2

import "github.com/flowemu/flowemu/vpc"

type describeVpcAttributeInput struct {
	dryRun
	VpcID     string `query:"VpcId"`
	Attribute string `query:"Attribute"`
}

type describeVpcAttributeOutput struct {
	VpcID        string     `xml:"vpcId"`
	DNSSupport   *boolValue `xml:"enableDnsSupport"`
	DNSHostnames *boolValue `xml:"enableDnsHostnames"`
	AddressUsage *boolValue `xml:"enableNetworkAddressUsageMetrics"`
}

func describeVpcAttribute(v *view, in *describeVpcAttributeInput) (*describeVpcAttributeOutput, error) {
	n, err := findRequired[vpc.VPC](v, "vpcId", in.VpcID)
	if err != nil {
		return nil, err
	}
	out := &describeVpcAttributeOutput{VpcID: n.ID}
	switch in.Attribute {
	case dnsSupport:
		out.DNSSupport = &boolValue{n.DNSSupport}
	case dnsHostnames:
		out.DNSHostnames = &boolValue{n.DNSHostnames}
	case addressUsage:
		out.AddressUsage = &boolValue{n.AddressUsage}
	case "":
		return nil, missingParameter("attribute")
	default:
		return nil, invalidValue("Value (%s) for parameter attribute is invalid. Unknown attribute.", in.Attribute)
	}
	return out, nil
}
