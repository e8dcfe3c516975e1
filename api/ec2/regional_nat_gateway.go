package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// checkRegional checks what goes with a regional NAT gateway, which is public.
// Source: EC2 API, CreateNatGateway, and "Regional NAT gateways", VPC user guide.
func (in *createNATGatewayInput) checkRegional(private bool) error {
	switch {
	case in.VpcID == "":
		return missingParameter("vpcId")
	case private:
		return exclusive("connectivityType=private", "availabilityMode=regional")
	case in.SubnetID != "":
		return exclusive("subnetId", "availabilityMode=regional")
	case given(in.AllocationID, in.PrivateIPAddress) > 0 || len(in.SecondaryAllocations)+len(in.SecondaryPrivateIPs) > 0 || in.SecondaryPrivateCount != nil:
		return exclusive("allocationId or privateIpAddress", "availabilityMode=regional")
	}
	return nil
}

// regional makes g one of a VPC. It has no interface there, but a route table of
// its own with a route to the internet gateway. Its addresses are those asked
// for or, if there are none, one for each zone where the VPC has subnets.
// Source: "Regional NAT gateways", VPC user guide; EC2 API, NatGateway.
func (in *createNATGatewayInput) regional(t *tx, g *vpc.NATGateway) error {
	v, err := find[vpc.VPC](t, in.VpcID)
	if err != nil {
		return err
	}
	g.VPCID, g.Regional, g.AutoZones = v.ID, true, len(in.ZoneAddresses) == 0
	var ids []string
	for _, z := range in.ZoneAddresses {
		ids = append(ids, z.AllocationIDs...)
	}
	elastic, err := t.elastic(ids)
	if err != nil || t.natFails(g, elastic, nil) {
		return err
	}
	t.addNATTable(g)
	if g.AutoZones {
		return t.autoNATAddresses(g)
	}
	for _, z := range in.ZoneAddresses {
		zone, err := z.named(t.Region)
		if err != nil {
			return err
		}
		if _, err := t.addZoneAddresses(g, zone, elastic[:len(z.AllocationIDs)]); err != nil {
			return err
		}
		elastic = elastic[len(z.AllocationIDs):]
	}
	return nil
}

// addNATTable makes the route table of a regional NAT gateway.
func (t *tx) addNATTable(g *vpc.NATGateway) {
	table := &vpc.RouteTable{Head: t.head("rtb"), VPCID: g.VPCID}
	for _, igw := range vpc.Referring[vpc.InternetGateway](t.Snapshot, g.VPCID) {
		table.Routes = append(table.Routes, vpc.Route{CIDR: netip.PrefixFrom(netip.IPv4Unspecified(), 0), GatewayID: igw.ID})
	}
	t.Put(table)
	g.RouteTableID = table.ID
}

// autoNATAddresses allocates an address for each zone where the VPC has subnets.
func (t *tx) autoNATAddresses(g *vpc.NATGateway) error {
	var seen []string
	for _, n := range vpc.Referring[vpc.Subnet](t.Snapshot, g.VPCID) {
		if slices.Contains(seen, n.Zone.Name) {
			continue
		}
		seen = append(seen, n.Zone.Name)
		public, err := t.publicAddress("")
		if err != nil {
			return err
		}
		a := &vpc.Address{Head: t.head("eipalloc"), PublicIP: public, ServiceManaged: "rnat"}
		t.Put(a)
		if _, err := t.addZoneAddresses(g, n.Zone, []*vpc.Address{a}); err != nil {
			return err
		}
	}
	return nil
}

// maxZoneAddresses is how many addresses a regional NAT gateway can have in a
// zone. Source: "Regional NAT gateways", VPC user guide.
const maxZoneAddresses = 32

// addZoneAddresses adds addresses to a regional NAT gateway, and gives them.
func (t *tx) addZoneAddresses(g *vpc.NATGateway, zone vpc.Zone, elastic []*vpc.Address) ([]vpc.NATAddress, error) {
	before := len(g.Addresses)
	for _, e := range elastic {
		a := vpc.NATAddress{Zone: zone}
		t.bindNAT(&a, e)
		g.Addresses = append(g.Addresses, a)
	}
	n := 0
	for _, a := range g.Addresses {
		if a.Zone == zone {
			n++
		}
	}
	if n > maxZoneAddresses {
		return nil, &api.Error{Code: "AddressLimitExceeded", Message: fmt.Sprintf("NAT gateway %s can have at most %d addresses in a zone.", g.ID, maxZoneAddresses)}
	}
	return g.Addresses[before:], nil
}
