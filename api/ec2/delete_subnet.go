package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

type deleteSubnetInput struct {
	dryRun
	SubnetID string `query:"SubnetId"`
}

// deleteSubnet deletes a subnet that nothing lies in. Its associations with a
// network ACL and a route table go with it.
func deleteSubnet(t *tx, in *deleteSubnetInput) (*returnOutput, error) {
	n, err := find[vpc.Subnet](t, in.SubnetID)
	if err != nil {
		return nil, err
	}
	for _, k := range []vpc.Kind{vpc.KindENI, vpc.KindInstance, vpc.KindNATGateway, vpc.KindTransitGatewayAttachment} {
		if t.Refers(n.ID, k) {
			return nil, dependency(fmt.Sprintf("The subnet '%s' has dependencies and cannot be deleted.", n.ID))
		}
	}
	for _, acl := range vpc.Referring[vpc.NetworkACL](t.Snapshot, n.ID) {
		acl = vpc.Clone(acl)
		acl.Associations = slices.DeleteFunc(acl.Associations, func(a vpc.ACLAssociation) bool { return a.SubnetID == n.ID })
		t.Put(acl)
	}
	for _, table := range vpc.Referring[vpc.RouteTable](t.Snapshot, n.ID) {
		table = vpc.Clone(table)
		table.Associations = slices.DeleteFunc(table.Associations, func(a vpc.RouteTableAssociation) bool { return a.SubnetID == n.ID })
		t.Put(table)
	}
	t.Remove(n)
	return done()
}
