package flowlog

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// documented is the services of the addresses in AWS's example lines.
type documented struct{}

func (documented) Service(a netip.Addr) string {
	if a == netip.MustParseAddr("52.95.128.179") {
		return "S3"
	}
	return ""
}

func (documented) TransitGatewayService(netip.Addr) string { return "AMAZON" }

// transitRecord is what a transit gateway saw of a flow.
func transitRecord() *Record {
	r := testRecord()
	r.Interface = &Interface{
		ENI: vpc.ENI{Head: vpc.Head{Account: "123456789012", Region: "us-east-1"}},
		Transit: &Transit{
			GatewayID: "tgw-1", AttachmentID: "tgw-attach-1", PairID: "tgw-attach-2",
			Src: TransitEnd{"111111111111", "vpc-1", "subnet-1", "eni-1", "use1-az1"},
			Dst: TransitEnd{"222222222222", "vpc-2", "subnet-2", "eni-2", "use1-az2"},
		},
	}
	r.Lookup = &Lookup{Services: documented{}}
	return r
}

func values(names string, r *Record) string {
	kind := VPC
	if r.Interface.Transit != nil {
		kind = TransitGateway
	}
	f, err := ParseFormat(kind, "${"+strings.ReplaceAll(names, " ", "} ${")+"}")
	if err != nil {
		return err.Error()
	}
	return string(f.Append(nil, r))
}

