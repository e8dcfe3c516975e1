package ec2

import (
	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type getManagedPrefixListAssociationsInput struct {
	dryRun
	paging
	PrefixListID string `query:"PrefixListId"`
}

type getManagedPrefixListAssociationsOutput struct {
	Associations api.Set[listAssociation] `xml:"prefixListAssociationSet"`
	NextToken    string                   `xml:"nextToken,omitempty"`
}

type listAssociation struct {
	ResourceID    string `xml:"resourceId"`
	ResourceOwner string `xml:"resourceOwner"`
}

func getManagedPrefixListAssociations(v *view, in *getManagedPrefixListAssociationsInput) (*getManagedPrefixListAssociationsOutput, error) {
	l, err := find[vpc.PrefixList](v, in.PrefixListID)
	if err != nil {
		return nil, err
	}
	users, next, err := pageOf(v, &in.paging, pageSize{5, 255}, l.ID, listReferrers(v.Snapshot, l.ID), func(r vpc.Resource) string { return r.Header().ID })
	out := &getManagedPrefixListAssociationsOutput{NextToken: next}
	for _, r := range users {
		out.Associations = append(out.Associations, listAssociation{r.Header().ID, r.Header().Account})
	}
	return out, err
}
