package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

type deleteSubnetInput struct {
	dryRun
	SubnetID string `query:"SubnetId"`
}

// deleteSubnet deletes a subnet that nothing lies in. Its associations with a
// network ACL and a route table and its exclusion go with it; its flow logs need not be gone.
func deleteSubnet(t *tx, in *deleteSubnetInput) (*returnOutput, error) {
	n, err := findRequired[vpc.Subnet](t, "subnetId", in.SubnetID)
	if err != nil {
		return nil, err
	}
	goes := []vpc.Kind{vpc.KindNetworkACL, vpc.KindRouteTable, vpc.KindPublicAccessExclusion, flowlog.Kind}
	for _, r := range t.Referrers(n.ID) {
		if !slices.Contains(goes, r.Kind()) {
			return nil, dependency("The subnet '%s' has dependencies and cannot be deleted.", n.ID)
		}
	}
	if e := t.PublicAccessExclusion(n.ID); e != nil {
		t.Remove(e)
	}
	t.Dissociate(n.ID)
	t.Remove(n)
	return done()
}
