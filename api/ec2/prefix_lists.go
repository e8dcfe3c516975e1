package ec2

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// Limits on prefix lists. Source: "Amazon VPC quotas", customer-managed prefix
// lists; EC2 API, CreateManagedPrefixList, Entry.
const (
	maxListSize     = 1000 // entries of a list
	maxListVersions = 1000
	maxListChanges  = 100 // entries of a request
	maxListName     = 255
)

// listEntry is EC2's AddPrefixListEntry.
type listEntry struct {
	Cidr        string `query:"Cidr"`
	Description string `query:"Description"`
}

// listEntryCIDR is EC2's RemovePrefixListEntry.
type listEntryCIDR struct {
	Cidr string `query:"Cidr"`
}

type prefixListOutput struct {
	PrefixList prefixListItem `xml:"prefixList"`
}

// prefixListItem is EC2's ManagedPrefixList; a list that AWS manages has neither size nor version.
type prefixListItem struct {
	PrefixListID   string       `xml:"prefixListId"`
	AddressFamily  string       `xml:"addressFamily"`
	State          string       `xml:"state"`
	StateMessage   string       `xml:"stateMessage,omitempty"`
	PrefixListArn  string       `xml:"prefixListArn"`
	PrefixListName string       `xml:"prefixListName"`
	MaxEntries     int          `xml:"maxEntries,omitempty"`
	Version        int          `xml:"version,omitempty"`
	Tags           api.Set[tag] `xml:"tagSet"`
	OwnerID        string       `xml:"ownerId"`
}

func newPrefixListItem(at place, l *vpc.PrefixList) prefixListItem {
	return prefixListItem{
		PrefixListID: l.ID, AddressFamily: addressFamily(l.IPv6), State: l.State, StateMessage: l.StateMessage, PrefixListArn: prefixListArn(l),
		PrefixListName: l.Name, MaxEntries: l.MaxEntries, Version: l.Version, Tags: tagSet(at, l.ID), OwnerID: l.Owner,
	}
}

func addressFamily(v6 bool) string {
	if v6 {
		return "IPv6"
	}
	return "IPv4"
}

func prefixListArn(l *vpc.PrefixList) string {
	if l.Owner == vpc.OwnerAWS {
		return arnOf(l, "aws")
	}
	return arn(l)
}

