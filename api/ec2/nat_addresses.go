package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// maxNATAddresses is how many addresses a NAT gateway can have.
// Source: "Amazon VPC quotas", Private IP address quota per NAT gateway.
const maxNATAddresses = 8

// editNAT gives a copy of a NAT gateway that is there.
func (t *tx) editNAT(id string) (*vpc.NATGateway, error) {
	g, err := edit[vpc.NATGateway](t, id)
	if err == nil && !g.Available() {
		err = notFound[vpc.NATGateway](id)
	}
	return g, err
}

// elastic gives Elastic IP addresses of the caller.
func (t *tx) elastic(ids []string) ([]*vpc.Address, error) {
	var out []*vpc.Address
	for i, id := range ids {
		a, err := find[vpc.Address](t, id)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ids[:i], id) {
			return nil, invalidValue("The allocation ID '%s' is specified more than once.", id)
		}
		out = append(out, a)
	}
	return out, nil
}

// free is elastic, for addresses that are not associated.
func (t *tx) free(ids []string) ([]*vpc.Address, error) {
	all, err := t.elastic(ids)
	for _, a := range all {
		if a.AssociationID != "" {
			return nil, alreadyAssociated("resource %s is already associated with associate-id %s", a.ID, a.AssociationID)
		}
	}
	return all, err
}

// growNAT gives the interface of a NAT gateway secondary private addresses, the
// wanted ones or count free ones, and gives what it added.
func (t *tx) growNAT(g *vpc.NATGateway, e *vpc.ENI, n *vpc.Subnet, wanted []string, count int) ([]netip.Addr, error) {
	have := len(e.Secondary)
	if err := checkNATCount(g, 1+have+len(wanted)+count); err != nil {
		return nil, err
	}
	err := t.addIPv4(e, n, wanted, count)
	return e.Secondary[have:], err
}

func checkNATCount(g *vpc.NATGateway, n int) error {
	if n > maxNATAddresses {
		return &api.Error{Code: "PrivateIpAddressLimitExceeded", Message: fmt.Sprintf("NAT gateway %s can have at most %d addresses.", g.ID, maxNATAddresses)}
	}
	return nil
}

// addNATAddresses adds the private addresses of the interface e to a NAT
// gateway, each with its Elastic IP address if there are any. It gives them.
func (t *tx) addNATAddresses(g *vpc.NATGateway, e *vpc.ENI, private []netip.Addr, elastic []*vpc.Address) []vpc.NATAddress {
	before := len(g.Addresses)
	for i, p := range private {
		a := vpc.NATAddress{InterfaceID: e.ID, PrivateIP: p, Primary: p == e.PrivateIP}
		if i < len(elastic) {
			t.bindNAT(&a, elastic[i])
		}
		g.Addresses = append(g.Addresses, a)
	}
	return g.Addresses[before:]
}

// bindNAT associates an Elastic IP address with an address of a NAT gateway.
func (t *tx) bindNAT(a *vpc.NATAddress, elastic *vpc.Address) {
	elastic = vpc.Clone(elastic)
	elastic.AssociationID, elastic.InterfaceID, elastic.PrivateIP = t.newID("eipassoc"), a.InterfaceID, a.PrivateIP
	t.Put(elastic)
	a.AllocationID, a.AssociationID, a.PublicIP = elastic.ID, elastic.AssociationID, elastic.PublicIP
}

// dropNATAddresses takes addresses from a NAT gateway, and gives them: those
// that are named as key says. missing makes the error for a name that none has.
func (t *tx) dropNATAddresses(g *vpc.NATGateway, names []string, key func(*vpc.NATAddress) string, missing func(name string) error) ([]vpc.NATAddress, error) {
	var out []vpc.NATAddress
	for _, name := range names {
		at := slices.IndexFunc(g.Addresses, func(a vpc.NATAddress) bool { return key(&a) == name })
		if at < 0 || name == "" {
			return nil, missing(name)
		}
		a := g.Addresses[at]
		if a.Primary {
			return nil, invalidValue("The primary address %s of NAT gateway %s cannot be removed.", name, g.ID)
		}
		if err := t.releaseNAT(&a); err != nil {
			return nil, err
		}
		g.Addresses = slices.Delete(g.Addresses, at, at+1)
		out = append(out, a)
	}
	t.Put(g)
	return out, nil
}

// releaseNAT frees the Elastic IP address of an address of a NAT gateway and
// takes the private one from its interface.
func (t *tx) releaseNAT(a *vpc.NATAddress) error {
	if a.AllocationID != "" {
		if err := t.freeElastic(a.AllocationID); err != nil {
			return err
		}
	}
	if a.InterfaceID == "" {
		return nil
	}
	e, err := edit[vpc.ENI](t, a.InterfaceID)
	if err != nil {
		return err
	}
	e.Secondary = slices.DeleteFunc(e.Secondary, func(p netip.Addr) bool { return p == a.PrivateIP })
	t.Put(e)
	return nil
}

// freeElastic frees an Elastic IP address; one that AWS allocated goes.
func (t *tx) freeElastic(id string) error {
	a, err := find[vpc.Address](t, id)
	if err != nil {
		return err
	}
	if a.ServiceManaged != "" {
		t.Remove(a)
		return nil
	}
	t.disassociate(a)
	return nil
}
