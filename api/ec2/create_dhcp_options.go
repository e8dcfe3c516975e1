package ec2

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

type createDhcpOptionsInput struct {
	dryRun
	Configurations    []dhcpConfiguration `query:"DhcpConfiguration"`
	TagSpecifications []tagSpecification  `query:"TagSpecification"`
}

type dhcpConfiguration struct {
	Key    string   `query:"Key"`
	Values []string `query:"Value"`
}

type dhcpOptionsOutput struct {
	Options dhcpItem `xml:"dhcpOptions"`
}

// dhcpOptionKind is what values an option has.
type dhcpOptionKind struct {
	most  int  // values
	split bool // a value may be several with commas between them
	fits  func(value string) bool
}

// dhcpOptionKinds are the options. Source: EC2 API, CreateDhcpOptions.
var dhcpOptionKinds = map[string]dhcpOptionKind{
	"domain-name":          {most: 1, fits: func(v string) bool { return v != "" }},
	"domain-name-servers":  {most: 4, split: true, fits: func(v string) bool { return v == "AmazonProvidedDNS" || isAddr(v) }},
	"ntp-servers":          {most: 8, split: true, fits: isAddr},
	"netbios-name-servers": {most: 4, split: true, fits: isAddr},
	"netbios-node-type":    {most: 1, fits: func(v string) bool { return slices.Contains([]string{"1", "2", "4", "8"}, v) }},

	"ipv6-address-preferred-lease-time": {most: 1, fits: isLeaseTime},
}

func isAddr(v string) bool {
	_, err := netip.ParseAddr(v)
	return err == nil
}

// isLeaseTime says whether v is a lease time in seconds. Source: EC2 API, CreateDhcpOptions.
func isLeaseTime(v string) bool {
	const least = 140
	n, err := strconv.ParseInt(v, 10, 32)
	return err == nil && n >= least
}

func createDhcpOptions(t *tx, in *createDhcpOptionsInput) (*dhcpOptionsOutput, error) {
	if len(in.Configurations) == 0 {
		return nil, missingParameter("dhcpConfiguration")
	}
	d := &vpc.DHCPOptions{Head: t.head("dopt")}
	for _, c := range in.Configurations {
		o, err := newDHCPOption(c)
		if err != nil {
			return nil, err
		}
		d.Options = append(d.Options, o)
	}
	if err := t.create(d, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &dhcpOptionsOutput{newDHCPItem(t, d)}, nil
}

func newDHCPOption(c dhcpConfiguration) (vpc.DHCPOption, error) {
	o := vpc.DHCPOption{Key: c.Key, Values: c.Values}
	kind, known := dhcpOptionKinds[c.Key]
	if !known {
		return o, invalidValue("Value (%s) for parameter name is invalid. Unknown DHCP option", c.Key)
	}
	if kind.split {
		o.Values = nil
		for _, v := range c.Values {
			for part := range strings.SplitSeq(v, ",") {
				o.Values = append(o.Values, strings.TrimSpace(part))
			}
		}
	}
	for _, v := range o.Values {
		if !kind.fits(v) {
			return o, invalidValue("Value (%s) for parameter value is invalid. Invalid value for DHCP option %s.", v, c.Key)
		}
	}
	if len(o.Values) == 0 || len(o.Values) > kind.most {
		return o, invalidValue("DHCP option %s must have 1 to %d values.", c.Key, kind.most)
	}
	return o, nil
}
