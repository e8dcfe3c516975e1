package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
)

type describeAccountAttributesInput struct {
	dryRun
	Names []string `query:"AttributeName"`
}

type describeAccountAttributesOutput struct {
	Attributes api.Set[accountAttribute] `xml:"accountAttributeSet"`
}

type accountAttribute struct {
	Name   string                `xml:"attributeName"`
	Values api.Set[accountValue] `xml:"attributeValueSet"`
}

type accountValue struct {
	Value string `xml:"attributeValue"`
}

// accountAttributes gives an account's attributes, with AWS's default quotas.
// Source: EC2 API, DescribeAccountAttributes, and "Amazon EC2 service quotas".
func accountAttributes(v *view) []accountAttribute {
	defaultVPC := "none"
	if d := v.DefaultVPC(v.Account, v.Region); d != nil {
		defaultVPC = d.ID
	}
	attribute := func(name, value string) accountAttribute {
		return accountAttribute{name, api.Set[accountValue]{{value}}}
	}
	return []accountAttribute{
		attribute("supported-platforms", "VPC"),
		attribute("vpc-max-security-groups-per-interface", "5"),
		attribute("max-elastic-ips", "5"),
		attribute("max-instances", "20"),
		attribute("vpc-max-elastic-ips", "5"),
		attribute("default-vpc", defaultVPC),
	}
}

func describeAccountAttributes(v *view, in *describeAccountAttributesInput) (*describeAccountAttributesOutput, error) {
	all := accountAttributes(v)
	for _, name := range in.Names {
		if !slices.ContainsFunc(all, func(a accountAttribute) bool { return a.Name == name }) {
			return nil, invalidValue("Value (%s) for parameter attributeName is invalid. Unknown attribute name.", name)
		}
	}
	out := &describeAccountAttributesOutput{}
	for _, a := range all {
		if len(in.Names) == 0 || slices.Contains(in.Names, a.Name) {
			out.Attributes = append(out.Attributes, a)
		}
	}
	return out, nil
}
