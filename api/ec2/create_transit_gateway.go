package ec2

import "github.com/flowemu/flowemu/vpc"

type createTransitGatewayInput struct {
	dryRun
	Description       string                       `query:"Description"`
	Options           transitGatewayRequestOptions `query:"Options"`
	TagSpecifications []tagSpecification           `query:"TagSpecification"`
}

type transitGatewayRequestOptions struct {
	AmazonSideAsn                   *int64   `query:"AmazonSideAsn"`
	AutoAcceptSharedAttachments     *toggle  `query:"AutoAcceptSharedAttachments"`
	DefaultRouteTableAssociation    *toggle  `query:"DefaultRouteTableAssociation"`
	DefaultRouteTablePropagation    *toggle  `query:"DefaultRouteTablePropagation"`
	VpnEcmpSupport                  *toggle  `query:"VpnEcmpSupport"`
	DNSSupport                      *toggle  `query:"DnsSupport"`
	SecurityGroupReferencingSupport *toggle  `query:"SecurityGroupReferencingSupport"`
	MulticastSupport                *toggle  `query:"MulticastSupport"`
	TransitGatewayCidrBlocks        []string `query:"TransitGatewayCidrBlocks"`
}

// createTransitGateway makes a transit gateway and, unless neither association
// nor propagation is wanted by default, the route table for both.
// Source of the defaults: EC2 API, TransitGatewayRequestOptions.
func createTransitGateway(t *tx, in *createTransitGatewayInput) (*transitGatewayOutput, error) {
	g := &vpc.TransitGateway{
		Head: t.head("tgw"), Description: in.Description, ASN: defaultASN, VPNECMP: true, DNS: true, Created: t.now,
	}
	o := &in.Options
	o.AutoAcceptSharedAttachments.setTo(&g.AutoAccept)
	o.VpnEcmpSupport.setTo(&g.VPNECMP)
	o.DNSSupport.setTo(&g.DNS)
	o.SecurityGroupReferencingSupport.setTo(&g.GroupReferencing)
	o.MulticastSupport.setTo(&g.Multicast)
	set(&g.ASN, o.AmazonSideAsn)
	if err := checkASN(g.ASN); err != nil {
		return nil, err
	}
	var err error
	if g.CIDRs, err = transitBlocks(o.TransitGatewayCidrBlocks); err != nil {
		return nil, err
	}
	t.putDefaultTable(g, o)
	if err := t.create(g, in.TagSpecifications); err != nil {
		return nil, err
	}
	return &transitGatewayOutput{newTransitGatewayItem(t, g, "available")}, nil
}

// putDefaultTable makes the default route table of a new transit gateway.
// Source: "Transit gateway route tables", default association and propagation.
func (t *tx) putDefaultTable(g *vpc.TransitGateway, o *transitGatewayRequestOptions) {
	associate, propagate := true, true
	o.DefaultRouteTableAssociation.setTo(&associate)
	o.DefaultRouteTablePropagation.setTo(&propagate)
	if !associate && !propagate {
		return
	}
	table := &vpc.TransitGatewayRouteTable{Head: t.head("tgw-rtb"), TransitGatewayID: g.ID, Created: t.now}
	t.Put(table)
	if associate {
		g.AssociationTableID = table.ID
	}
	if propagate {
		g.PropagationTableID = table.ID
	}
}
