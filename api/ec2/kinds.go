package ec2

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// kind is how EC2 speaks of a kind of resource. Source of the codes: EC2 API,
// "Error codes"; texts as clients quote them.
type kind struct {
	kind      vpc.Kind
	prefix    string // of its ids
	code      string // of the error that there is none of that id
	text      string // of that error, with the id
	malformed string // code of the error that it cannot be an id of this kind; "" if it follows from code
}

var kinds = []kind{
	{flowlog.Kind, "fl", "InvalidFlowLogId.NotFound", "The flow log ID '%s' does not exist", ""},
	{vpc.KindVPC, "vpc", "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", ""},
	{vpc.KindSubnet, "subnet", "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", ""},
	{vpc.KindENI, "eni", "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", "InvalidNetworkInterfaceId.Malformed"},
	{vpc.KindSecurityGroup, "sg", "InvalidGroup.NotFound", "The security group '%s' does not exist", "InvalidGroupId.Malformed"},
	{vpc.KindRule, "sgr", "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", ""},
	{vpc.KindNetworkACL, "acl", "InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist", "InvalidNetworkAclId.Malformed"},
	{vpc.KindRouteTable, "rtb", "InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", "InvalidRouteTableId.Malformed"},
	{vpc.KindInternetGateway, "igw", "InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist", "InvalidInternetGatewayId.Malformed"},
	{vpc.KindEgressOnly, "eigw", "InvalidEgressOnlyInternetGatewayId.NotFound", "The egressOnlyInternetGateway ID '%s' does not exist", ""},
	{vpc.KindNATGateway, "nat", "NatGatewayNotFound", "The Nat Gateway %s was not found", ""},
	{vpc.KindAddress, "eipalloc", "InvalidAllocationID.NotFound", "The allocation ID '%s' does not exist", ""},
	{vpc.KindTransitGateway, "tgw", "InvalidTransitGatewayID.NotFound", "Transit Gateway %s was deleted or does not exist.", ""},
	{vpc.KindTransitGatewayAttachment, "tgw-attach", "InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment %s was deleted or does not exist.", ""},
	{vpc.KindTransitGatewayRouteTable, "tgw-rtb", "InvalidRouteTableID.NotFound", "Transit Gateway Route Table %s was deleted or does not exist.", "InvalidRouteTableId.Malformed"},
	{vpc.KindPrefixList, "pl", "InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", "InvalidPrefixListId.Malformed"},
	{vpc.KindInstance, "i", "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", ""},
	{vpc.KindVolume, "vol", "InvalidVolume.NotFound", "The volume '%s' does not exist.", "InvalidVolumeID.Malformed"},
	{vpc.KindEncryptionControl, "vpcec", "InvalidVpcEncryptionControlId.NotFound", "The vpcEncryptionControl ID '%s' does not exist", ""},
	{vpc.KindPublicAccessExclusion, "vpcbpa-exclude", "InvalidVpcBlockPublicAccessExclusionId.NotFound", "The vpcBlockPublicAccessExclusion ID '%s' does not exist", ""},
	{vpc.KindDHCPOptions, "dopt", "InvalidDhcpOptionID.NotFound", "The dhcpOption ID '%s' does not exist", "InvalidDhcpOptionsId.Malformed"},
}

func kindNamed(k vpc.Kind) *kind {
	for i := range kinds {
		if kinds[i].kind == k {
			return &kinds[i]
		}
	}
	return nil
}

// kindOfID gives the kind that an id is of by its prefix, or nil.
func kindOfID(id string) *kind {
	prefix := id[:max(0, strings.LastIndexByte(id, '-'))]
	for i := range kinds {
		if kinds[i].prefix == prefix {
			return &kinds[i]
		}
	}
	return nil
}

// notFound is the error that there is no resource of that id: it cannot be one, or there is none.
func (k *kind) notFound(id string) error {
	if kindOfID(id) == k {
		return &api.Error{Code: k.code, Message: fmt.Sprintf(k.text, id)}
	}
	code := cmp.Or(k.malformed, strings.TrimSuffix(k.code, "NotFound")+"Malformed")
	switch k.kind { // as floci-io/floci recorded them
	case vpc.KindTransitGateway:
		return &api.Error{Code: code, Message: fmt.Sprintf("Invalid Transit Gateway id %s.", id)}
	case vpc.KindTransitGatewayAttachment:
		return &api.Error{Code: code, Message: "Invalid Transit Gateway Attachment id."}
	}
	return &api.Error{Code: code, Message: fmt.Sprintf("Invalid id: \"%s\" (expecting \"%s-...\")", id, k.prefix)}
}

// notFound is the error that there is no T of that id.
func notFound[T any, P vpc.Pointer[T]](id string) error {
	return kindNamed(P(new(T)).Kind()).notFound(id)
}

// find gives a resource of the caller, or the error that there is none of that id.
func find[T any, P vpc.Pointer[T]](at place, id string) (P, error) {
	s, c := at.in()
	r := vpc.Get[T, P](s, id)
	if r == nil || !owns(c, r) {
		return nil, notFound[T, P](id)
	}
	return r, nil
}

// findRequired is find for the id that a parameter must have.
func findRequired[T any, P vpc.Pointer[T]](at place, parameter, id string) (P, error) {
	if id == "" {
		return nil, missingParameter(parameter)
	}
	return find[T, P](at, id)
}

// edit is find with a copy that may be changed and then put.
func edit[T any, P vpc.Pointer[T]](t *tx, id string) (P, error) {
	r, err := find[T, P](t, id)
	if err != nil {
		return nil, err
	}
	return vpc.Clone[T, P](r), nil
}

// editRequired is edit for the id that a parameter must have.
func editRequired[T any, P vpc.Pointer[T]](t *tx, parameter, id string) (P, error) {
	if id == "" {
		return nil, missingParameter(parameter)
	}
	return edit[T, P](t, id)
}

// list gives the caller's resources of a kind.
func list[T any, P vpc.Pointer[T]](at place) []P {
	s, c := at.in()
	return vpc.List[T, P](s, c.Account, c.Region)
}

// holder gives a copy of the caller's resource that has the association of
// that id, whose prefix is given.
func holder[T any, P vpc.Pointer[T]](t *tx, prefix, id string) (P, error) {
	if strings.HasPrefix(id, prefix+"-") {
		for _, r := range vpc.Referring[T, P](t.Snapshot, id) {
			if owns(t.Caller, r) {
				return vpc.Clone[T, P](r), nil
			}
		}
	}
	return nil, noAssociation(id)
}

// findAny is find for an id of any kind that can be tagged.
func findAny(at place, id string) (vpc.Resource, error) {
	k := kindOfID(id)
	if k == nil {
		return nil, &api.Error{Code: "InvalidID", Message: fmt.Sprintf("The ID '%s' is not valid", id)}
	}
	s, c := at.in()
	r := s.Resource(k.kind, id)
	if r == nil || !owns(c, r) {
		return nil, k.notFound(id)
	}
	return r, nil
}

func owns(c api.Caller, r vpc.Resource) bool {
	h := r.Header()
	return h.Account == c.Account && h.Region == c.Region
}

// arn gives the ARN of a resource, of which EC2's have its kind in it.
func arn(r vpc.Resource) string { return arnOf(r, r.Header().Account) }

func arnOf(r vpc.Resource, account string) string {
	return fmt.Sprintf("arn:aws:ec2:%s:%s:%s/%s", r.Header().Region, account, r.Kind(), r.Header().ID)
}
