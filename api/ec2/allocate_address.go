package ec2

import (
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type allocateAddressInput struct {
	dryRun
	Domain            string             `query:"Domain"`
	Address           string             `query:"Address"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
	_                 struct{}           `ignored:"PublicIpv4Pool NetworkBorderGroup CustomerOwnedIpv4Pool IpamPoolId"`
}

type allocateAddressOutput struct {
	AllocationID       string `xml:"allocationId"`
	PublicIPv4Pool     string `xml:"publicIpv4Pool"`
	NetworkBorderGroup string `xml:"networkBorderGroup"`
	Domain             string `xml:"domain"`
	PublicIP           string `xml:"publicIp"`
}

const (
	domainVPC  = "vpc"
	amazonPool = "amazon" // of public addresses
)

// allocateAddress gives an address of AWS's pool or, if one is named, that: any
// that nobody has can be named, so that what is seen on a wire can be an Elastic IP address.
func allocateAddress(t *tx, in *allocateAddressInput) (*allocateAddressOutput, error) {
	if in.Domain != "" && in.Domain != domainVPC {
		return nil, invalidValue("Invalid value '%s' for domain.", in.Domain)
	}
	public, err := t.publicAddress(in.Address)
	if err != nil {
		return nil, err
	}
	a := &vpc.Address{Head: t.head("eipalloc"), PublicIP: public}
	if err := t.create(a, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &allocateAddressOutput{a.ID, amazonPool, t.Region, domainVPC, public.String()}, nil
}

// publicAddress gives the named public address or, if that is "", one that nobody has.
func (t *tx) publicAddress(named string) (netip.Addr, error) {
	if named != "" {
		a, err := netip.ParseAddr(named)
		if err != nil || !a.Is4() || t.PublicAddressInUse(a) {
			return a, noPublic(named)
		}
		return a, nil
	}
	a, ok := t.FreePublicAddress()
	if !ok {
		return a, &api.Error{Code: "InsufficientAddressCapacity", Message: "Not enough available addresses to satisfy your minimum request."}
	}
	return a, nil
}

func noPublic(address string) error {
	return &api.Error{Code: "InvalidAddress.NotFound", Message: fmt.Sprintf("Address '%s' not found.", address)}
}
