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

// AttachmentIn gives the subnet of an attachment that traffic of a zone goes
// through: the one in that zone or, where AWS would not carry it, the first.
// Source: "Amazon VPC attachments in AWS Transit Gateway".
func (s *Snapshot) AttachmentIn(a *TransitGatewayAttachment, zoneID string) TransitGatewaySubnet {
	if a == nil || len(a.Subnets) == 0 {
		return TransitGatewaySubnet{}
	}
	for _, n := range a.Subnets {
		if subnet := s.Subnet(n.SubnetID); subnet != nil && subnet.Zone.ID == zoneID {
			return n
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
