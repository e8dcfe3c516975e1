package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeSecurityGroupReferencesInput struct {
	dryRun
	GroupIDs []string `query:"GroupId"`
}

type describeSecurityGroupReferencesOutput struct {
	References api.Set[groupReference] `xml:"securityGroupReferenceSet"`
}

type groupReference struct {
	GroupID          string `xml:"groupId"`
	ReferencingVpcID string `xml:"referencingVpcId"`
	TransitGatewayID string `xml:"transitGatewayId"`
}

// describeSecurityGroupReferences gives the VPCs behind a transit gateway whose
// groups have rules that name the given groups.
func describeSecurityGroupReferences(v *view, in *describeSecurityGroupReferencesInput) (*describeSecurityGroupReferencesOutput, error) {
	if len(in.GroupIDs) == 0 {
		return nil, missingParameter("groupId")
	}
	out := &describeSecurityGroupReferencesOutput{}
	for _, id := range in.GroupIDs {
		g, err := find[vpc.SecurityGroup](v, id)
		if err != nil {
			return nil, err
		}
		seen := map[string]bool{g.VPCID: true}
		for _, r := range vpc.Referring[vpc.SecurityGroupRule](v.Snapshot, g.ID) {
			of := vpc.Get[vpc.SecurityGroup](v.Snapshot, r.GroupID)
			if of == nil || seen[of.VPCID] {
				continue
			}
			seen[of.VPCID] = true
			if gateway := v.JoinedBy(g.VPCID, of.VPCID); gateway != "" {
				out.References = append(out.References, groupReference{g.ID, of.VPCID, gateway})
			}
		}
	}
	return out, nil
}
