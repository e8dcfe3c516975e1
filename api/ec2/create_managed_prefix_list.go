package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

type createManagedPrefixListInput struct {
	dryRun
	clientToken
	PrefixListName    string             `query:"PrefixListName"`
	AddressFamily     string             `query:"AddressFamily"`
	MaxEntries        *int               `query:"MaxEntries"`
	Entries           []listEntry        `query:"Entry"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
}

func createManagedPrefixList(t *tx, in *createManagedPrefixListInput) (*prefixListOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	l := &vpc.PrefixList{
		Head: t.head("pl"), Name: in.PrefixListName, IPv6: in.AddressFamily == addressFamily(true), MaxEntries: *in.MaxEntries,
		Version: 1, State: "create-complete", Owner: t.Account,
	}
	if err := addEntries(l, in.Entries); err != nil {
		return nil, err
	}
	if err := t.create(l, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &prefixListOutput{newPrefixListItem(t, l)}, nil
}

func (in *createManagedPrefixListInput) check() error {
	switch {
	case in.PrefixListName == "":
		return missingParameter("PrefixListName")
	case in.MaxEntries == nil:
		return missingParameter("MaxEntries")
	case in.AddressFamily == "":
		return missingParameter("AddressFamily")
	case in.AddressFamily != addressFamily(false) && in.AddressFamily != addressFamily(true):
		return invalidValue("Value (%s) for parameter AddressFamily is invalid. Valid values are IPv4 and IPv6.", in.AddressFamily)
	case len(in.Entries) > maxListChanges:
		return invalidValue("The number of entries per request cannot exceeds limit (%d).", maxListChanges)
	}
	if err := checkListName(in.PrefixListName); err != nil {
		return err
	}
	return checkListSize(*in.MaxEntries)
}
