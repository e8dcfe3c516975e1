package vpc_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/flowemu/flowemu/vpc"
)

// routed is a VPC with a subnet that has a route of every kind, another subnet
// under the main table, and a second VPC behind a transit gateway; more comes
// beside or instead of these.
func routed(t *testing.T, more ...vpc.Resource) *vpc.Snapshot {
	t.Helper()
	tgw := func(id, vpcID, table string, subnets ...vpc.TransitGatewaySubnet) *vpc.TransitGatewayAttachment {
		return &vpc.TransitGatewayAttachment{Head: head(id), TransitGatewayID: "tgw-1", VPCID: vpcID, AssociatedTable: table, Subnets: subnets, PropagatesTo: []string{"tgw-rtb-1"}}
	}
	elsewhere := eni("eni-b", "subnet-b", "10.9.0.5", "")
	elsewhere.VPCID = "vpc-b"
	middle := eni("eni-middle", "subnet-2", "10.0.2.9", "")
	middle.InstanceID = "i-middle"
	return network(t, append([]vpc.Resource{
		&vpc.VPC{Head: head("vpc-a"), CIDRs: []netip.Prefix{prefix("10.0.0.0/16"), prefix("2001:db8::/56")}},
		&vpc.VPC{Head: head("vpc-b"), CIDRs: []netip.Prefix{prefix("10.9.0.0/16")}},
		&vpc.Subnet{Head: head("subnet-1"), VPCID: "vpc-a", CIDR: prefix("10.0.1.0/24"), Zone: zone("az1")},
		&vpc.Subnet{Head: head("subnet-2"), VPCID: "vpc-a", CIDR: prefix("10.0.2.0/24"), Zone: zone("az2")},
		&vpc.Subnet{Head: head("subnet-b"), VPCID: "vpc-b", CIDR: prefix("10.9.0.0/24"), Zone: zone("az1")},
		eni("eni-1", "subnet-1", "10.0.1.5", ""), eni("eni-2", "subnet-2", "10.0.2.6", ""), eni("eni-nlb", "subnet-2", "10.0.2.20", "network_load_balancer"),
		eni("eni-nat", "subnet-2", "10.0.2.30", "natGateway"), eni("eni-tgw1", "subnet-1", "10.0.1.40", "transit_gateway"),
		eni("eni-tgw2", "subnet-2", "10.0.2.40", "transit_gateway"), elsewhere, middle,
		&vpc.InternetGateway{Head: head("igw-1"), VPCID: "vpc-a"}, &vpc.EgressOnlyGateway{Head: head("eigw-1"), VPCID: "vpc-a"},
		&vpc.NATGateway{Head: head("nat-zonal"), VPCID: "vpc-a", SubnetID: "subnet-2", Addresses: []vpc.NATAddress{{InterfaceID: "eni-nat", Primary: true}}},
		&vpc.NATGateway{Head: head("nat-regional"), VPCID: "vpc-a", Regional: true},
		&vpc.PrefixList{Head: head("pl-1"), Entries: []vpc.PrefixListEntry{{CIDR: prefix("52.216.0.0/15")}, {CIDR: prefix("198.51.100.0/24")}}},
		&vpc.TransitGateway{Head: head("tgw-1")},
		tgw("tgw-attach-a", "vpc-a", "tgw-rtb-1", vpc.TransitGatewaySubnet{SubnetID: "subnet-2", InterfaceID: "eni-tgw2"}, vpc.TransitGatewaySubnet{SubnetID: "subnet-1", InterfaceID: "eni-tgw1"}),
		tgw("tgw-attach-b", "vpc-b", "tgw-rtb-1"),
		&vpc.TransitGatewayRouteTable{Head: head("tgw-rtb-1"), TransitGatewayID: "tgw-1", Routes: []vpc.TransitGatewayRoute{
			{CIDR: prefix("10.8.0.0/16")}, {CIDR: prefix("0.0.0.0/0"), AttachmentID: "tgw-attach-b"},
		}},
		&vpc.RouteTable{Head: head("rtb-main"), VPCID: "vpc-a", Associations: []vpc.RouteTableAssociation{{ID: "m", Main: true}}, Routes: []vpc.Route{
			{CIDR: prefix("0.0.0.0/0"), GatewayID: "igw-1"}, {CIDR: prefix("192.0.2.0/24"), GatewayID: "igw-gone"},
		}},
		&vpc.RouteTable{Head: head("rtb-1"), VPCID: "vpc-a", Associations: []vpc.RouteTableAssociation{{ID: "r", SubnetID: "subnet-1"}}, Routes: []vpc.Route{
			{CIDR: prefix("0.0.0.0/0"), NATGatewayID: "nat-zonal"},
			{CIDR: prefix("::/0"), EgressOnlyID: "eigw-1"},
			{CIDR: prefix("10.0.2.9/32"), InterfaceID: "eni-middle"},
			{CIDR: prefix("10.8.0.0/15"), TransitGatewayID: "tgw-1"},
			{CIDR: prefix("172.20.0.0/16"), PeeringID: "pcx-1"},
			{CIDR: prefix("172.21.0.0/16"), GatewayID: "vgw-1"},
			{PrefixListID: "pl-1", GatewayID: "vpce-1"},
			{CIDR: prefix("198.51.100.0/24"), NATGatewayID: "nat-regional"},
			{CIDR: prefix("172.22.0.0/16"), CarrierGatewayID: "cagw-1"},
			{CIDR: prefix("172.23.0.0/16"), LocalGatewayID: "lgw-1"},
			{CIDR: prefix("192.0.2.0/24"), GatewayID: "igw-gone"},
		}},
	}, more...)...)
}

