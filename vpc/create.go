package vpc

import (
	"context"
	"net/netip"
	"slices"
)

// NewVPC makes what comes with every VPC: its default security group, its
// default network ACL and its main route table. Ids are hashes of the VPC's.
// Source: "Default network ACL", "Default security groups" and "Main route
// table", VPC user guide.
func NewVPC(v *VPC) []Resource {
	head := func(prefix string, parts ...string) Head {
		return Head{ID: NewID(prefix, append([]string{v.ID, "default"}, parts...)...), Account: v.Account, Region: v.Region}
	}
	group := &SecurityGroup{Head: head("sg"), Name: "default", Description: "default VPC security group"}
	out := []Resource{
		v,
		&SecurityGroupRule{
			Head: head("sgr", "ingress"), GroupID: group.ID, Protocol: AllProtocols, FromPort: AnyPort, ToPort: AnyPort, PeerGroupID: group.ID, PeerAccount: v.Account,
		},
		&RouteTable{Head: head("rtb"), VPCID: v.ID, Associations: []RouteTableAssociation{{ID: NewID("rtbassoc", v.ID, "main"), Main: true}}},
		&NetworkACL{Head: head("acl"), VPCID: v.ID, Default: true, Entries: defaultEntries(v)},
	}
	return append(out, v.NewGroup(group, func(to netip.Prefix) Head { return defaultOut(v, to) })...)
}

var (
	anyIPv4 = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	anyIPv6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
)

// Numbers of the entries that a default ACL allows everything with.
const (
	defaultIPv4Entry = 100
	defaultIPv6Entry = 101
)

// defaultEntries allows everything, IPv6 only where the VPC has it.
func defaultEntries(v *VPC) []ACLEntry {
	var out []ACLEntry
	for _, egress := range []bool{false, true} {
		out = append(out, allowAll(defaultIPv4Entry, egress, anyIPv4))
		if v.hasIPv6() {
			out = append(out, allowAll(defaultIPv6Entry, egress, anyIPv6))
		}
	}
	return out
}

func allowAll(number int, egress bool, peers netip.Prefix) ACLEntry {
	return ACLEntry{Number: number, Egress: egress, Allow: true, Protocol: AllProtocols, CIDR: peers}
}

// defaultOut is the head of the rule by which a VPC's default security group
// lets everything out to a range.
func defaultOut(v *VPC, to netip.Prefix) Head {
	return Head{ID: NewID("sgr", v.ID, "default", "egress", to.String()), Account: v.Account, Region: v.Region}
}

func (v *VPC) hasIPv6() bool { return slices.ContainsFunc(v.CIDRs, isIPv6) }

func isIPv6(p netip.Prefix) bool { return p.Addr().Is6() }

// DefaultACL gives the default network ACL of a VPC, or nil.
func (s *Snapshot) DefaultACL(vpcID string) *NetworkACL {
	for _, a := range Referring[NetworkACL](s, vpcID) {
		if a.Default {
			return a
		}
	}
	return nil
}

// DefaultGroup gives the default security group of a VPC, or nil.
func (s *Snapshot) DefaultGroup(vpcID string) *SecurityGroup {
	for _, g := range Referring[SecurityGroup](s, vpcID) {
		if g.Name == "default" {
			return g
		}
	}
	return nil
}

// MainRouteTable gives the main route table of a VPC, or nil.
func (s *Snapshot) MainRouteTable(vpcID string) *RouteTable {
	for _, t := range Referring[RouteTable](s, vpcID) {
		for _, a := range t.Associations {
			if a.Main {
				return t
			}
		}
	}
	return nil
}

// DefaultVPC gives the default VPC of an account in a Region, or nil.
func (s *Snapshot) DefaultVPC(account, region string) *VPC {
	for _, v := range List[VPC](s, account, region) {
		if v.Default {
			return v
		}
	}
	return nil
}

// PutSubnet adds a subnet, under its VPC's default network ACL.
func (tx *Tx) PutSubnet(n *Subnet) {
	tx.Put(n)
	if acl := tx.DefaultACL(n.VPCID); acl != nil {
		acl = Clone(acl)
		acl.Associations = append(acl.Associations, ACLAssociation{ID: NewID("aclassoc", acl.ID, n.ID), SubnetID: n.ID})
		tx.Put(acl)
	}
}

