package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

type disassociateAddressInput struct {
	dryRun
	AssociationID string `query:"AssociationId"`
	PublicIP      string `query:"PublicIp"`
}

func disassociateAddress(t *tx, in *disassociateAddressInput) (*returnOutput, error) {
	a, err := in.find(t)
	if err != nil {
		return nil, err
	}
	e := t.ENI(a.InterfaceID)
	if e != nil && e.RequesterManaged && !e.ByTag || t.Refers(a.ID, vpc.KindNATGateway) {
		return nil, notYours()
	}
	t.disassociate(a)
	if e != nil {
		if err := t.updatePublicOf(e.ID); err != nil {
			return nil, err
		}
	}
	return done()
}

func (in *disassociateAddressInput) find(t *tx) (*vpc.Address, error) {
	if in.AssociationID == "" {
		return findAddress(t, "", in.PublicIP)
	}
	return holder[vpc.Address](t, "eipassoc", in.AssociationID)
}

// disassociate frees an Elastic IP address.
func (t *tx) disassociate(a *vpc.Address) {
	if a.AssociationID == "" {
		return
	}
	a = vpc.Clone(a)
	a.AssociationID, a.InterfaceID, a.PrivateIP = "", "", netip.Addr{}
	t.Put(a)
}
