package ec2

import (
	"net/netip"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// transitGatewayOutput is the reply of the actions that change a transit gateway.
type transitGatewayOutput struct {
	TransitGateway transitGatewayItem `xml:"transitGateway"`
}

type transitGatewayItem struct {
	TransitGatewayID  string                `xml:"transitGatewayId"`
	TransitGatewayArn string                `xml:"transitGatewayArn"`
	State             string                `xml:"state"`
	OwnerID           string                `xml:"ownerId"`
	Description       string                `xml:"description"`
	CreationTime      api.Timestamp         `xml:"creationTime"`
	Options           transitGatewayOptions `xml:"options"`
	Tags              api.Set[tag]          `xml:"tagSet"`
}

type transitGatewayOptions struct {
	AmazonSideAsn                   int64             `xml:"amazonSideAsn"`
	TransitGatewayCidrBlocks        api.Set[string]   `xml:"transitGatewayCidrBlocks,omitempty"`
	AutoAcceptSharedAttachments     toggle            `xml:"autoAcceptSharedAttachments"`
	DefaultRouteTableAssociation    toggle            `xml:"defaultRouteTableAssociation"`
	AssociationDefaultRouteTableID  string            `xml:"associationDefaultRouteTableId,omitempty"`
	DefaultRouteTablePropagation    toggle            `xml:"defaultRouteTablePropagation"`
	PropagationDefaultRouteTableID  string            `xml:"propagationDefaultRouteTableId,omitempty"`
	VpnEcmpSupport                  toggle            `xml:"vpnEcmpSupport"`
	DNSSupport                      toggle            `xml:"dnsSupport"`
	SecurityGroupReferencingSupport toggle            `xml:"securityGroupReferencingSupport"`
	MulticastSupport                toggle            `xml:"multicastSupport"`
	EncryptionSupport               encryptionSupport `xml:"encryptionSupport"`
}

type encryptionSupport struct {
	EncryptionState string `xml:"encryptionState"`
}

func newTransitGatewayItem(at place, g *vpc.TransitGateway, state string) transitGatewayItem {
	encryption := "disabled"
	if g.Encryption {
		encryption = "enabled"
	}
	return transitGatewayItem{
		TransitGatewayID: g.ID, TransitGatewayArn: arn(g), State: state, OwnerID: g.Account,
		Description: g.Description, CreationTime: api.Timestamp{Time: g.Created}, Tags: tagSet(at, g.ID),
		Options: transitGatewayOptions{
			AmazonSideAsn: g.ASN, TransitGatewayCidrBlocks: prefixTexts(g.CIDRs), AutoAcceptSharedAttachments: toggle(g.AutoAccept),
			DefaultRouteTableAssociation: g.AssociationTableID != "", AssociationDefaultRouteTableID: g.AssociationTableID,
			DefaultRouteTablePropagation: g.PropagationTableID != "", PropagationDefaultRouteTableID: g.PropagationTableID,
			VpnEcmpSupport: toggle(g.VPNECMP), DNSSupport: toggle(g.DNS), SecurityGroupReferencingSupport: toggle(g.GroupReferencing),
			MulticastSupport: toggle(g.Multicast), EncryptionSupport: encryptionSupport{encryption},
		},
	}
}

// defaultASN and the bounds are those of the Amazon side of a BGP session.
// Source: EC2 API, TransitGatewayRequestOptions, AmazonSideAsn.
const (
	defaultASN    = 64512
	maxASN        = 65534
	minASN32      = 4200000000
	maxASN32      = 4294967294
	invalidASN    = "Value (%d) for parameter amazonSideAsn is invalid. It must be in the range %d to %d or %d to %d."
	maxTransitV4  = 24
	maxTransitV6  = 64
	invalidBlocks = "Value (%s) for parameter transitGatewayCidrBlocks is invalid. It must be a size /%d CIDR block or larger for IPv4, or a size /%d CIDR block or larger for IPv6."
)

func checkASN(n int64) error {
	if n >= defaultASN && n <= maxASN || n >= minASN32 && n <= maxASN32 {
		return nil
	}
	return invalidValue(invalidASN, n, defaultASN, maxASN, minASN32, maxASN32)
}

// transitBlocks reads CIDR blocks of a transit gateway.
// Source: EC2 API, TransitGatewayRequestOptions, TransitGatewayCidrBlocks.
func transitBlocks(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		p, err := parseBlock("transitGatewayCidrBlocks", text, ipv4Bits, ipv6Bits)
		if err != nil {
			return nil, err
		}
		if p.Addr().Is4() && p.Bits() > maxTransitV4 || p.Bits() > maxTransitV6 {
			return nil, invalidValue(invalidBlocks, text, maxTransitV4, maxTransitV6)
		}
		out = append(out, p)
	}
	return out, nil
}