// Dissociate ends the associations of a subnet or gateway with a network ACL and a route table.
func (tx *Tx) Dissociate(id string) {
	for _, acl := range Referring[NetworkACL](tx.Snapshot, id) {
		acl = Clone(acl)
		acl.Associations = slices.DeleteFunc(acl.Associations, func(a ACLAssociation) bool { return a.SubnetID == id })
		tx.Put(acl)
	}
	for _, t := range Referring[RouteTable](tx.Snapshot, id) {
		t = Clone(t)
		t.Associations = slices.DeleteFunc(t.Associations, func(a RouteTableAssociation) bool { return a.SubnetID == id || a.GatewayID == id })
		tx.Put(t)
	}
}

// EnsureDefault makes what AWS gives an account in a Region, its default VPC and
// the prefix lists that AWS manages, where it was never seen before.
func (inv *Inventory) EnsureDefault(ctx context.Context, account, region string) error {
	place := &Place{Head: Head{ID: account + "/" + region, Account: account, Region: region}}
	if Get[Place](inv.Snapshot(), place.ID) != nil {
		return nil
	}
	return inv.Update(ctx, func(tx *Tx) error {
		if Get[Place](tx.Snapshot, place.ID) != nil {
			return nil
		}
		tx.Put(place)
		tx.putAWSPrefixLists(account, region)
		tx.PutDefaultVPC(&VPC{Head: Head{ID: NewID("vpc", account, region, "default"), Account: account, Region: region}})
		return nil
	})
}

// PutDefaultVPC makes v, of which only the head is given, a default VPC:
// 172.31.0.0/16 with a /20 subnet per zone and an internet gateway.
// Source: "Default VPCs", VPC user guide.
func (tx *Tx) PutDefaultVPC(v *VPC) {
	v.CIDRs, v.Default, v.Tenancy = []netip.Prefix{defaultRange}, true, "default"
	v.DNSSupport, v.DNSHostnames = true, true
	v.DHCPOptionsID = tx.DefaultDHCPOptions(v.Account, v.Region)
	for _, r := range NewVPC(v) {
		tx.Put(r)
	}
	for i, z := range RegionNamed(v.Region).Zones {
		tx.PutSubnet(&Subnet{
			Head:  Head{ID: NewID("subnet", v.Account, v.Region, "default", z.Name), Account: v.Account, Region: v.Region}, // as they were always called
			VPCID: v.ID, Zone: z, DefaultFor: true, MapPublicIP: true, HostnameType: IPName,
			CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 31, byte(i * 16), 0}), 20),
		})
	}
	tx.PutWayOut(v)
}

// PutWayOut gives v an internet gateway and makes it the default route of its main route table.
func (tx *Tx) PutWayOut(v *VPC) {
	gateway := &InternetGateway{Head: Head{ID: NewID("igw", v.ID), Account: v.Account, Region: v.Region}, VPCID: v.ID}
	tx.Put(gateway)
	table := Clone(tx.MainRouteTable(v.ID))
	table.Routes = []Route{{CIDR: anyIPv4, GatewayID: gateway.ID}}
	if v.hasIPv6() {
		table.Routes = append(table.Routes, Route{CIDR: anyIPv6, GatewayID: gateway.ID})
	}
	tx.Put(table)
}

var defaultRange = netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 31, 0, 0}), 16)

// DefaultDHCPOptions gives the id of the Region's default set, which it makes if need be.
// Source: "DHCP option sets in Amazon VPC".
func (tx *Tx) DefaultDHCPOptions(account, region string) string {
	id := NewID("dopt", account, region, "default")
	if Get[DHCPOptions](tx.Snapshot, id) == nil {
		domain := region + ".compute.internal"
		if region == "us-east-1" {
			domain = "ec2.internal"
		}
		tx.Put(&DHCPOptions{Head: Head{ID: id, Account: account, Region: region}, Options: []DHCPOption{
			{"domain-name", []string{domain}}, {"domain-name-servers", []string{"AmazonProvidedDNS"}},
		}})
	}
	return id
}