func TestValues(t *testing.T) {
	const hops = "next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type traffic-path"
	const lost = "packets packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired"
	tags := []TagField{{"instance", []string{"team", "env"}}, {"network-interface", []string{"name"}}}
	tests := []struct {
		name, fields, want string
		record             func() *Record
		change             func(*Record)
	}{
		{"tags", "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag", "50%25 prod a%20b%2F%C3%BC-1_2.3~ - -", testRecord, func(r *Record) { r.Lookup = &Lookup{TagFields: tags} }},
		{"tags of NODATA", "version instance-tag interface-tag", "11 50%25 a%20b%2F%C3%BC-1_2.3~", testRecord, func(r *Record) { r.Lookup, r.Status = &Lookup{TagFields: tags}, NoData }},
		{"no tag fields", "instance-tag", "-", testRecord, func(r *Record) { r.Lookup = &Lookup{} }},
		{"an untagged instance", "instance-tag", "-", testRecord, func(r *Record) { r.Lookup, r.Interface.InstanceTags = &Lookup{TagFields: tags}, nil }},
		{"hop", hops, "eni-2 subnet-2 use1-az2 vpc-2 nat_gateway 1", testRecord, func(r *Record) {
			r.Direction, r.Hop = flow.Egress, &Hop{1, "eni-2", "subnet-2", "use1-az2", "vpc-2", "nat_gateway", 0}
		}},
		{"path of ingress", "traffic-path", "-", testRecord, func(r *Record) { r.Hop = &Hop{Path: 1} }},
		{"encryption unknown", "encryption-status", "-", testRecord, func(r *Record) { r.Hop = &Hop{Path: 1} }},
		{"not encrypted", "encryption-status", "0", testRecord, func(r *Record) { r.Hop = &Hop{Path: 8, Encryption: vpc.NotEncrypted} }},
		{"Nitro", "encryption-status", "1", testRecord, func(r *Record) { r.Hop = &Hop{Path: 1, Encryption: vpc.NitroEncrypted} }},
		{"application: 443 of a gateway endpoint", "encryption-status", "2", testRecord, func(r *Record) { r.Hop = &Hop{Path: 7, Encryption: vpc.NotEncrypted} }},
		{"both: 443 of an interface endpoint", "encryption-status", "3", testRecord, func(r *Record) { r.Hop = &Hop{Path: 1, Type: "vpc_endpoint", Encryption: vpc.NitroEncrypted} }},
		{"another port of an endpoint", "encryption-status", "1", testRecord, func(r *Record) {
			r.DstPort, r.Hop = 80, &Hop{Path: 1, Type: "vpc_endpoint", Encryption: vpc.NitroEncrypted}
		}},
		{"no hop", hops, "- - - - - -", testRecord, func(r *Record) { r.Hop = &Hop{} }},
		{"hop of NODATA", hops, "- - - - - -", testRecord, func(r *Record) { r.Hop, r.Status = &Hop{Path: 1, ZoneID: "z"}, NoData }},
		{"services", "pkt-src-aws-service pkt-dst-aws-service", "S3 -", testRecord, func(r *Record) { r.Src, r.Lookup = addr16("52.95.128.179"), &Lookup{Services: documented{}} }},
		{"reject-reason BPA, which has no bytes", "action reject-reason packets bytes", "REJECT BPA 8 -", testRecord, func(r *Record) {
			r.Verdict = flow.Verdict{Action: flow.Reject, Reason: flow.PublicAccessBlocked}
		}},
		{"reject-reason EC", "action reject-reason bytes", "REJECT EC 1234", testRecord, func(r *Record) {
			r.Verdict = flow.Verdict{Action: flow.Reject, Reason: flow.EncryptionRequired}
		}},
		{"rejected by a group", "action reject-reason", "REJECT -", testRecord, func(r *Record) { r.Verdict.Action = flow.Reject }},
		{
			"regional NAT gateway", "resource-id interface-id subnet-id instance-id vpc-id srcaddr dstaddr interface-type", "nat-1 - - - vpc-1 10.0.1.5 10.0.0.220 regional_nat_gateway", testRecord,
			func(r *Record) { r.Interface = &Interface{ENI: vpc.ENI{VPCID: "vpc-1"}, RegionalNAT: "nat-1"} },
		},
		{"an interface's resource-id", "resource-id", "-", testRecord, func(*Record) {}},
		{"transit gateway", "version resource-type account-id tgw-id tgw-attachment-id tgw-pair-attachment-id region", "6 TransitGateway 123456789012 tgw-1 tgw-attach-1 tgw-attach-2 us-east-1", transitRecord, func(*Record) {}},
		{
			"its source", "tgw-src-vpc-account-id tgw-src-vpc-id tgw-src-subnet-id tgw-src-eni tgw-src-az-id srcaddr pkt-src-aws-service",
			"111111111111 vpc-1 subnet-1 eni-1 use1-az1 10.0.1.5 AMAZON", transitRecord, func(*Record) {},
		},
		{
			"its destination", "tgw-dst-vpc-account-id tgw-dst-vpc-id tgw-dst-subnet-id tgw-dst-eni tgw-dst-az-id dstaddr flow-direction",
			"222222222222 vpc-2 subnet-2 eni-2 use1-az2 10.0.0.220 ingress", transitRecord, func(*Record) {},
		},
		{"nothing dropped", lost, "8 0 0 0 0", transitRecord, func(*Record) {}},
		{"no route", lost, "8 8 0 0 0", transitRecord, func(r *Record) { r.Interface.Transit.Dropped = NoRoute }},
		{"blackhole", lost, "8 0 8 0 0", transitRecord, func(r *Record) { r.Interface.Transit.Dropped = Blackhole }},
		{
			"transit gateway NODATA", "resource-type tgw-id tgw-attachment-id tgw-src-vpc-id srcaddr packets packets-lost-no-route tcp-flags log-status",
			"TransitGateway tgw-1 tgw-attach-1 - - - - - NODATA", transitRecord, func(r *Record) { r.Status = NoData },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.record()
			tt.change(r)
			if got := values(tt.fields, r); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestTransitFlags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, SYN-ACK 18, URG 32, and 0
// for nothing but ACKs, as "Transit Gateway Flow Log records" says.
func TestTransitFlags(t *testing.T) {
	for want, packets := range map[string][]byte{
		"0": {0x10, 0x10}, "18": {0x12}, "17": {0x11}, "2": {0x02, 0xc2}, "24": {0x18}, "63": {0x3f}, "22": {0x02, 0x10, 0x04}, "32": {0x20},
	} {
		r := transitRecord()
		r.TCPFlags = 0
		for _, p := range packets {
			r.TCPFlags |= flow.HeaderFlags(p)
		}
		if got := values("tcp-flags", r); got != want {
			t.Errorf("%x: %s, want %s", packets, got, want)
		}
	}
}

func TestCovers(t *testing.T) {
	eni := &Interface{ENI: vpc.ENI{Head: vpc.Head{ID: "eni-1", Account: "1", Region: "r"}, VPCID: "vpc-1"}}
	nat := &Interface{ENI: vpc.ENI{Head: vpc.Head{Account: "1", Region: "r"}, VPCID: "vpc-1"}, RegionalNAT: "nat-1"}
	transit := &Interface{ENI: vpc.ENI{Head: vpc.Head{Account: "1", Region: "r"}}, Transit: &Transit{GatewayID: "tgw-1", AttachmentID: "tgw-attach-1"}}
	for _, tt := range []struct {
		id   string
		i    *Interface
		want bool
	}{
		{"vpc-1", eni, true},
		{"eni-1", eni, true},
		{"nat-1", eni, false},
		{"nat-1", nat, true},
		{"vpc-1", nat, false},
		{"tgw-1", transit, true},
		{"tgw-attach-1", transit, true},
		{"", transit, false},
	} {
		f := FlowLog{Head: vpc.Head{Account: "1", Region: "r"}, ResourceID: tt.id}
		if got := f.Covers(tt.i); got != tt.want {
			t.Errorf("%s, %s: %v", tt.id, tt.i.Name(), got)
		}
		if f.Region = "other"; f.Covers(tt.i) {
			t.Errorf("%s: another Region", tt.id)
		}
	}
}

func TestNewHop(t *testing.T) {
	e := &vpc.ENI{Head: vpc.Head{ID: "eni-2", Account: "1"}, VPCID: "vpc-1", SubnetID: "subnet-1", Zone: vpc.Zone{ID: "use1-az2"}, Type: "transit_gateway"}
	if got := NewHop("1", &vpc.Hop{Path: 1, Interface: e}); got != (Hop{1, "eni-2", "subnet-1", "use1-az2", "vpc-1", "transit_gateway", 0}) {
		t.Errorf("%+v", got)
	}
	if got := NewHop("2", &vpc.Hop{Path: 1, Interface: e}); got != (Hop{Path: 1, ZoneID: "use1-az2"}) {
		t.Errorf("of another account: %+v", got)
	}
	if got := NewHop("1", &vpc.Hop{Path: 1, NAT: &vpc.NATGateway{VPCID: "vpc-1"}}); got != (Hop{Path: 1, VPCID: "vpc-1", Type: "regional_nat_gateway"}) {
		t.Errorf("%+v", got)
	}
}

func TestLogStream(t *testing.T) {
	for traffic, want := range map[TrafficType]string{AllTraffic: "eni-1-all", AcceptTraffic: "eni-1-accept", RejectTraffic: "eni-1-reject", "": "eni-1"} {
		f := FlowLog{TrafficType: traffic}
		if got := f.LogStream("eni-1"); got != want {
			t.Errorf("%q: %s, want %s", traffic, got, want)
		}
	}
}
