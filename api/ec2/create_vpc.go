package ec2

import (
	"fmt"
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type createVpcInput struct {
	dryRun
	blockRequest
	InstanceTenancy   string             `query:"InstanceTenancy"`
	TagSpecifications []tagSpecification `query:"TagSpecification"`
	EncryptionControl *encryptionRequest `query:"VpcEncryptionControl"`
}

type vpcOutput struct {
	Vpc vpcItem `xml:"vpc"`
}

// createVpc makes a VPC with what comes with every VPC. Names of hosts are off,
// as for every VPC but the default one.
func createVpc(t *tx, in *createVpcInput) (*vpcOutput, error) {
	if err := noIPAM(in.IPv4IPAMPoolID, in.IPv6IPAMPoolID); err != nil {
		return nil, err
	}
	if in.CidrBlock == "" {
		return nil, missing("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
	}
	block, err := in.ipv4()
	if err != nil {
		return nil, err
	}
	tenancy, err := tenancyOf(in.InstanceTenancy)
	if err != nil {
		return nil, err
	}
	v := &vpc.VPC{
		Head: t.head("vpc"), CIDRs: []netip.Prefix{block}, Tenancy: tenancy, DNSSupport: true, DHCPOptionsID: t.DefaultDHCPOptions(t.Account, t.Region),
	}
	for _, r := range vpc.NewVPC(v) {
		t.Put(r)
	}
	if in.wantsIPv6() {
		block, err := in.ipv6(t, v)
		if err != nil {
			return nil, err
		}
		v = vpc.Clone(v)
		t.AddBlock(v, block, in.IPv6Pool)
	}
	if err := t.tagNew(v, in.TagSpecifications); err != nil {
		return nil, err
	}
	if err := t.encryptNew(v, in.EncryptionControl); err != nil {
		return nil, err
	}
	return &vpcOutput{newVPCItem(t, v)}, nil
}

// encryptNew makes the encryption control of a new VPC, if the request has one.
// Nothing is in the VPC yet, so it can be enforced from the beginning.
func (t *tx) encryptNew(v *vpc.VPC, in *encryptionRequest) error {
	if in == nil {
		return nil
	}
	if in.Mode == "" {
		return missingParameter("VpcEncryptionControl.Mode")
	}
	c := t.newEncryptionControl(v)
	if err := in.setTo(t, c); err != nil {
		return err
	}
	t.Put(c)
	return nil
}

// Tenancies of a VPC. Source: EC2 API, CreateVpc.
const (
	sharedTenancy    = "default"
	dedicatedTenancy = "dedicated"
)

func tenancyOf(name string) (string, error) {
	switch name {
	case "":
		return sharedTenancy, nil
	case sharedTenancy, dedicatedTenancy:
		return name, nil
	}
	return "", &api.Error{Code: "UnsupportedTenancy", Message: fmt.Sprintf("The tenancy value %s is not supported.", name)}
}
