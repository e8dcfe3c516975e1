package ec2

import (
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// transitAttachmentInput is the input of the actions that take an attachment only.
type transitAttachmentInput struct {
	dryRun
	TransitGatewayAttachmentID string `query:"TransitGatewayAttachmentId"`
}

// transitAttachmentOutput is the reply of the actions that change a VPC attachment.
type transitAttachmentOutput struct {
	TransitGatewayVpcAttachment transitVpcAttachmentItem `xml:"transitGatewayVpcAttachment"`
}

type transitVpcAttachmentItem struct {
	TransitGatewayAttachmentID string                   `xml:"transitGatewayAttachmentId"`
	TransitGatewayID           string                   `xml:"transitGatewayId"`
	VpcID                      string                   `xml:"vpcId"`
	VpcOwnerID                 string                   `xml:"vpcOwnerId"`
	State                      string                   `xml:"state"`
	SubnetIDs                  api.Set[string]          `xml:"subnetIds"`
	CreationTime               api.Timestamp            `xml:"creationTime"`
	Options                    transitAttachmentOptions `xml:"options"`
	Tags                       api.Set[tag]             `xml:"tagSet"`
}

type transitAttachmentOptions struct {
	DNSSupport                      toggle `xml:"dnsSupport"`
	SecurityGroupReferencingSupport toggle `xml:"securityGroupReferencingSupport"`
	IPv6Support                     toggle `xml:"ipv6Support"`
	ApplianceModeSupport            toggle `xml:"applianceModeSupport"`
}

// transitAttachmentRequestOptions is the options of an attachment as requests have them.
type transitAttachmentRequestOptions struct {
	DNSSupport                      *toggle `query:"DnsSupport"`
	SecurityGroupReferencingSupport *toggle `query:"SecurityGroupReferencingSupport"`
	IPv6Support                     *toggle `query:"Ipv6Support"`
	ApplianceModeSupport            *toggle `query:"ApplianceModeSupport"`
}

func (o *transitAttachmentRequestOptions) setTo(a *vpc.TransitGatewayAttachment) {
	o.DNSSupport.setTo(&a.DNS)
	o.SecurityGroupReferencingSupport.setTo(&a.GroupReferencing)
	o.IPv6Support.setTo(&a.IPv6)
	o.ApplianceModeSupport.setTo(&a.ApplianceMode)
}

func newTransitVpcAttachmentItem(at place, a *vpc.TransitGatewayAttachment) transitVpcAttachmentItem {
	return transitVpcAttachmentItem{
		TransitGatewayAttachmentID: a.ID, TransitGatewayID: a.TransitGatewayID, VpcID: a.VPCID, VpcOwnerID: a.Account, State: transitState(a),
		SubnetIDs: a.SubnetIDs(), CreationTime: api.Timestamp{Time: a.Created}, Tags: tagSet(at, a.ID),
		Options: transitAttachmentOptions{
			DNSSupport: toggle(a.DNS), SecurityGroupReferencingSupport: toggle(a.GroupReferencing),
			IPv6Support: toggle(a.IPv6), ApplianceModeSupport: toggle(a.ApplianceMode),
		},
	}
}

func transitState(a *vpc.TransitGatewayAttachment) string {
	if a.Available() {
		return "available"
	}
	return "deleted"
}

// attachSubnets gives an attachment an interface in each of the subnets, of
// which there is one per zone. Source of the texts: terraform-provider-aws#26136
// and zoitech/terraform-aws-network#46.
func (t *tx) attachSubnets(a *vpc.TransitGatewayAttachment, subnetIDs []string) error {
	var zones []string
	for _, n := range a.Subnets {
		zones = append(zones, t.Subnet(n.SubnetID).Zone.ID)
	}
	for _, id := range subnetIDs {
		n, err := find[vpc.Subnet](t, id)
		if err != nil || n.VPCID != a.VPCID {
			return missingTransitSubnet("Subnet %s was deleted or does not exist.", id)
		}
		if slices.Contains(zones, n.Zone.ID) {
			return &api.Error{Code: "DuplicateSubnetsInSameZone", Message: "Duplicate Subnets for same AZ"}
		}
		zones = append(zones, n.Zone.ID)
		e, err := t.putTransitInterface(a, n)
		if err != nil {
			return err
		}
		a.Subnets = append(a.Subnets, vpc.TransitGatewaySubnet{SubnetID: n.ID, InterfaceID: e.ID})
	}
	return nil
}

func missingTransitSubnet(format, id string) error {
	return &api.Error{Code: "InvalidSubnetID.NotFound", Message: fmt.Sprintf(format, id)}
}

func (t *tx) putTransitInterface(a *vpc.TransitGatewayAttachment, n *vpc.Subnet) (*vpc.ENI, error) {
	address, ok := t.FreeAddress(n)
	if !ok {
		return nil, noAddresses(n, "addresses")
	}
	e := vpc.NewManagedENI(t.head("eni"), n, "transit_gateway", a.ID, address, t.now)
	t.Put(e)
	return e, nil
}

// detachSubnet takes an attachment's interface out of a subnet.
func (t *tx) detachSubnet(a *vpc.TransitGatewayAttachment, subnetID string) bool {
	i := slices.IndexFunc(a.Subnets, func(n vpc.TransitGatewaySubnet) bool { return n.SubnetID == subnetID })
	if i < 0 {
		return false
	}
	t.removeTransitInterface(a.Subnets[i])
	a.Subnets = slices.Delete(a.Subnets, i, i+1)
	return true
}

func (t *tx) removeTransitInterface(n vpc.TransitGatewaySubnet) {
	if e := t.ENI(n.InterfaceID); e != nil {
		t.Remove(e)
	}
}
