package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

type modifyTransitGatewayInput struct {
	dryRun
	TransitGatewayID string                      `query:"TransitGatewayId"`
	Description      *string                     `query:"Description"`
	Options          modifyTransitGatewayOptions `query:"Options"`
}

type modifyTransitGatewayOptions struct {
	AddTransitGatewayCidrBlocks     []string `query:"AddTransitGatewayCidrBlocks"`
	RemoveTransitGatewayCidrBlocks  []string `query:"RemoveTransitGatewayCidrBlocks"`
	VpnEcmpSupport                  *toggle  `query:"VpnEcmpSupport"`
	DNSSupport                      *toggle  `query:"DnsSupport"`
	SecurityGroupReferencingSupport *toggle  `query:"SecurityGroupReferencingSupport"`
	AutoAcceptSharedAttachments     *toggle  `query:"AutoAcceptSharedAttachments"`
	DefaultRouteTableAssociation    *toggle  `query:"DefaultRouteTableAssociation"`
	AssociationDefaultRouteTableID  *string  `query:"AssociationDefaultRouteTableId"`
	DefaultRouteTablePropagation    *toggle  `query:"DefaultRouteTablePropagation"`
	PropagationDefaultRouteTableID  *string  `query:"PropagationDefaultRouteTableId"`
	AmazonSideAsn                   *int64   `query:"AmazonSideAsn"`
	EncryptionSupport               *toggle  `query:"EncryptionSupport"`
}

func modifyTransitGateway(t *tx, in *modifyTransitGatewayInput) (*transitGatewayOutput, error) {
	g, err := findTransitGateway(t, in.TransitGatewayID)
	if err != nil {
		return nil, err
	}
	g = vpc.Clone(g)
	o := &in.Options
	if err := t.setDefaultTables(g, o); err != nil {
		return nil, err
	}
	if err := setTransitBlocks(g, o); err != nil {
		return nil, err
	}
	if o.AmazonSideAsn != nil {
		if err := checkASN(*o.AmazonSideAsn); err != nil {
			return nil, err
		}
		g.ASN = *o.AmazonSideAsn
	}
	set(&g.Description, in.Description)
	o.AutoAcceptSharedAttachments.setTo(&g.AutoAccept)
	o.VpnEcmpSupport.setTo(&g.VPNECMP)
	o.DNSSupport.setTo(&g.DNS)
	o.SecurityGroupReferencingSupport.setTo(&g.GroupReferencing)
	o.EncryptionSupport.setTo(&g.Encryption)
	t.Put(g)
	return &transitGatewayOutput{newTransitGatewayItem(t, g, "available")}, nil
}

// setDefaultTables changes the default route tables. Attachments that are there stay where they are.
func (t *tx) setDefaultTables(g *vpc.TransitGateway, o *modifyTransitGatewayOptions) error {
	association, err := t.defaultTable(g, "Association", o.DefaultRouteTableAssociation, g.AssociationTableID, o.AssociationDefaultRouteTableID)
	if err != nil {
		return err
	}
	propagation, err := t.defaultTable(g, "Propagation", o.DefaultRouteTablePropagation, g.PropagationTableID, o.PropagationDefaultRouteTableID)
	g.AssociationTableID, g.PropagationTableID = association, propagation
	return err
}

// defaultTable gives the default route table for association or propagation
// after a change. Enabling needs a table, and disabling forgets it; a table alone
// is fine where it is enabled. Codes and texts are as floci-io/floci#2329
// observed them.
func (t *tx) defaultTable(g *vpc.TransitGateway, what string, enable *toggle, now string, id *string) (string, error) {
	on := now != ""
	enable.setTo(&on)
	switch {
	case on && id == nil && now == "":
		return "", defaultTableConflict(what, on, "null")
	case !on && id != nil:
		return "", defaultTableConflict(what, on, *id)
	case !on:
		return "", nil
	case id == nil:
		return now, nil
	}
	table, err := findTransit[vpc.TransitGatewayRouteTable](t, what+"DefaultRouteTableId", *id)
	if err != nil {
		return "", err
	}
	if table.TransitGatewayID != g.ID {
		return "", &api.Error{
			Code: "InvalidRouteTableID.NotFound", Message: fmt.Sprintf("Transit Gateway Route Table %s was deleted or does not exist in Transit Gateway %s.", table.ID, g.ID),
		}
	}
	return table.ID, nil
}

func defaultTableConflict(what string, on bool, id string) error {
	return invalidCombination("%s DefaultRouteTable%s conflicts with %sDefaultRouteTableId %s", toggle(on), what, what, id)
}

// setTransitBlocks removes and adds CIDR blocks of a transit gateway.
func setTransitBlocks(g *vpc.TransitGateway, o *modifyTransitGatewayOptions) error {
	remove, err := transitBlocks(o.RemoveTransitGatewayCidrBlocks)
	if err != nil {
		return err
	}
	add, err := transitBlocks(o.AddTransitGatewayCidrBlocks)
	if err != nil {
		return err
	}
	g.CIDRs = slices.DeleteFunc(g.CIDRs, func(p netip.Prefix) bool { return slices.Contains(remove, p) })
	for _, p := range add {
		if !slices.Contains(g.CIDRs, p) {
			g.CIDRs = append(g.CIDRs, p)
		}
	}
	return nil
}
