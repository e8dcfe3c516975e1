package ec2

import (
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

type createNATGatewayInput struct {
	dryRun
	clientToken
	AvailabilityMode      string             `query:"AvailabilityMode"`
	ConnectivityType      string             `query:"ConnectivityType"`
	SubnetID              string             `query:"SubnetId"`
	VpcID                 string             `query:"VpcId"`
	AllocationID          string             `query:"AllocationId"`
	PrivateIPAddress      string             `query:"PrivateIpAddress"`
	SecondaryAllocations  []string           `query:"SecondaryAllocationId"`
	SecondaryPrivateIPs   []string           `query:"SecondaryPrivateIpAddress"`
	SecondaryPrivateCount *int               `query:"SecondaryPrivateIpAddressCount"`
	ZoneAddresses         []natZoneAddresses `query:"AvailabilityZoneAddress"`
	TagSpecifications     []tagSpecification `query:"TagSpecification"`
}

// natZoneAddresses is the addresses of a regional NAT gateway in a zone.
type natZoneAddresses struct {
	zoneChoice
	AllocationIDs []string `query:"AllocationId"`
}

type createNATGatewayOutput struct {
	ClientToken string         `xml:"clientToken,omitempty"`
	NATGateway  natGatewayItem `xml:"natGateway"`
}

// createNATGateway makes a NAT gateway. One that cannot do its work is made too,
// as failed, as AWS makes it.
func createNATGateway(t *tx, in *createNATGatewayInput) (*createNATGatewayOutput, error) {
	g := &vpc.NATGateway{Head: t.head("nat"), Private: in.ConnectivityType == "private", Created: t.now}
	err := in.check()
	switch {
	case err != nil:
	case in.AvailabilityMode == regionalMode:
		err = in.regional(t, g)
	default:
		err = in.zonal(t, g)
	}
	if err != nil {
		return nil, err
	}
	if err := t.create(g, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &createNATGatewayOutput{in.ClientToken, newNATGatewayItem(t, g)}, nil
}

const (
	regionalMode = "regional"
	zonalMode    = "zonal"
)

// check checks which parameters go together. Source: EC2 API, CreateNatGateway.
func (in *createNATGatewayInput) check() error {
	private, regional := in.ConnectivityType == "private", in.AvailabilityMode == regionalMode
	switch {
	case !private && in.ConnectivityType != "" && in.ConnectivityType != "public":
		return invalidValue("Invalid value '%s' for connectivityType.", in.ConnectivityType)
	case !regional && in.AvailabilityMode != "" && in.AvailabilityMode != zonalMode:
		return invalidValue("Invalid value '%s' for availabilityMode.", in.AvailabilityMode)
	case regional:
		return in.checkRegional(private)
	case in.SubnetID == "":
		return missingParameter("subnetId")
	case in.VpcID != "" || len(in.ZoneAddresses) > 0:
		return exclusive("vpcId or availabilityZoneAddresses", "subnetId")
	case private && (in.AllocationID != "" || len(in.SecondaryAllocations) > 0):
		return exclusive("allocationId", "connectivityType=private")
	case !private && in.AllocationID == "":
		return missingParameter("AllocationId")
	case !private && in.SecondaryPrivateCount != nil:
		return exclusive("secondaryPrivateIpAddressCount", "connectivityType=public")
	case !private && len(in.SecondaryPrivateIPs) > 0 && len(in.SecondaryPrivateIPs) != len(in.SecondaryAllocations):
		return invalidValue("The number of secondary private IP addresses must be that of the secondary allocation IDs.")
	}
	return nil
}

// zonal makes g one of a subnet, with its interface there.
func (in *createNATGatewayInput) zonal(t *tx, g *vpc.NATGateway) error {
	n, err := find[vpc.Subnet](t, in.SubnetID)
	if err != nil {
		return err
	}
	g.VPCID, g.SubnetID = n.VPCID, n.ID
	var elastic []*vpc.Address
	if !g.Private {
		if elastic, err = t.elastic(append([]string{in.AllocationID}, in.SecondaryAllocations...)); err != nil {
			return err
		}
	}
	if t.natFails(g, elastic, n) {
		g.Addresses = []vpc.NATAddress{{AllocationID: in.AllocationID, Primary: true}}
		return nil
	}
	primary, err := t.address(n, in.PrivateIPAddress)
	if err != nil {
		return err
	}
	e := vpc.NewManagedENI(t.head("eni"), n, "nat_gateway", g.ID, primary, t.now)
	count := value(in.SecondaryPrivateCount)
	if !g.Private && len(in.SecondaryPrivateIPs) == 0 {
		count = len(in.SecondaryAllocations)
	}
	added, err := t.growNAT(g, e, n, in.SecondaryPrivateIPs, count)
	if err != nil {
		return err
	}
	t.Put(e)
	t.addNATAddresses(g, e, append([]netip.Addr{primary}, added...), elastic)
	return nil
}

// natFails says whether a NAT gateway cannot work, which makes it failed.
// Source of codes and texts: EC2 API, NatGateway, failureCode and failureMessage.
func (t *tx) natFails(g *vpc.NATGateway, elastic []*vpc.Address, n *vpc.Subnet) bool {
	code, message := "", ""
	if n != nil {
		if _, free := t.FreeAddress(n); !free {
			code, message = "InsufficientFreeAddressesInSubnet", "Subnet has insufficient free addresses to create this NAT gateway"
		}
	}
	for _, a := range elastic {
		if a.AssociationID != "" {
			code, message = "Resource.AlreadyAssociated", fmt.Sprintf("Elastic IP address %s is already associated", a.ID)
		}
	}
	if !g.Private && !t.Refers(g.VPCID, vpc.KindInternetGateway) {
		code, message = "Gateway.NotAttached", fmt.Sprintf("Network %s has no Internet gateway attached", g.VPCID)
	}
	if code != "" {
		g.Ended, g.FailureCode, g.FailureMessage = t.now, code, message
	}
	return code != ""
}
