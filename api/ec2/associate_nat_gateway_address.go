package ec2

import "github.com/flowemu/flowemu/vpc"

type associateNATGatewayAddressInput struct {
	dryRun
	zoneChoice
	NATGatewayID  string   `query:"NatGatewayId"`
	AllocationIDs []string `query:"AllocationId"`
	PrivateIPs    []string `query:"PrivateIpAddress"`
}

// associateNATGatewayAddress gives a public NAT gateway further Elastic IP
// addresses, each with a private address, or a regional one those of a zone.
func associateNATGatewayAddress(t *tx, in *associateNATGatewayAddressInput) (*natAddressesOutput, error) {
	g, err := t.editNAT(in.NATGatewayID)
	switch {
	case err != nil:
		return nil, err
	case g.Private:
		return nil, invalidValue("Elastic IP addresses cannot be associated with the private NAT gateway %s", g.ID)
	case len(in.AllocationIDs) == 0:
		return nil, missingParameter("allocationIds")
	case len(in.PrivateIPs) > 0 && len(in.PrivateIPs) != len(in.AllocationIDs):
		return nil, invalidValue("The number of private IP addresses must be that of the allocation IDs.")
	}
	elastic, err := t.free(in.AllocationIDs)
	if err != nil {
		return nil, err
	}
	var added []vpc.NATAddress
	if g.Regional {
		var zone vpc.Zone
		if zone, err = in.named(t.Region); err == nil {
			added, err = t.addZoneAddresses(g, zone, elastic)
		}
	} else {
		added, err = t.extendNAT(g, in.PrivateIPs, len(elastic)-len(in.PrivateIPs), elastic)
	}
	if err != nil {
		return nil, err
	}
	t.Put(g)
	return &natAddressesOutput{g.ID, natAddressItems(added, "succeeded")}, nil
}

// extendNAT gives a zonal NAT gateway further private addresses, the wanted ones
// or count free ones, with Elastic IP addresses if there are any.
func (t *tx) extendNAT(g *vpc.NATGateway, wanted []string, count int, elastic []*vpc.Address) ([]vpc.NATAddress, error) {
	e, err := edit[vpc.ENI](t, g.Addresses[0].InterfaceID)
	if err != nil {
		return nil, err
	}
	n, err := find[vpc.Subnet](t, g.SubnetID)
	if err != nil {
		return nil, err
	}
	private, err := t.growNAT(g, e, n, wanted, count)
	if err != nil {
		return nil, err
	}
	t.Put(e)
	return t.addNATAddresses(g, e, private, elastic), nil
}