func TestRouter(t *testing.T) {
	s := routed(t)
	tests := []struct {
		name, eni, peer string
		path            int
		egress, ingress string // interface of the hop
		nat, transit    string
	}{
		{"in the VPC", "eni-1", "10.0.2.6", 1, "eni-2", "eni-2", "", ""},
		{"in the VPC, nobody", "eni-1", "10.0.2.7", 1, "", "", "", ""},
		{"ingress from a Network Load Balancer", "eni-1", "10.0.2.20", 1, "eni-nlb", "", "", ""},
		{"a middlebox", "eni-1", "10.0.2.9", 1, "eni-middle", "eni-middle", "", ""},
		{"NAT gateway", "eni-1", "203.0.113.5", 1, "eni-nat", "eni-nat", "", ""},
		{"regional NAT gateway; a range beats the same of a prefix list", "eni-1", "198.51.100.9", 1, "", "", "nat-regional", ""},
		{"gateway endpoint by prefix list", "eni-1", "52.217.0.1", 7, "", "", "", ""},
		{"egress-only gateway", "eni-1", "2001:db8:ffff::1", 8, "", "", "", ""},
		{"internet gateway of the main table", "eni-2", "203.0.113.5", 8, "", "", "", ""},
		{"a gateway that is gone", "eni-2", "192.0.2.9", 0, "", "", "", ""},
		{"peering", "eni-1", "172.20.0.1", 4, "", "", "", ""},
		{"virtual private gateway", "eni-1", "172.21.0.1", 3, "", "", "", ""},
		{"carrier gateway", "eni-1", "172.22.0.1", 6, "", "", "", ""},
		{"Outpost", "eni-1", "172.23.0.1", 1, "", "", "", ""},
		{"transit gateway, by the interface in the same zone", "eni-1", "10.9.0.5", 0, "eni-tgw1", "", "", "tgw-attach-a"},
		{"no route", "eni-b", "203.0.113.5", 0, "", "", "", ""},
		{"in a VPC without a route table", "eni-b", "10.9.0.5", 1, "eni-b", "eni-b", "", ""},
		{"link-local", "eni-2", "169.254.169.250", 0, "", "", "", ""},
		{"multicast", "eni-2", "224.0.0.1", 0, "", "", "", ""},
	}
	id := func(e *vpc.ENI) string {
		if e == nil {
			return ""
		}
		return e.ID
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.NewRouter(s.ENI(tt.eni))
			out, in := r.Egress(addr(tt.peer)), r.Ingress(addr(tt.peer))
			if out.Path != tt.path || in.Path != tt.path || id(out.Interface) != tt.egress || id(in.Interface) != tt.ingress {
				t.Errorf("path %d to %q; from %q (%d)", out.Path, id(out.Interface), id(in.Interface), in.Path)
			}
			if (out.NAT != nil) != (tt.nat != "") || out.NAT != nil && out.NAT.ID != tt.nat || (out.Transit != nil) != (tt.transit != "") || out.Transit != nil && out.Transit.ID != tt.transit {
				t.Errorf("%+v", out)
			}
			if r.Egress(addr(tt.peer)) != out {
				t.Error("not remembered")
			}
		})
	}
}

