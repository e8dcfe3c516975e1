package ec2

import (
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// defaultSubnetBits is the size of a default subnet.
// Source: EC2 API, CreateDefaultSubnet.
const defaultSubnetBits = 20

type createDefaultSubnetInput struct {
	dryRun
	zoneChoice
	IPv6Native bool `query:"Ipv6Native"`
}

func createDefaultSubnet(t *tx, in *createDefaultSubnetInput) (*subnetOutput, error) {
	if in.AvailabilityZone == "" && in.AvailabilityZoneID == "" {
		return nil, missingParameter("availabilityZone")
	}
	zone, err := in.ofSubnet(t.Region)
	if err != nil {
		return nil, err
	}
	v := t.DefaultVPC(t.Account, t.Region)
	if v == nil {
		return nil, &api.Error{Code: "DefaultVpcDoesNotExist", Message: "No default VPC exists for this account in this region."}
	}
	for _, n := range vpc.Referring[vpc.Subnet](t.Snapshot, v.ID) {
		if n.DefaultFor && n.Zone == zone {
			return nil, &api.Error{Code: "DefaultSubnetAlreadyExistsInAvailabilityZone", Message: fmt.Sprintf("'%s' is already the default subnet in %s.", n.ID, zone.Name)}
		}
	}
	n := &vpc.Subnet{Head: t.head("subnet"), VPCID: v.ID, Zone: zone, DefaultFor: true, MapPublicIP: true, HostnameType: vpc.IPName}
	if in.IPv6Native {
		n.MapPublicIP, n.AssignIPv6, n.HostnameType = false, true, vpc.ResourceName
		block, err := freeBlock(t, v, ipv6Bits, minSubnetIPv6Block)
		if err != nil {
			return nil, err
		}
		n.IPv6 = []netip.Prefix{block}
	} else if n.CIDR, err = freeBlock(t, v, ipv4Bits, defaultSubnetBits); err != nil {
		return nil, err
	}
	t.PutSubnet(n)
	return &subnetOutput{newSubnetItem(t, n)}, nil
}

// freeBlock gives the first block of that size and family that no subnet of v has.
func freeBlock(t *tx, v *vpc.VPC, bits, size int) (netip.Prefix, error) {
	for _, own := range family(v.CIDRs, bits) {
		if block, ok := t.FreeBlock(v.ID, own, size); ok {
			return block, nil
		}
	}
	return netip.Prefix{}, &api.Error{Code: "InvalidSubnet.Range", Message: fmt.Sprintf("The vpc '%s' has no free CIDR of size /%d.", v.ID, size)}
}
