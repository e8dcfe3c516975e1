package ec2_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/api/ec2"
)

// TestMalformedIDs: codes as EC2's "Error codes" has them; the texts about transit
// gateways as floci-io/floci recorded them.
func TestMalformedIDs(t *testing.T) {
	h, _ := newRouter(t, false, func(*ec2.Options) {})
	const expecting = `Invalid id: &#34;x&#34; (expecting &#34;%-...&#34;)`
	tests := []struct{ action, parameter, code, text string }{
		{"DescribeDhcpOptions", "DhcpOptionsId.1", "InvalidDhcpOptionsId.Malformed", strings.Replace(expecting, "%", "dopt", 1)},
		{"DescribeInstances", "InstanceId.1", "InvalidInstanceID.Malformed", strings.Replace(expecting, "%", "i", 1)},
		{"DescribeInternetGateways", "InternetGatewayId.1", "InvalidInternetGatewayId.Malformed", strings.Replace(expecting, "%", "igw", 1)},
		{"DescribeManagedPrefixLists", "PrefixListId.1", "InvalidPrefixListId.Malformed", strings.Replace(expecting, "%", "pl", 1)},
		{"DescribeNetworkAcls", "NetworkAclId.1", "InvalidNetworkAclId.Malformed", strings.Replace(expecting, "%", "acl", 1)},
		{"DescribeNetworkInterfaces", "NetworkInterfaceId.1", "InvalidNetworkInterfaceId.Malformed", strings.Replace(expecting, "%", "eni", 1)},
		{"DescribeRouteTables", "RouteTableId.1", "InvalidRouteTableId.Malformed", strings.Replace(expecting, "%", "rtb", 1)},
		{"DescribeSecurityGroups", "GroupId.1", "InvalidGroupId.Malformed", strings.Replace(expecting, "%", "sg", 1)},
		{"DescribeSubnets", "SubnetId.1", "InvalidSubnetID.Malformed", strings.Replace(expecting, "%", "subnet", 1)},
		{"DescribeTransitGatewayRouteTables", "TransitGatewayRouteTableIds.1", "InvalidRouteTableId.Malformed", strings.Replace(expecting, "%", "tgw-rtb", 1)},
		{"DescribeTransitGateways", "TransitGatewayIds.1", "InvalidTransitGatewayID.Malformed", "Invalid Transit Gateway id x."},
		{"DescribeTransitGatewayVpcAttachments", "TransitGatewayAttachmentIds.1", "InvalidTransitGatewayAttachmentID.Malformed", "Invalid Transit Gateway Attachment id."},
		{"DescribeVpcBlockPublicAccessExclusions", "ExclusionId.1", "InvalidVpcBlockPublicAccessExclusionId.Malformed", strings.Replace(expecting, "%", "vpcbpa-exclude", 1)},
		{"DescribeVpcEncryptionControls", "VpcEncryptionControlId.1", "InvalidVpcEncryptionControlId.Malformed", strings.Replace(expecting, "%", "vpcec", 1)},
		{"DescribeVpcs", "VpcId.1", "InvalidVpcID.Malformed", strings.Replace(expecting, "%", "vpc", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.action, func(t *testing.T) {
			status, body := post(h, url.Values{"Action": {tt.action}, tt.parameter: {"x"}})
			if status != http.StatusBadRequest || !strings.Contains(body, "<Code>"+tt.code+"</Code>") || !strings.Contains(body, "<Message>"+tt.text+"</Message>") {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}