// TestEncryption: unknown without a control; with one, by what "Enforce VPC
// encryption in transit" says of each way.
func TestEncryption(t *testing.T) {
	control := &vpc.EncryptionControl{Head: head("vpcec-1"), VPCID: "vpc-a"}
	plain, watched := routed(t), routed(t, control)
	encrypting := routed(t, control, &vpc.TransitGateway{Head: head("tgw-1"), Encryption: true})
	for _, tt := range []struct {
		name, eni, peer string
		s               *vpc.Snapshot
		want            vpc.Encryption
	}{
		{"no control", "eni-1", "10.0.2.6", plain, vpc.EncryptionUnknown},
		{"in the VPC", "eni-1", "10.0.2.6", watched, vpc.NitroEncrypted},
		{"nobody's address", "eni-1", "10.0.2.7", watched, vpc.EncryptionUnknown},
		{"internet gateway", "eni-2", "203.0.113.5", watched, vpc.NotEncrypted},
		{"to a regional NAT gateway", "eni-1", "198.51.100.9", watched, vpc.NitroEncrypted},
		{"peering", "eni-1", "172.20.0.1", watched, vpc.EncryptionUnknown},
		{"transit gateway", "eni-1", "10.9.0.5", watched, vpc.NotEncrypted},
		{"transit gateway that encrypts", "eni-1", "10.9.0.5", encrypting, vpc.NitroEncrypted},
	} {
		r := tt.s.NewRouter(tt.s.ENI(tt.eni))
		if out, in := r.Egress(addr(tt.peer)).Encryption, r.Ingress(addr(tt.peer)).Encryption; out != tt.want || in != tt.want {
			t.Errorf("%s: %d and %d, want %d", tt.name, out, in, tt.want)
		}
	}
}

func TestTransitPath(t *testing.T) {
	s := routed(t)
	from := vpc.Get[vpc.TransitGatewayAttachment](s, "tgw-attach-a")
	for _, tt := range []struct {
		name, dst, to string
		blackhole     bool
	}{
		{"propagated", "10.9.0.5", "tgw-attach-b", false},
		{"static", "203.0.113.5", "tgw-attach-b", false},
		{"static blackhole", "10.8.0.5", "", true},
		{"no route", "2001:db8::1", "", false},
	} {
		p := s.TransitPath(from, addr(tt.dst))
		if (p.To != nil) != (tt.to != "") || p.To != nil && p.To.ID != tt.to || p.Blackhole != tt.blackhole {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
	gone := vpc.Clone(vpc.Get[vpc.TransitGatewayAttachment](s, "tgw-attach-b"))
	gone.Ended = time.Unix(1, 0)
	s = network(t, from, gone, vpc.Get[vpc.TransitGatewayRouteTable](s, "tgw-rtb-1"))
	if p := s.TransitPath(from, addr("203.0.113.5")); p.To != nil || !p.Blackhole {
		t.Errorf("to a deleted attachment: %+v", p)
	}
}

func TestServedVPCs(t *testing.T) {
	s := routed(t)
	for id, want := range map[string][]string{
		"tgw-1": {"vpc-a", "vpc-b"}, "tgw-attach-b": {"vpc-b"}, "nat-regional": {"vpc-a"}, "vpc-a": nil, "eni-1": nil, "tgw-rtb-1": nil,
	} {
		if got := s.ServedVPCs([]string{id}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}
