package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

// updatePublicOf is updatePublic for the interface of that id, which is put if it changed.
func (t *tx) updatePublicOf(id string) error {
	e := vpc.Clone(t.ENI(id))
	before := e.PublicIP
	if err := t.updatePublic(e); err != nil {
		return err
	}
	if e.PublicIP != before {
		t.Put(e)
	}
	return nil
}

// updatePublic gives e the public address that it gets automatically, or takes
// it away: it has one while its instance runs, unless it has an Elastic IP address.
// Source: "Amazon EC2 instance IP addressing", EC2 user guide.
func (t *tx) updatePublic(e *vpc.ENI) error {
	i := vpc.Get[vpc.Instance](t.Snapshot, e.InstanceID)
	due := e.AutoPublic && i != nil && i.State == vpc.Running && e.PrivateIP.IsValid()
	for _, a := range vpc.Referring[vpc.Address](t.Snapshot, e.ID) {
		due = due && a.PrivateIP != e.PrivateIP
	}
	if due == e.PublicIP.IsValid() {
		return nil
	}
	if !due {
		e.PublicIP, e.PublicOwner = netip.Addr{}, ""
		return nil
	}
	a, err := t.publicAddress("")
	e.PublicIP, e.PublicOwner = a, amazonPool
	return err
}