// editPrefixList gives a copy of a list of the caller's own to change.
func editPrefixList(t *tx, id string) (*vpc.PrefixList, error) {
	l, err := edit[vpc.PrefixList](t, id)
	if err == nil && l.Owner == vpc.OwnerAWS {
		return nil, &api.Error{Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation."}
	}
	return l, err
}

// checkListName checks a name. Source: EC2 API, CreateManagedPrefixList, PrefixListName.
func checkListName(name string) error {
	if len(name) > maxListName || strings.HasPrefix(name, "com.amazonaws") {
		return invalidValue("The prefix list name (%s) is invalid. It can have up to %d characters and cannot start with com.amazonaws.", name, maxListName)
	}
	return nil
}

func checkListSize(size int) error {
	if size < 1 || size > maxListSize {
		return invalidValue("Must specify a max size between 1 and %d", maxListSize)
	}
	return nil
}

// addEntries adds entries to a list; one that it has already gets the new description.
func addEntries(l *vpc.PrefixList, add []listEntry) error {
	added := map[netip.Prefix]bool{}
	for _, e := range add {
		p, err := entryCIDR(l, e.Cidr)
		if err != nil {
			return err
		}
		if len(e.Description) > maxListName {
			return invalidValue("The description of an entry can have up to %d characters.", maxListName)
		}
		i := slices.IndexFunc(l.Entries, func(have vpc.PrefixListEntry) bool { return have.CIDR == p })
		switch {
		case added[p]:
			return invalidValue("The CIDR (%s) must not appear multiple times.", e.Cidr)
		case i < 0:
			l.Entries = append(l.Entries, vpc.PrefixListEntry{CIDR: p, Description: e.Description})
		case l.Entries[i].Description == e.Description:
			return invalidListChange("An entry with the CIDR (%s) and description (%s) already exists.", e.Cidr, e.Description)
		default:
			l.Entries[i].Description = e.Description
		}
		added[p] = true
	}
	slices.SortFunc(l.Entries, func(a, b vpc.PrefixListEntry) int { return a.CIDR.Compare(b.CIDR) })
	if len(l.Entries) > l.MaxEntries {
		return tooManyEntries(l)
	}
	return nil
}

func tooManyEntries(l *vpc.PrefixList) error {
	return &api.Error{Code: "PrefixListMaxEntriesExceeded", Message: fmt.Sprintf("The prefix list cannot have more than its maximum of %d entries.", l.MaxEntries)}
}

func removeEntries(l *vpc.PrefixList, remove []listEntryCIDR) error {
	for _, e := range remove {
		p, err := entryCIDR(l, e.Cidr)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(l.Entries, func(have vpc.PrefixListEntry) bool { return have.CIDR == p })
		if i < 0 {
			return invalidListChange("An entry with the CIDR (%s) does not exist.", e.Cidr)
		}
		l.Entries = slices.Delete(l.Entries, i, i+1)
	}
	return nil
}

func invalidListChange(format string, args ...any) error {
	return &api.Error{Code: "InvalidPrefixListModification", Message: fmt.Sprintf(format, args...)}
}

func entryCIDR(l *vpc.PrefixList, text string) (netip.Prefix, error) {
	bits := ipv4Bits
	if l.IPv6 {
		bits = ipv6Bits
	}
	p, ok := parseCIDR(text, bits)
	if !ok || p != p.Masked() {
		return netip.Prefix{}, invalidValue("The CIDR (%s) is not a valid %s CIDR.", text, addressFamily(l.IPv6))
	}
	return p, nil
}

// putVersion puts a list whose entries changed from those of old as its next
// version; of the versions before, AWS forgets the oldest when there are too many.
func putVersion(t *tx, old, l *vpc.PrefixList) {
	version := func(n int) *vpc.PrefixListVersion {
		head := l.Head
		head.ID = vpc.PrefixListVersionID(l.ID, n)
		return &vpc.PrefixListVersion{Head: head, PrefixListID: l.ID}
	}
	before := version(old.Version)
	before.Entries = old.Entries
	t.Put(before)
	t.Remove(version(old.Version - maxListVersions + 1))
	l.Version = old.Version + 1
	t.Put(l)
}

// entriesOf gives the entries of a version of a list; 0 is the current one.
func entriesOf(s *vpc.Snapshot, l *vpc.PrefixList, version int) ([]vpc.PrefixListEntry, error) {
	if version == 0 || version == l.Version {
		return l.Entries, nil
	}
	if v := vpc.Get[vpc.PrefixListVersion](s, vpc.PrefixListVersionID(l.ID, version)); v != nil {
		return v.Entries, nil
	}
	return nil, invalidValue("The prefix list version (%d) does not exist.", version)
}

// listReferrers gives the groups and route tables that name a list, in order of their ids.
func listReferrers(s *vpc.Snapshot, id string) []vpc.Resource {
	byID := map[string]vpc.Resource{}
	for _, r := range vpc.Referring[vpc.SecurityGroupRule](s, id) {
		if g := vpc.Get[vpc.SecurityGroup](s, r.GroupID); g != nil {
			byID[g.ID] = g
		}
	}
	for _, table := range vpc.Referring[vpc.RouteTable](s, id) {
		byID[table.ID] = table
	}
	var out []vpc.Resource
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, byID[id])
	}
	return out
}

// idList names up to ten resources. Source: EC2 API, ModifyManagedPrefixList,
// MaxEntries: the state message has the ids of the first ten.
func idList(list []vpc.Resource) string {
	var ids []string
	for _, r := range list[:min(10, len(list))] {
		ids = append(ids, r.Header().ID)
	}
	return strings.Join(ids, ", ")
}
