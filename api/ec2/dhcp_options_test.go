package ec2_test

import (
	"slices"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func dhcp(key string, values ...string) types.NewDhcpConfiguration {
	return types.NewDhcpConfiguration{Key: &key, Values: values}
}

func TestDHCPOptionsLifeCycle(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateDhcpOptions(t.Context(), &sdk.CreateDhcpOptionsInput{
		DhcpConfigurations: []types.NewDhcpConfiguration{dhcp("domain-name", "example.com"), dhcp("domain-name-servers", "10.2.5.1,10.2.5.2", "AmazonProvidedDNS")},
		TagSpecifications:  tagsFor("dhcp-options", "Name", "one"),
	})
	if err != nil {
		t.Fatal(err)
	}
	id := *made.DhcpOptions.DhcpOptionsId
	got, err := c.DescribeDhcpOptions(t.Context(), &sdk.DescribeDhcpOptionsInput{DhcpOptionsIds: []string{id}})
	if err != nil || len(got.DhcpOptions) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	d := got.DhcpOptions[0]
	if *d.OwnerId != account || len(d.Tags) != 1 || len(d.DhcpConfigurations) != 2 || *d.DhcpConfigurations[0].Key != "domain-name" || *d.DhcpConfigurations[0].Values[0].Value != "example.com" {
		t.Errorf("%+v", d)
	}
	var servers []string
	for _, v := range d.DhcpConfigurations[1].Values {
		servers = append(servers, *v.Value)
	}
	if !slices.Equal(servers, []string{"10.2.5.1", "10.2.5.2", "AmazonProvidedDNS"}) {
		t.Errorf("%v", servers)
	}
	v := makeVPC(t, c, "10.0.0.0/16")
	associate := func(options string) error {
		_, err := c.AssociateDhcpOptions(t.Context(), &sdk.AssociateDhcpOptionsInput{DhcpOptionsId: &options, VpcId: v.VpcId})
		return err
	}
	remove := func() error {
		_, err := c.DeleteDhcpOptions(t.Context(), &sdk.DeleteDhcpOptionsInput{DhcpOptionsId: &id})
		return err
	}
	if err := associate(id); err != nil || *describeVPC(t, c, *v.VpcId).DhcpOptionsId != id {
		t.Errorf("associate: %v", err)
	}
	if err := remove(); !failsWith(err, "DependencyViolation", "The dhcpOptions '"+id+"' has dependencies and cannot be deleted.") {
		t.Errorf("in use: %v", err)
	}
	if err := associate("dopt-1"); !failsWith(err, "InvalidDhcpOptionID.NotFound", "") {
		t.Errorf("unknown: %v", err)
	}
	if err := associate("default"); err != nil || *describeVPC(t, c, *v.VpcId).DhcpOptionsId != "default" {
		t.Errorf("none: %v", err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if err := remove(); !failsWith(err, "InvalidDhcpOptionID.NotFound", "") {
		t.Errorf("again: %v", err)
	}
	if _, err := c.DeleteVpc(t.Context(), &sdk.DeleteVpcInput{VpcId: v.VpcId}); err != nil {
		t.Error(err)
	}
}

func TestCreateDHCPOptionsErrors(t *testing.T) {
	c, _, _ := newClient(t)
	for _, tt := range []struct {
		name  string
		given []types.NewDhcpConfiguration
		code  string
	}{
		{"none", []types.NewDhcpConfiguration{}, "MissingParameter"},
		{"unknown", []types.NewDhcpConfiguration{dhcp("router", "10.0.0.1")}, "InvalidParameterValue"},
		{"no value", []types.NewDhcpConfiguration{dhcp("domain-name")}, "InvalidParameterValue"},
		{"five servers", []types.NewDhcpConfiguration{dhcp("domain-name-servers", "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5")}, "InvalidParameterValue"},
		{"no address", []types.NewDhcpConfiguration{dhcp("ntp-servers", "time.example.com")}, "InvalidParameterValue"},
		{"node type", []types.NewDhcpConfiguration{dhcp("netbios-node-type", "3")}, "InvalidParameterValue"},
		{"lease time", []types.NewDhcpConfiguration{dhcp("ipv6-address-preferred-lease-time", "139")}, "InvalidParameterValue"},
		{"lease time too long", []types.NewDhcpConfiguration{dhcp("ipv6-address-preferred-lease-time", "2147483648")}, "InvalidParameterValue"},
	} {
		if _, err := c.CreateDhcpOptions(t.Context(), &sdk.CreateDhcpOptionsInput{DhcpConfigurations: tt.given}); !failsWith(err, tt.code, "") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got, err := c.DescribeDhcpOptions(t.Context(), &sdk.DescribeDhcpOptionsInput{}); err != nil || len(got.DhcpOptions) != 1 {
		t.Errorf("something was created: %+v %v", got, err)
	}
}

func TestDHCPOptionsFilters(t *testing.T) {
	c, _, _ := newClient(t)
	made, err := c.CreateDhcpOptions(t.Context(), &sdk.CreateDhcpOptionsInput{DhcpConfigurations: []types.NewDhcpConfiguration{
		dhcp("ntp-servers", "169.254.169.123", "fd00:ec2::123"), dhcp("netbios-name-servers", "10.0.0.9"), dhcp("netbios-node-type", "2"), dhcp("ipv6-address-preferred-lease-time", "140"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"key", "ntp-servers", 1},
		{"key", "domain-name", 1},
		{"value", "fd00:ec2::123", 1},
		{"value", region + ".compute.internal", 1}, // of the Region's default set
		{"owner-id", account, 2},
		{"dhcp-options-id", *made.DhcpOptions.DhcpOptionsId, 1},
	} {
		if got, err := c.DescribeDhcpOptions(t.Context(), &sdk.DescribeDhcpOptionsInput{Filters: filtersBy(tt.name, tt.value)}); err != nil || len(got.DhcpOptions) != tt.want {
			t.Errorf("%s=%s: %+v %v", tt.name, tt.value, got, err)
		}
	}
}
