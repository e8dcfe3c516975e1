package vpc

import "net/netip"

// TransitPath is the way of a packet through a transit gateway. To is nil if the
// packet is dropped there: by a blackhole route, or for want of a route.
type TransitPath struct {
	From, To  *TransitGatewayAttachment
	Blackhole bool
}

// AttachmentTo gives the attachment of a VPC to a transit gateway, or nil.
func (s *Snapshot) AttachmentTo(transitGatewayID, vpcID string) *TransitGatewayAttachment {
	for _, a := range Referring[TransitGatewayAttachment](s, vpcID) {
		if a.TransitGatewayID == transitGatewayID && a.VPCID == vpcID && a.Available() {
			return a
		}
	}
	return nil
}

// Entrance gives the subnet of an attachment that traffic passes: one in the first
// of the zones that has any or, where AWS would not carry it, the first of all.
// Source: "Amazon VPC attachments in AWS Transit Gateway".
func (s *Snapshot) Entrance(a *TransitGatewayAttachment, zoneIDs ...string) TransitGatewaySubnet {
	if a == nil || len(a.Subnets) == 0 {
		return TransitGatewaySubnet{}
	}
	for _, zone := range zoneIDs {
		for _, n := range a.Subnets {
			if subnet := s.Subnet(n.SubnetID); subnet != nil && subnet.Zone.ID == zone {
				return n
			}
		}
	}
	return a.Subnets[0]
}

// TransitPath gives the way of a packet that came into a transit gateway by an attachment.
func (s *Snapshot) TransitPath(from *TransitGatewayAttachment, dst netip.Addr) TransitPath {
	p := TransitPath{From: from}
	if r := s.transitRoute(from.AssociatedTable, dst); r != nil {
		p.To = Get[TransitGatewayAttachment](s, r.AttachmentID)
		if p.To == nil || !p.To.Available() {
			p.To, p.Blackhole = nil, true
		}
	}
	return p
}

// transitRoute gives the most specific route of a transit gateway's route table, or nil.
func (s *Snapshot) transitRoute(tableID string, dst netip.Addr) *TransitGatewayRoute {
	t := Get[TransitGatewayRouteTable](s, tableID)
	if t == nil {
		return nil
	}
	var best *TransitGatewayRoute
	routes := s.TransitGatewayRoutes(t)
	for i := range routes {
		if r := &routes[i]; r.CIDR.Contains(dst) && (best == nil || r.CIDR.Bits() > best.CIDR.Bits()) {
			best = r
		}
	}
	return best
}

// ServedVPCs gives the VPCs of those resources that are transit gateways,
// attachments of them, or NAT gateways.
func (s *Snapshot) ServedVPCs(ids []string) (vpcs []string) {
	for _, id := range ids {
		for _, a := range Referring[TransitGatewayAttachment](s, id) {
			if a.TransitGatewayID == id {
				vpcs = append(vpcs, a.VPCID)
			}
		}
		if a := Get[TransitGatewayAttachment](s, id); a != nil {
			vpcs = append(vpcs, a.VPCID)
		}
		if n := Get[NATGateway](s, id); n != nil {
			vpcs = append(vpcs, n.VPCID)
		}
	}
	return vpcs
}
