package ec2

import (
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeAvailabilityZonesInput struct {
	dryRun
	AllAvailabilityZones bool     `query:"AllAvailabilityZones"`
	ZoneNames            []string `query:"ZoneName"`
	ZoneIDs              []string `query:"ZoneId"`
	Filters              []filter `query:"Filter"`
}

type describeAvailabilityZonesOutput struct {
	Zones api.Set[zoneItem] `xml:"availabilityZoneInfo"`
}

type zoneItem struct {
	ZoneName           string `xml:"zoneName"`
	ZoneID             string `xml:"zoneId"`
	State              string `xml:"zoneState"`
	RegionName         string `xml:"regionName"`
	GroupName          string `xml:"groupName"`
	NetworkBorderGroup string `xml:"networkBorderGroup"`
	ZoneType           string `xml:"zoneType"`
	OptInStatus        string `xml:"optInStatus"`
}

var zoneFilters = filters[zoneItem]{
	"group-name":    func(_ *view, z *zoneItem) []string { return one(z.GroupName) },
	"opt-in-status": func(_ *view, z *zoneItem) []string { return one(z.OptInStatus) },
	"region-name":   func(_ *view, z *zoneItem) []string { return one(z.RegionName) },
	"state":         func(_ *view, z *zoneItem) []string { return one(z.State) },
	"zone-id":       func(_ *view, z *zoneItem) []string { return one(z.ZoneID) },
	"zone-name":     func(_ *view, z *zoneItem) []string { return one(z.ZoneName) },
	"zone-type":     func(_ *view, z *zoneItem) []string { return one(z.ZoneType) },
}

func describeAvailabilityZones(v *view, in *describeAvailabilityZonesInput) (*describeAvailabilityZonesOutput, error) {
	if err := zoneFilters.check(in.Filters); err != nil {
		return nil, err
	}
	region := vpc.RegionNamed(v.Region)
	for _, name := range in.ZoneNames {
		if !slices.ContainsFunc(region.Zones, func(z vpc.Zone) bool { return z.Name == name }) {
			return nil, noZone(name)
		}
	}
	out := &describeAvailabilityZonesOutput{}
	for _, z := range region.Zones {
		if len(in.ZoneNames) > 0 && !slices.Contains(in.ZoneNames, z.Name) || len(in.ZoneIDs) > 0 && !slices.Contains(in.ZoneIDs, z.ID) {
			continue
		}
		item := zoneItem{z.Name, z.ID, "available", region.Name, region.Name + "-zg-1", region.Name, "availability-zone", "opt-in-not-required"}
		if zoneFilters.match(v, &item, "", in.Filters) {
			out.Zones = append(out.Zones, item)
		}
	}
	return out, nil
}
