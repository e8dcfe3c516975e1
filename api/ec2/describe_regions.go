package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeRegionsInput struct {
	dryRun
	AllRegions  bool     `query:"AllRegions"`
	RegionNames []string `query:"RegionName"`
	Filters     []filter `query:"Filter"`
}

type describeRegionsOutput struct {
	Regions api.Set[regionItem] `xml:"regionInfo"`
}

type regionItem struct {
	RegionName  string `xml:"regionName"`
	Endpoint    string `xml:"regionEndpoint"`
	OptInStatus string `xml:"optInStatus"`
}

func optInStatus(r vpc.Region) string {
	if r.OptIn {
		return "not-opted-in"
	}
	return "opt-in-not-required"
}

var regionFilters = filters[regionItem]{
	"endpoint":      func(_ *view, r *regionItem) []string { return one(r.Endpoint) },
	"opt-in-status": func(_ *view, r *regionItem) []string { return one(r.OptInStatus) },
	"region-name":   func(_ *view, r *regionItem) []string { return one(r.RegionName) },
}

// describeRegions gives the Regions that every account has, with AllRegions also
// those that an account must enable. All of them work here without that.
func describeRegions(v *view, in *describeRegionsInput) (*describeRegionsOutput, error) {
	if err := regionFilters.check(in.Filters); err != nil {
		return nil, err
	}
	all := vpc.Regions()
	for _, name := range in.RegionNames {
		if !slices.ContainsFunc(all, func(r vpc.Region) bool { return r.Name == name }) {
			return nil, invalidValue("Invalid region '%s'", name)
		}
	}
	out := &describeRegionsOutput{}
	for _, r := range all {
		item := regionItem{r.Name, "ec2." + r.Name + ".amazonaws.com", optInStatus(r)}
		named := slices.Contains(in.RegionNames, r.Name)
		if len(in.RegionNames) > 0 && !named || r.OptIn && !in.AllRegions && !named {
			continue
		}
		if regionFilters.match(v, &item, "", in.Filters) {
			out.Regions = append(out.Regions, item)
		}
	}
	return out, nil
}
