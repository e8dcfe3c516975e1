package flowlog

// table has all fields in AWS's documented order: the one place that knows them.
// Source: "Flow log records" in the VPC user guide.
var table = []*Field{
	// Version 2: the default format.
	{Name: "version", Version: 2, Type: Int32, Meta: true, Int: func(*Record) (int64, bool) { return 2, true }},
	{Name: "account-id", Version: 2, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Account...) }},
	{Name: "interface-id", Version: 2, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.ID...) }},
	{Name: "srcaddr", Version: 2, Str: func(b []byte, r *Record) []byte { return appendAddr(b, r.SrcAddr()) }},
	{Name: "dstaddr", Version: 2, Str: func(b []byte, r *Record) []byte { return appendAddr(b, r.DstAddr()) }},
	{Name: "srcport", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.SrcPort), true }},
	{Name: "dstport", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.DstPort), true }},
	{Name: "protocol", Version: 2, Type: Int32, Int: func(r *Record) (int64, bool) { return int64(r.Protocol), true }},
	{Name: "packets", Version: 2, Type: Int64, Int: func(r *Record) (int64, bool) { return int64(r.Packets), true }},
	{Name: "bytes", Version: 2, Type: Int64, Int: (*Record).byteCount},
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
	{Name: "pkt-srcaddr", Version: 3, Str: func(b []byte, r *Record) []byte { return appendAddr(b, r.Tuple.SrcAddr()) }},
	{Name: "pkt-dstaddr", Version: 3, Str: func(b []byte, r *Record) []byte { return appendAddr(b, r.Tuple.DstAddr()) }},

	// Version 4.
	{Name: "region", Version: 4, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Region...) }},
	{Name: "az-id", Version: 4, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.Zone.ID...) }},
	{Name: "sublocation-type", Version: 4, Str: none, Note: "there are no Wavelength Zones, Outposts or Local Zones"},
	{Name: "sublocation-id", Version: 4, Str: none, Note: "there are no Wavelength Zones, Outposts or Local Zones"},

	// Version 5.
	{Name: "pkt-src-aws-service", Version: 5, Str: service(packetSrc)},
	{Name: "pkt-dst-aws-service", Version: 5, Str: service(packetDst)},
	{Name: "flow-direction", Version: 5, Str: func(b []byte, r *Record) []byte { return append(b, r.Direction.String()...) }},
	{Name: "traffic-path", Version: 5, Type: Int32, NeedsHop: true, Int: (*Record).path},

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
	{Name: "reject-reason", Version: 8, Str: func(b []byte, r *Record) []byte { return append(b, r.Verdict.Reason.String()...) }},

	// Version 9.
	{Name: "resource-id", Version: 9, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.RegionalNAT...) }},

	// Version 10.
	{Name: "encryption-status", Version: 10, Type: Int32, NeedsHop: true, Int: (*Record).encryption},

	// Version 11.
	{Name: "instance-tag", Version: 11, Meta: true, Str: tag(taggedInstance, 0)},
	{Name: "instance-tag-2", Version: 11, Meta: true, Str: tag(taggedInstance, 1)},
	{Name: "interface-tag", Version: 11, Meta: true, Str: tag(taggedInterface, 0)},
	{Name: "interface-tag-2", Version: 11, Meta: true, Str: tag(taggedInterface, 1)},
	{Name: "asg-tag", Version: 11, Str: none, Note: noScaling},
	{Name: "asg-tag-2", Version: 11, Str: none, Note: noScaling},
	{Name: "interface-type", Version: 11, Meta: true, Str: func(b []byte, r *Record) []byte { return append(b, r.Interface.serviceType()...) }},
	{Name: "next-hop-interface-id", Version: 11, NeedsHop: true, Str: hop(func(h *Hop) string { return h.InterfaceID })},
	{Name: "next-hop-subnet-id", Version: 11, NeedsHop: true, Str: hop(func(h *Hop) string { return h.SubnetID })},
	{Name: "next-hop-az-id", Version: 11, NeedsHop: true, Str: hop(func(h *Hop) string { return h.ZoneID })},
	{Name: "next-hop-vpc-id", Version: 11, NeedsHop: true, Str: hop(func(h *Hop) string { return h.VPCID })},
	{Name: "next-hop-interface-type", Version: 11, NeedsHop: true, Str: hop(func(h *Hop) string { return h.Type })},
}

// Why fields have no value.
const (
	noECS     = "there are no ECS tasks"
	noScaling = "there are no Auto Scaling groups"
)

func none(b []byte, _ *Record) []byte { return b }

// transitTable has the fields of transit gateway flow logs in AWS's documented
// order; what they share with table has its entry there.
// Source: "Transit Gateway Flow Log records" in the transit gateway guide.
var transitTable = []*Field{
	shared("version"),
	{Name: "resource-type", Version: 6, Meta: true, Str: func(b []byte, _ *Record) []byte { return append(b, TransitGateway...) }},
	shared("account-id"),
	{Name: "tgw-id", Version: 6, Meta: true, Str: transit(func(t *Transit) string { return t.GatewayID })},
	{Name: "tgw-attachment-id", Version: 6, Meta: true, Str: transit(func(t *Transit) string { return t.AttachmentID })},
	{Name: "tgw-src-vpc-account-id", Version: 6, Str: transit(func(t *Transit) string { return t.Src.Account })},
	{Name: "tgw-dst-vpc-account-id", Version: 6, Str: transit(func(t *Transit) string { return t.Dst.Account })},
	{Name: "tgw-src-vpc-id", Version: 6, Str: transit(func(t *Transit) string { return t.Src.VPCID })},
	{Name: "tgw-dst-vpc-id", Version: 6, Str: transit(func(t *Transit) string { return t.Dst.VPCID })},
	{Name: "tgw-src-subnet-id", Version: 6, Str: transit(func(t *Transit) string { return t.Src.SubnetID })},
	{Name: "tgw-dst-subnet-id", Version: 6, Str: transit(func(t *Transit) string { return t.Dst.SubnetID })},
	{Name: "tgw-src-eni", Version: 6, Str: transit(func(t *Transit) string { return t.Src.InterfaceID })},
	{Name: "tgw-dst-eni", Version: 6, Str: transit(func(t *Transit) string { return t.Dst.InterfaceID })},
	{Name: "tgw-src-az-id", Version: 6, Str: transit(func(t *Transit) string { return t.Src.ZoneID })},
	{Name: "tgw-dst-az-id", Version: 6, Str: transit(func(t *Transit) string { return t.Dst.ZoneID })},
	{Name: "tgw-pair-attachment-id", Version: 6, Str: transit(func(t *Transit) string { return t.PairID })},
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
	{Name: "packets-lost-no-route", Version: 6, Type: Int64, Int: lost(NoRoute)},
	{Name: "packets-lost-blackhole", Version: 6, Type: Int64, Int: lost(Blackhole)},
	{Name: "packets-lost-mtu-exceeded", Version: 6, Type: Int64, Int: neverLost, Note: "always 0: the lengths of single packets are not kept"},
	{Name: "packets-lost-ttl-expired", Version: 6, Type: Int64, Int: neverLost, Note: "always 0: times to live are not kept"},
	{Name: "tcp-flags", Version: 3, Type: Int32, Int: func(r *Record) (int64, bool) { return r.TransitFlags(), true }},
	shared("region"),
	shared("flow-direction"),
	shared("pkt-src-aws-service"),
	shared("pkt-dst-aws-service"),
}

func shared(name string) *Field { return lookup(table, name) }
