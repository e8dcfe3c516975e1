package vpc

import (
	"net/netip"
	"strconv"
)

// KindPrefixList is the kind of a PrefixList.
const KindPrefixList Kind = "prefix-list"

// OwnerAWS is the owner of the prefix lists that AWS manages.
const OwnerAWS = "AWS"

// PrefixList is a managed prefix list.
type PrefixList struct {
	Head
	noRefs
	Name         string
	IPv6         bool
	MaxEntries   int // 0 if AWS manages it
	Version      int // 0 if AWS manages it
	Entries      []PrefixListEntry
	State        string // create-complete, modify-failed
	StateMessage string // why it failed
	Owner        string // the account, or OwnerAWS
}

// PrefixListEntry is a range in a prefix list.
type PrefixListEntry struct {
	CIDR        netip.Prefix
	Description string
}

// Kind is KindPrefixList.
func (*PrefixList) Kind() Kind { return KindPrefixList }

// KindPrefixListVersion is the kind of a PrefixListVersion.
const KindPrefixListVersion Kind = "prefix-list-version"

// PrefixListVersion is the entries that an earlier version of a prefix list has.
// Its id is made by PrefixListVersionID.
type PrefixListVersion struct {
	Head
	PrefixListID string
	Entries      []PrefixListEntry
}

// Kind is KindPrefixListVersion.
func (*PrefixListVersion) Kind() Kind { return KindPrefixListVersion }

// Refs gives the prefix list.
func (p *PrefixListVersion) Refs() []string { return refs(p.PrefixListID) }

// PrefixListVersionID makes the id of a version of a prefix list.
func PrefixListVersionID(id string, version int) string { return id + "/" + strconv.Itoa(version) }

// awsRanges is what AWS's prefix lists have in them: the services of gateway
// endpoints with their ranges in us-east-1, which stand for those of all Regions.
// Source: "AWS-managed prefix lists", VPC user guide; ranges as in AWS's ip-ranges.json.
var awsRanges = []struct {
	service string
	ranges  []string
}{
	{"dynamodb", []string{"52.94.0.0/22", "52.119.224.0/20"}},
	{"s3", []string{"52.216.0.0/15", "54.231.0.0/16"}},
}

// putAWSPrefixLists adds the prefix lists that AWS manages in a Region.
func (tx *Tx) putAWSPrefixLists(account, region string) {
	for _, of := range awsRanges {
		list := &PrefixList{
			Head: Head{ID: NewID("pl", account, region, of.service), Account: account, Region: region},
			Name: "com.amazonaws." + region + "." + of.service, State: "create-complete", Owner: OwnerAWS,
		}
		for _, r := range of.ranges {
			list.Entries = append(list.Entries, PrefixListEntry{CIDR: netip.MustParsePrefix(r)})
		}
		tx.Put(list)
	}
}
