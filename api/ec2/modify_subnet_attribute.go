package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

// modifySubnetAttributeInput has one attribute, or one of the pairs that are
// about Outposts. Source: EC2 API, ModifySubnetAttribute.
type modifySubnetAttributeInput struct {
	SubnetID         string     `query:"SubnetId"`
	MapPublicIP      *boolValue `query:"MapPublicIpOnLaunch"`
	AssignIPv6       *boolValue `query:"AssignIpv6AddressOnCreation"`
	DNS64            *boolValue `query:"EnableDns64"`
	HostnameType     *string    `query:"PrivateDnsHostnameTypeOnLaunch"`
	ResourceNameA    *boolValue `query:"EnableResourceNameDnsARecordOnLaunch"`
	ResourceNameAAAA *boolValue `query:"EnableResourceNameDnsAAAARecordOnLaunch"`
	MapCustomerIP    *boolValue `query:"MapCustomerOwnedIpOnLaunch"`
	CustomerPool     *string    `query:"CustomerOwnedIpv4Pool"`
	LNIDevice        *int       `query:"EnableLniAtDeviceIndex"`
	NoLNIDevice      *boolValue `query:"DisableLniAtDeviceIndex"`
}

func modifySubnetAttribute(t *tx, in *modifySubnetAttributeInput) (*returnOutput, error) {
	n, err := editRequired[vpc.Subnet](t, "subnetId", in.SubnetID)
	if err != nil {
		return nil, err
	}
	if err := in.check(n); err != nil {
		return nil, err
	}
	setFlag(&n.MapPublicIP, in.MapPublicIP)
	setFlag(&n.AssignIPv6, in.AssignIPv6)
	setFlag(&n.DNS64, in.DNS64)
	setFlag(&n.ResourceNameA, in.ResourceNameA)
	setFlag(&n.ResourceNameAAAA, in.ResourceNameAAAA)
	setFlag(&n.MapCustomerIP, in.MapCustomerIP)
	set(&n.HostnameType, in.HostnameType)
	set(&n.CustomerPool, in.CustomerPool)
	set(&n.LNIDevice, in.LNIDevice)
	if in.NoLNIDevice.isTrue() {
		n.LNIDevice = 0
	}
	t.Put(n)
	return done()
}

func (in *modifySubnetAttributeInput) check(n *vpc.Subnet) error {
	err := oneAttribute(
		attributeGiven{"mapPublicIpOnLaunch", in.MapPublicIP != nil},
		attributeGiven{"assignIpv6AddressOnCreation", in.AssignIPv6 != nil},
		attributeGiven{"enableDns64", in.DNS64 != nil},
		attributeGiven{"privateDnsHostnameTypeOnLaunch", in.HostnameType != nil},
		attributeGiven{"enableResourceNameDnsARecordOnLaunch", in.ResourceNameA != nil},
		attributeGiven{"enableResourceNameDnsAAAARecordOnLaunch", in.ResourceNameAAAA != nil},
		attributeGiven{"mapCustomerOwnedIpOnLaunch", in.MapCustomerIP != nil || in.CustomerPool != nil},
		attributeGiven{"enableLniAtDeviceIndex", in.LNIDevice != nil || in.NoLNIDevice != nil},
	)
	if err != nil {
		return err
	}
	if len(n.IPv6) == 0 {
		if err := in.needsIPv6(n.ID); err != nil {
			return err
		}
	}
	switch h := in.HostnameType; {
	case h == nil:
		return nil
	case *h != vpc.IPName && *h != vpc.ResourceName:
		return invalidValue("Value (%s) for parameter privateDnsHostnameTypeOnLaunch is invalid.", *h)
	case *h == vpc.IPName && !n.CIDR.IsValid(): // documented at ModifySubnetAttribute
		return invalidValue("Invalid value '%s' for private-dns-hostname-type-on-launch. An IPv6 only subnet (%s) must use %s.", *h, n.ID, vpc.ResourceName)
	}
	return nil
}

// needsIPv6 refuses what only a subnet with an IPv6 block can have.
func (in *modifySubnetAttributeInput) needsIPv6(id string) error {
	for _, a := range []struct {
		name  string
		value *boolValue
	}{
		{"assign-ipv6-address-on-creation", in.AssignIPv6},
		{"enable-dns64", in.DNS64},
		{"enable-resource-name-dns-aaaa-record-on-launch", in.ResourceNameAAAA},
	} {
		if a.value.isTrue() {
			return invalidValue("Invalid value 'true' for %[1]s. Cannot set %[1]s to true unless the subnet (%[2]s) has an IPv6 CIDR block associated with it.", a.name, id)
		}
	}
	return nil
}
