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
}

func none(b []byte, _ *Record) []byte { return b }
