package ec2

import (
	"slices"
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

// zoneChoice is the members that choose an Availability Zone, by name or by id.
type zoneChoice struct {
	AvailabilityZone   string `query:"AvailabilityZone"`
	AvailabilityZoneID string `query:"AvailabilityZoneId"`
}

// fits says whether a zone is the one that is asked for: every one if none is.
func (c *zoneChoice) fits(z vpc.Zone) bool {
	return (c.AvailabilityZone == "" || c.AvailabilityZone == z.Name) && (c.AvailabilityZoneID == "" || c.AvailabilityZoneID == z.ID)
}

// named gives the zone that must be asked for.
func (c *zoneChoice) named(region string) (vpc.Zone, error) {
	if c.AvailabilityZone == "" && c.AvailabilityZoneID == "" {
		return vpc.Zone{}, missingParameter("availabilityZone or availabilityZoneId")
	}
	zones := vpc.RegionNamed(region).Zones
	if i := slices.IndexFunc(zones, c.fits); i >= 0 {
		return zones[i], nil
	}
	return vpc.Zone{}, noZone(c.AvailabilityZone + c.AvailabilityZoneID)
}

func noZone(name string) error { return invalidValue("Invalid availability zone: [%s]", name) }

// ofSubnet gives the zone that is asked for for a subnet, else the first one of the Region.
func (c *zoneChoice) ofSubnet(region string) (vpc.Zone, error) {
	if c.AvailabilityZone != "" && c.AvailabilityZoneID != "" {
		return vpc.Zone{}, exclusive("availabilityZone", "availabilityZoneId")
	}
	var names, ids []string
	for _, zone := range vpc.RegionNamed(region).Zones {
		if c.fits(zone) {
			return zone, nil
		}
		names, ids = append(names, zone.Name), append(ids, zone.ID)
	}
	if c.AvailabilityZone != "" {
		return vpc.Zone{}, noSubnetsIn(c.AvailabilityZone, "availabilityZone", names)
	}
	return vpc.Zone{}, noSubnetsIn(c.AvailabilityZoneID, "availabilityZoneId", ids)
}

func noSubnetsIn(zone, parameter string, zones []string) error {
	return invalidValue("Value (%s) for parameter %s is invalid. Subnets can currently only be created in the following availability zones: %s.",
		zone, parameter, strings.Join(zones, ", "))
}
