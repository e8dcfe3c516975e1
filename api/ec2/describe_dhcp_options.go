package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeDhcpOptionsInput struct {
	describing
	DhcpOptionsIDs []string `query:"DhcpOptionsId"`
}

type describeDhcpOptionsOutput struct {
	Options   api.Set[dhcpItem] `xml:"dhcpOptionsSet"`
	NextToken string            `xml:"nextToken,omitempty"`
}

type dhcpItem struct {
	DhcpOptionsID  string                  `xml:"dhcpOptionsId"`
	OwnerID        string                  `xml:"ownerId"`
	Configurations api.Set[dhcpConfigItem] `xml:"dhcpConfigurationSet"`
	Tags           api.Set[tag]            `xml:"tagSet"`
}

type dhcpConfigItem struct {
	Key    string               `xml:"key"`
	Values api.Set[stringValue] `xml:"valueSet"`
}

var dhcpFilters = filters[vpc.DHCPOptions]{
	"dhcp-options-id": func(_ *view, d *vpc.DHCPOptions) []string { return one(d.ID) },
	"key":             dhcpKeys,
	"owner-id":        func(_ *view, d *vpc.DHCPOptions) []string { return one(d.Account) },
	"value":           dhcpValues,
}

func dhcpKeys(_ *view, d *vpc.DHCPOptions) (out []string) {
	for _, o := range d.Options {
		out = append(out, o.Key)
	}
	return out
}

func dhcpValues(_ *view, d *vpc.DHCPOptions) (out []string) {
	for _, o := range d.Options {
		out = append(out, o.Values...)
	}
	return out
}

func describeDhcpOptions(v *view, in *describeDhcpOptionsInput) (*describeDhcpOptionsOutput, error) {
	found, next, err := describe(v, &in.describing, pageSize{5, 1000}, "dhcpOptionsSet", in.DhcpOptionsIDs, dhcpFilters)
	out := &describeDhcpOptionsOutput{NextToken: next}
	for _, d := range found {
		out.Options = append(out.Options, newDHCPItem(v, d))
	}
	return out, err
}

func newDHCPItem(at place, d *vpc.DHCPOptions) dhcpItem {
	item := dhcpItem{DhcpOptionsID: d.ID, OwnerID: d.Account, Tags: tagSet(at, d.ID)}
	for _, o := range d.Options {
		c := dhcpConfigItem{Key: o.Key}
		for _, value := range o.Values {
			c.Values = append(c.Values, stringValue{value})
		}
		item.Configurations = append(item.Configurations, c)
	}
	return item
}
