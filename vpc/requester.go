package vpc

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// InterfaceTypeTag is the tag with which CreateNetworkInterface makes an
// interface as a service of AWS would: its value is the Kind of a Requester.
const InterfaceTypeTag = "flowemu:interface-type"

// Requester is a service that makes network interfaces in the VPCs of others,
// and how these look there. Source: "Requester-managed network interfaces", EC2
// user guide, and replies of AWS that users published.
type Requester struct {
	Kind          string // what InterfaceTypeTag calls it
	Type          string // InterfaceType of its interfaces
	ID            string // RequesterId
	Owner         string // InstanceOwnerId of the attachment
	Elastic       bool   // attached as ela-attach-, which has no time and which only AWS manages
	NoSourceCheck bool   // sourceDestCheck is off, for what forwards
	NoGroups      bool   // its interfaces are in no security group
	Public        string // ipOwnerId of a public address that the service gives: amazon-elb
	description   string // with %s for what the interface is of
	of            string // form of that: a prefix of ids, or a path with * for 16 hex digits
}

const (
	amazonAWS     = "amazon-aws"
	amazonELB     = "amazon-elb"
	endpointsText = "VPC Endpoint Interface %s"
)

// Requesters gives all that are known.
func Requesters() []Requester {
	return []Requester{
		{Kind: "load_balancer", Type: "interface", ID: amazonELB, Owner: amazonELB, Public: amazonELB, description: "ELB %s", of: "app/flowemu/*"},
		{Kind: "network_load_balancer", Type: "network_load_balancer", ID: amazonELB, Owner: amazonAWS, Elastic: true, Public: amazonELB, description: "ELB %s", of: "net/flowemu/*"},
		{Kind: "gateway_load_balancer", Type: "gateway_load_balancer", ID: amazonELB, Owner: amazonAWS, Elastic: true, NoSourceCheck: true, NoGroups: true, description: "ELB %s", of: "gwy/flowemu/*"},
		{Kind: "gateway_load_balancer_endpoint", Type: "gateway_load_balancer_endpoint", ID: amazonAWS, Owner: amazonAWS, Elastic: true, NoSourceCheck: true, NoGroups: true, description: endpointsText, of: "vpce"},
		{Kind: "nat_gateway", Type: "nat_gateway", ID: amazonAWS, Owner: amazonAWS, Elastic: true, NoSourceCheck: true, NoGroups: true, description: "Interface for NAT Gateway %s", of: "nat"},
		{Kind: "transit_gateway", Type: "transit_gateway", ID: amazonAWS, Owner: amazonAWS, Elastic: true, NoSourceCheck: true, NoGroups: true, description: "Network Interface for Transit Gateway Attachment %s", of: "tgw-attach"},
		{Kind: "vpc_endpoint", Type: "vpc_endpoint", ID: amazonAWS, Owner: amazonAWS, Elastic: true, description: endpointsText, of: "vpce"},
		{Kind: "lambda", Type: "lambda", ID: amazonAWS, Owner: amazonAWS, Elastic: true, description: "AWS Lambda VPC ENI-flowemu-%s", of: "*"},
		{Kind: "efs", Type: "efs", ID: "amazon-efs", Owner: amazonAWS, Elastic: true, description: "EFS mount target for %s", of: "fs"},
		{Kind: "quicksight", Type: "quicksight", ID: amazonAWS, Owner: amazonAWS, Elastic: true, description: "QuickSight %s", of: "*"},
		{Kind: "api_gateway_managed", Type: "api_gateway_managed", ID: amazonAWS, Owner: amazonAWS, Elastic: true, description: "API Gateway VPC Link %s", of: "*"},
		{Kind: "global_accelerator_managed", Type: "global_accelerator_managed", ID: amazonAWS, Owner: amazonAWS, Elastic: true, description: "AWS Global Accelerator %s", of: "*"},
		{Kind: "rds", Type: "interface", ID: "amazon-rds", Owner: "amazon-rds", Public: "amazon-rds", description: "RDSNetworkInterface"},
		{Kind: "elasticache", Type: "interface", ID: "amazon-elasticache", Owner: "amazon-elasticache", description: "ElastiCache %s", of: "flowemu-001"},
		{Kind: "redshift", Type: "interface", ID: "amazon-redshift", Owner: "amazon-redshift", Public: "amazon-redshift", description: "RedshiftNetworkInterface"},
		{Kind: "workspaces", Type: "interface", ID: "amazon-workspaces", Owner: "amazon-workspaces", description: "Created By Amazon Workspaces for AWS Account ID %s"},
	}
}

// RequesterOf gives the requester of a kind, or nil.
func RequesterOf(kind string) *Requester {
	for _, r := range Requesters() {
		if r.Kind == kind {
			return &r
		}
	}
	return nil
}

// NewManagedENI makes an interface of a service in a subnet, for a resource of
// that service; "" makes one up. kind is that of a Requester. It is in no security group.
func NewManagedENI(head Head, n *Subnet, kind, of string, address netip.Addr, now time.Time) *ENI {
	e := &ENI{Head: head, VPCID: n.VPCID, SubnetID: n.ID, Zone: n.Zone, MAC: MACOf(head.ID), PrivateIP: address, Created: now}
	if r := RequesterOf(kind); r != nil {
		r.Own(e, of)
	}
	return e
}

// Own makes e an interface of the service for its resource of; "" makes one up.
func (r *Requester) Own(e *ENI, of string) {
	e.Type, e.RequesterID, e.RequesterManaged, e.NoSourceCheck = r.Type, r.ID, true, r.NoSourceCheck
	e.Description = cmp.Or(e.Description, r.describe(&e.Head, of))
	prefix, at := "eni-attach", e.Created
	if r.Elastic {
		prefix, at = "ela-attach", time.Time{}
	}
	e.Attachment = &Attachment{ID: NewID(prefix, e.ID), InstanceOwner: r.Owner, DeviceIndex: 1, Time: at}
	if r.NoGroups {
		e.Groups = nil
	}
}

func (r *Requester) describe(h *Head, of string) string {
	if !strings.Contains(r.description, "%s") {
		return r.description
	}
	switch path, after, hex := strings.Cut(r.of, "*"); {
	case of != "":
	case r.of == "":
		of = h.Account
	case hex:
		of = path + strings.TrimPrefix(NewID("", h.ID), "-")[:16] + after
	default:
		of = NewID(r.of, h.ID)
	}
	return fmt.Sprintf(r.description, of)
}
