package vpc

import (
	"slices"
	"strings"
)

// Zone is an Availability Zone: its name in this account and its id, which is
// the same in every account.
type Zone struct {
	Name string // us-east-1a
	ID   string // use1-az1
}

// Region is an AWS Region. OptIn says that an account must enable it first.
type Region struct {
	Name  string
	OptIn bool
	Zones []Zone
}

// regionTable lists AWS's Regions: name, zone id prefix, zone letters, opt-in.
// Source: "AWS Regions and Availability Zones" in the EC2 and infrastructure guides.
// The number of a zone id is the letter's rank: AWS shuffles the letters per account.
var regionTable = []struct {
	name, prefix, zones string
	optIn               bool
}{
	{"af-south-1", "afs1", "abc", true},
	{"ap-east-1", "ape1", "abc", true},
	{"ap-northeast-1", "apne1", "acd", false},
	{"ap-northeast-2", "apne2", "abcd", false},
	{"ap-northeast-3", "apne3", "abc", false},
	{"ap-south-1", "aps1", "abc", false},
	{"ap-south-2", "aps2", "abc", true},
	{"ap-southeast-1", "apse1", "abc", false},
	{"ap-southeast-2", "apse2", "abc", false},
	{"ap-southeast-3", "apse3", "abc", true},
	{"ap-southeast-4", "apse4", "abc", true},
	{"ap-southeast-5", "apse5", "abc", true},
	{"ap-southeast-7", "apse7", "abc", true},
	{"ca-central-1", "cac1", "abd", false},
	{"ca-west-1", "caw1", "abc", true},
	{"eu-central-1", "euc1", "abc", false},
	{"eu-central-2", "euc2", "abc", true},
	{"eu-north-1", "eun1", "abc", false},
	{"eu-south-1", "eus1", "abc", true},
	{"eu-south-2", "eus2", "abc", true},
	{"eu-west-1", "euw1", "abc", false},
	{"eu-west-2", "euw2", "abc", false},
	{"eu-west-3", "euw3", "abc", false},
	{"il-central-1", "ilc1", "abc", true},
	{"me-central-1", "mec1", "abc", true},
	{"me-south-1", "mes1", "abc", true},
	{"mx-central-1", "mxc1", "abc", true},
	{"sa-east-1", "sae1", "abc", false},
	{"us-east-1", "use1", "abcdef", false},
	{"us-east-2", "use2", "abc", false},
	{"us-west-1", "usw1", "ac", false},
	{"us-west-2", "usw2", "abcd", false},
}

// Regions gives AWS's Regions in order of their names.
func Regions() []Region {
	out := make([]Region, 0, len(regionTable))
	for _, r := range regionTable {
		out = append(out, Region{Name: r.name, OptIn: r.optIn, Zones: zones(r.name, r.prefix, r.zones)})
	}
	return out
}

// RegionNamed gives the Region of that name. A name that AWS has not (yet) is
// taken as a Region of three zones, so that any name in a request works.
func RegionNamed(name string) Region {
	i := slices.IndexFunc(regionTable, func(r struct {
		name, prefix, zones string
		optIn               bool
	},
	) bool {
		return r.name == name
	})
	if i < 0 {
		return Region{Name: name, OptIn: true, Zones: zones(name, strings.ReplaceAll(name, "-", ""), "abc")}
	}
	r := regionTable[i]
	return Region{Name: r.name, OptIn: r.optIn, Zones: zones(r.name, r.prefix, r.zones)}
}

func zones(region, prefix, letters string) []Zone {
	out := make([]Zone, len(letters))
	for i := range letters {
		out[i] = Zone{Name: region + letters[i:i+1], ID: prefix + "-az" + string(rune('1'+i))}
	}
	return out
}
