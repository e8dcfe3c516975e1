package ec2

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type runInstancesInput struct {
	dryRun
	clientToken
	instanceOptions
	ImageID           string               `query:"ImageId"`
	InstanceType      string               `query:"InstanceType"`
	KeyName           string               `query:"KeyName"`
	MinCount          *int                 `query:"MinCount"`
	MaxCount          *int                 `query:"MaxCount"`
	SubnetID          string               `query:"SubnetId"`
	SecurityGroupIDs  []string             `query:"SecurityGroupId"`
	SecurityGroups    []string             `query:"SecurityGroup"`
	PrivateIPAddress  string               `query:"PrivateIpAddress"`
	IPv6Addresses     []ipv6Addressing     `query:"Ipv6Address"`
	IPv6Count         *int                 `query:"Ipv6AddressCount"`
	PrimaryIPv6       bool                 `query:"EnablePrimaryIpv6"`
	NetworkInterfaces []launchInterface    `query:"NetworkInterface"`
	UserData          string               `query:"UserData"`
	Profile           instanceProfile      `query:"IamInstanceProfile"`
	Devices           []blockDeviceMapping `query:"BlockDeviceMapping"`
	LaunchTemplate    *struct {
		_ struct{} `ignored:"LaunchTemplateId LaunchTemplateName Version"`
	} `query:"LaunchTemplate"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
	_                 struct{}           `ignored:"KernelId RamdiskId ElasticGpuSpecification ElasticInferenceAccelerator InstanceMarketOptions CpuOptions CapacityReservationSpecification HibernationOptions LicenseSpecification EnclaveOptions NetworkPerformanceOptions Operator SecondaryInterface AdditionalInfo"`
}

type instanceProfile struct {
	Arn  string `query:"Arn"`
	Name string `query:"Name"`
}

// maxInstances is how many instances a launch can make. It is a bound of
// flowemu: AWS's depends on the account.
const maxInstances = 1000

func runInstances(t *tx, in *runInstancesInput) (*reservationItem, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	interfaces, err := in.interfaces(t)
	if err != nil {
		return nil, err
	}
	n, err := interfaces[0].subnetOf(t)
	if err != nil {
		return nil, err
	}
	count, err := in.count(t, n, interfaces)
	if err != nil {
		return nil, err
	}
	out := &reservationItem{ReservationID: t.newID("r"), OwnerID: t.Account}
	for index := range count {
		i := in.instance(t, n, out.ReservationID, index)
		if err := t.create(i, in.TagSpecifications, launched...); err != nil {
			return nil, err
		}
		for k := range interfaces {
			if err := interfaces[k].launch(t, i, in.TagSpecifications); err != nil {
				return nil, err
			}
		}
		if err := in.volumes(t, i); err != nil {
			return nil, err
		}
		out.Instances = append(out.Instances, newInstanceItem(t, i))
	}
	return out, nil
}

func (in *runInstancesInput) check() error {
	switch {
	case in.MinCount == nil || in.MaxCount == nil:
		return missingParameter("MinCount and MaxCount")
	case *in.MinCount < 1:
		return invalidValue("Value (%d) for parameter minCount is invalid. Expected a positive number.", *in.MinCount)
	case *in.MaxCount < *in.MinCount:
		return invalidValue("Value (%d) for parameter maxCount is invalid. It must not be less than minCount.", *in.MaxCount)
	case *in.MaxCount > maxInstances:
		return &api.Error{Code: "InstanceLimitExceeded", Message: fmt.Sprintf("You have requested more instances (%d) than your current instance limit of %d allows for the specified instance type.", *in.MaxCount, maxInstances)}
	case in.ImageID == "" && in.LaunchTemplate == nil:
		return missingParameter("ImageId")
	case in.ImageID != "" && !strings.HasPrefix(in.ImageID, "ami-"):
		return &api.Error{Code: "InvalidAMIID.Malformed", Message: fmt.Sprintf("Invalid id: \"%s\" (expecting \"ami-...\")", in.ImageID)}
	case in.InstanceType != "" && !isInstanceType(in.InstanceType):
		return invalidValue("Invalid value '%s' for InstanceType.", in.InstanceType)
	}
	return nil
}

// count gives how many instances there is room for: as many as possible between
// MinCount and MaxCount. Source: EC2 API, RunInstances.
func (in *runInstancesInput) count(t *tx, n *vpc.Subnet, interfaces []launchInterface) (int, error) {
	if interfaces[0].NetworkInterfaceID != "" || !n.CIDR.IsValid() {
		return *in.MaxCount, nil
	}
	free := t.FreeAddresses(n)
	if free < *in.MinCount {
		return 0, noAddresses(n, "instances")
	}
	return min(free, *in.MaxCount), nil
}

// instance makes the instance of that launch index.
func (in *runInstancesInput) instance(t *tx, n *vpc.Subnet, reservation string, index int) *vpc.Instance {
	i := &vpc.Instance{
		Head: t.head("i"), VPCID: n.VPCID, SubnetID: n.ID, Zone: n.Zone, ImageID: in.ImageID, Type: cmp.Or(in.InstanceType, "m1.small"), KeyName: in.KeyName,
		State: vpc.Running, ReservationID: reservation, LaunchIndex: index, Launched: t.now, UserData: in.UserData, ProfileARN: in.Profile.Arn, ClientToken: in.ClientToken,
		Options: in.options(n),
	}
	if in.ImageID == "" {
		i.ImageID = vpc.NewID("ami", "flowemu")
	}
	if in.Profile.Name != "" {
		i.ProfileARN = fmt.Sprintf("arn:aws:iam::%s:instance-profile/%s", t.Account, in.Profile.Name)
	}
	return i
}
