package ec2

import (
	"context"
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type describeAvailabilityZonesInput struct {
	DryRun               bool     `query:"DryRun"`
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

var zoneFilters = []string{"group-name", "opt-in-status", "region-name", "state", "zone-id", "zone-name", "zone-type"}

func (s *server) describeAvailabilityZones(ctx context.Context, in *describeAvailabilityZonesInput) (*describeAvailabilityZonesOutput, error) {
	if err := checkFilters(in.Filters, zoneFilters...); err != nil {
		return nil, err
	}
	region := vpc.RegionNamed(api.CallerFrom(ctx).Region)
	for _, name := range in.ZoneNames {
		if !slices.ContainsFunc(region.Zones, func(z vpc.Zone) bool { return z.Name == name }) {
			return nil, invalidValue(fmt.Sprintf("Invalid availability zone: [%s]", name))
		}
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	out := &describeAvailabilityZonesOutput{}
	for _, z := range region.Zones {
		if len(in.ZoneNames) > 0 && !slices.Contains(in.ZoneNames, z.Name) || len(in.ZoneIDs) > 0 && !slices.Contains(in.ZoneIDs, z.ID) {
			continue
		}
		item := zoneItem{z.Name, z.ID, "available", region.Name, region.Name + "-zg-1", region.Name, "availability-zone", "opt-in-not-required"}
		a := attributes{
			"group-name": one(item.GroupName), "opt-in-status": one(item.OptInStatus), "region-name": one(item.RegionName), "state": one(item.State),
			"zone-id": one(item.ZoneID), "zone-name": one(item.ZoneName), "zone-type": one(item.ZoneType),
		}
		if a.matches(in.Filters) {
			out.Zones = append(out.Zones, item)
		}
	}
	return out, nil
}
