package api

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

type launchInput struct {
	_      struct{} `ignored:"BlockDeviceMapping  EbsOptimized"`
	Image  string   `query:"ImageId"`
	Launch struct {
		_    struct{} `ignored:"Monitoring"`
		Type string   `query:"InstanceType"`
	} `query:"LaunchSpecification"`
	Interfaces []struct {
		_      struct{} `ignored:"EnaSrdSpecification AssociateCarrierIpAddress"`
		Subnet string   `query:"SubnetId"`
		Index  *int     `query:"DeviceIndex"`
	} `query:"NetworkInterface"`
	launchEmbedded
}

type launchEmbedded struct {
	_      struct{} `ignored:"Placement"`
	DryRun bool     `query:"DryRun"`
}

// TestIgnoredParameters: what a struct names as without effect is taken whole,
// there and at no other level.
func TestIgnoredParameters(t *testing.T) {
	tests := []struct {
		name, form string
		unknown    string // the parameter that is refused
	}{
		{"a scalar", "ImageId=ami-1&EbsOptimized=true", ""},
		{"with any value", "ImageId=ami-1&EbsOptimized=perhaps", ""},
		{"a list of structs", "ImageId=ami-1&BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.2.DeviceName=sda", ""},
		{"of an embedded struct", "ImageId=ami-1&Placement.Tenancy=default", ""},
		{"of a nested struct", "ImageId=ami-1&LaunchSpecification.Monitoring.Enabled=true", ""},
		{"of a struct in a list", "ImageId=ami-1&NetworkInterface.1.EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled=true&NetworkInterface.2.AssociateCarrierIpAddress=x", ""},
		{"another level's", "ImageId=ami-1&Monitoring.Enabled=true", "Monitoring.Enabled"},
		{"the top's below", "ImageId=ami-1&LaunchSpecification.EbsOptimized=true", "LaunchSpecification.EbsOptimized"},
		{"the top's in a list", "ImageId=ami-1&NetworkInterface.1.EbsOptimized=true", "NetworkInterface.1.EbsOptimized"},
		{"beside an unknown one", "ImageId=ami-1&EbsOptimized=true&Nope=1", "Nope"},
		{"a part of the name", "ImageId=ami-1&Ebs=true", "Ebs"},
		{"the tag is no name", "ImageId=ami-1&_=x", "_"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, err := url.ParseQuery(tt.form)
			if err != nil {
				t.Fatal(err)
			}
			var in launchInput
			err = decodeForm(form, &in, flatLists)
			if in.Image != "ami-1" {
				t.Errorf("the image is %q", in.Image)
			}
			if tt.unknown == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != "UnknownParameter" || !strings.Contains(e.Message, " "+tt.unknown+" ") {
				t.Errorf("%v", err)
			}
		})
	}
}
