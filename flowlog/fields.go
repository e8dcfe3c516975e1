package flowlog

// table has all fields in AWS's documented order: the one place that knows them.
// Source: "Flow log records" in the VPC user guide.
var table = []*Field{
	// Version 2: the default format.
	{Name: "version", Version: 2, Type: Int32, Meta: true, Int: func(*Record) (int64, bool) { return 2, true }},
	{Name: "account-id", Version: 2, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Account...) }},
	{Name: "interface-id", Version: 2, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.ID...) }},
	{Name: "srcaddr", Version: 2, Str: func(b []byte, r *Record) []byte { return r.SrcAddr().AppendTo(b) }},
	{Name: "dstaddr", Version: 2, Str: func(b []byte, r *Record) []byte { return r.DstAddr().AppendTo(b) }},
	{Name: "srcport", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.SrcPort), true }},
	{Name: "dstport", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.DstPort), true }},
	{Name: "protocol", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.Protocol), true }},
	{Name: "packets", Version: 2, Type: Int64, Int: func(r *Record) (int64, bool) { return int64(r.Packets), true }},
	{Name: "bytes", Version: 2, Type: Int64, Int: func(r *Record) (int64, bool) { return int64(r.Bytes), true }},
	{Name: "start", Version: 2, Type: Int64, Meta: true, Int: func(r *Record) (int64, bool) { return r.Start.Unix(), true }},
	{Name: "end", Version: 2, Type: Int64, Meta: true, Int: func(r *Record) (int64, bool) { return r.End.Unix(), true }},
	{Name: "action", Version: 2, Str: func(b []byte, r *Record) []byte { return append(b, r.Verdict.Action.String()...) }},
	{Name: "log-status", Version: 2, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Status.String()...) }},

	// Version 3.
	{Name: "vpc-id", Version: 3, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.VPCID...) }},
	{Name: "subnet-id", Version: 3, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.SubnetID...) }},
	{Name: "instance-id", Version: 3, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.InstanceID...) }},
	{Name: "tcp-flags", Version: 3, Type: Int32, Int: func(r *Record) (int64, bool) { return r.VPCFlags(), true }},
	{Name: "type", Version: 3, Str: func(b []byte, r *Record) []byte {
		if r.IPVersion == 4 {
			return append(b, "IPv4"...)
		}
		return append(b, "IPv6"...)
	}},
	{Name: "pkt-srcaddr", Version: 3, Str: func(b []byte, r *Record) []byte { return r.Tuple.SrcAddr().AppendTo(b) }},
	{Name: "pkt-dstaddr", Version: 3, Str: func(b []byte, r *Record) []byte { return r.Tuple.DstAddr().AppendTo(b) }},

	// Version 4.
	{Name: "region", Version: 4, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Region...) }},
	{Name: "az-id", Version: 4, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Zone.ID...) }},
	{Name: "sublocation-type", Version: 4, Str: none, Note: "there are no Wavelength Zones, Outposts or Local Zones"},
	{Name: "sublocation-id", Version: 4, Str: none, Note: "there are no Wavelength Zones, Outposts or Local Zones"},

	// Version 5.
	{Name: "pkt-src-aws-service", Version: 5, Str: none, Note: "AWS's published address ranges are not known yet"},
	{Name: "pkt-dst-aws-service", Version: 5, Str: none, Note: "AWS's published address ranges are not known yet"},
	{Name: "flow-direction", Version: 5, Str: func(b []byte, r *Record) []byte { return append(b, r.Direction.String()...) }},
	{Name: "traffic-path", Version: 5, Type: Int32, Int: (*Record).TrafficPath},

	// Version 7.
	{Name: "ecs-cluster-arn", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-cluster-name", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-container-instance-arn", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-container-instance-id", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-container-id", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-second-container-id", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-service-name", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-task-definition-arn", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-task-arn", Version: 7, Str: none, Note: noECS},
	{Name: "ecs-task-id", Version: 7, Str: none, Note: noECS},

	// Version 8.
	{Name: "reject-reason", Version: 8, Str: none, Note: noRules},

	// Version 9.
	{Name: "resource-id", Version: 9, Str: none, Note: noRegionalNAT},

	// Version 10.
	{Name: "encryption-status", Version: 10, Type: Int32, Int: noInt, Note: noEncryption},

	// Version 11.
	{Name: "instance-tag", Version: 11, Str: none, Note: noTags},
	{Name: "instance-tag-2", Version: 11, Str: none, Note: noTags},
	{Name: "interface-tag", Version: 11, Str: none, Note: noTags},
	{Name: "interface-tag-2", Version: 11, Str: none, Note: noTags},
	{Name: "asg-tag", Version: 11, Str: none, Note: noTags},
	{Name: "asg-tag-2", Version: 11, Str: none, Note: noTags},
	{Name: "interface-type", Version: 11, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.serviceType()...) }},
	{Name: "next-hop-interface-id", Version: 11, Str: none, Note: noNextHop},
	{Name: "next-hop-subnet-id", Version: 11, Str: none, Note: noNextHop},
	{Name: "next-hop-az-id", Version: 11, Str: none, Note: noNextHop},
	{Name: "next-hop-vpc-id", Version: 11, Str: none, Note: noNextHop},
	{Name: "next-hop-interface-type", Version: 11, Str: none, Note: noNextHop},
}

// Why fields have no value.
const (
	noECS         = "there are no ECS tasks"
	noRules       = "everything is accepted: there are no rules yet"
	noRegionalNAT = "traffic of regional NAT gateways is not recorded yet"
	noEncryption  = "encryption is not looked for yet"
	noTags        = "tags are not in records yet"
	noNextHop     = "the next hop is not looked for yet"
)

func none(b []byte, _ *Record) []byte { return b }

func noInt(*Record) (int64, bool) { return 0, false }

// transitTable has the fields of transit gateway flow logs in AWS's documented
// order; what they share with table has its entry there.
// Source: "Transit Gateway Flow Log records" in the transit gateway guide.
var transitTable = []*Field{
	shared("version"),
	{Name: "resource-type", Version: 6, Str: none, Note: noTransit},
	shared("account-id"),
	{Name: "tgw-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-attachment-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-src-vpc-account-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-dst-vpc-account-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-src-vpc-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-dst-vpc-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-src-subnet-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-dst-subnet-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-src-eni", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-dst-eni", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-src-az-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-dst-az-id", Version: 6, Str: none, Note: noTransit},
	{Name: "tgw-pair-attachment-id", Version: 6, Str: none, Note: noTransit},
	shared("srcaddr"),
	shared("dstaddr"),
	shared("srcport"),
	shared("dstport"),
	shared("protocol"),
	shared("packets"),
	shared("bytes"),
	shared("start"),
	shared("end"),
	shared("log-status"),
	shared("type"),
	{Name: "packets-lost-no-route", Version: 6, Type: Int64, Int: noInt, Note: noTransit},
	{Name: "packets-lost-blackhole", Version: 6, Type: Int64, Int: noInt, Note: noTransit},
	{Name: "packets-lost-mtu-exceeded", Version: 6, Type: Int64, Int: noInt, Note: noTransit},
	{Name: "packets-lost-ttl-expired", Version: 6, Type: Int64, Int: noInt, Note: noTransit},
	shared("tcp-flags"),
	shared("region"),
	shared("flow-direction"),
	shared("pkt-src-aws-service"),
	shared("pkt-dst-aws-service"),
}

const noTransit = "traffic of transit gateways is not recorded yet"

func shared(name string) *Field { return lookup(table, name) }
