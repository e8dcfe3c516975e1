package ec2_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func accountAttribute(t *testing.T, c *sdk.Client, name types.AccountAttributeName) (out []string) {
	t.Helper()
	got, err := c.DescribeAccountAttributes(t.Context(), &sdk.DescribeAccountAttributesInput{AttributeNames: []types.AccountAttributeName{name}})
	if err != nil || len(got.AccountAttributes) != 1 || *got.AccountAttributes[0].AttributeName != string(name) {
		t.Fatalf("%+v %v", got, err)
	}
	for _, v := range got.AccountAttributes[0].AttributeValues {
		out = append(out, *v.AttributeValue)
	}
	return out
}

func TestAccountAttributes(t *testing.T) {
	c, _, _ := newClient(t)
	for name, want := range map[types.AccountAttributeName]string{
		"supported-platforms": "VPC", "vpc-max-security-groups-per-interface": "5", "max-elastic-ips": "5", "vpc-max-elastic-ips": "5", "max-instances": "20",
	} {
		if got := accountAttribute(t, c, name); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got, err := c.DescribeAccountAttributes(t.Context(), &sdk.DescribeAccountAttributesInput{}); err != nil || len(got.AccountAttributes) != 6 {
		t.Errorf("%+v %v", got, err)
	}
	_, err := c.DescribeAccountAttributes(t.Context(), &sdk.DescribeAccountAttributesInput{AttributeNames: []types.AccountAttributeName{"shoe-size"}, DryRun: aws.Bool(false)})
	if !failsWith(err, "InvalidParameterValue", "") {
		t.Errorf("unknown: %v", err)
	}
}
