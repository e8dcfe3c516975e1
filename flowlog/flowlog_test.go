package flowlog

import (
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

func addr16(s string) (b [16]byte) {
	a := netip.MustParseAddr(s)
	if a.Is4() {
		v := a.As4()
		copy(b[:], v[:])
		return b
	}
	return a.As16()
}

func testRecord() *Record {
	return &Record{
		Flow: flow.Flow{
			Tuple:     flow.Tuple{Src: addr16("10.0.1.5"), Dst: addr16("10.0.0.220"), SrcPort: 45678, DstPort: 443, Protocol: 6, IPVersion: 4},
			Direction: flow.Ingress,
			Counters:  flow.Counters{Packets: 8, Bytes: 1234, TCPFlags: flow.HeaderFlags(0x02) | flow.HeaderFlags(0x10) | flow.HeaderFlags(0x11)},
		},
		Interface: &Interface{
			ENI: vpc.ENI{
				Head: vpc.Head{ID: "eni-1235b8ca123456789", Account: "123456789010", Region: "us-east-1"}, VPCID: "vpc-abcdefab012345678",
				SubnetID: "subnet-aaaaaaaa012345678", InstanceID: "i-01234567890123456", Zone: vpc.Zone{Name: "us-east-1a", ID: "use1-az1"},
				PrivateIP: netip.MustParseAddr("10.0.0.62"), IPv6: []netip.Addr{netip.MustParseAddr("2001:db8::1")},
			},
			Tags:         []vpc.Tag{{Key: "name", Value: "a b/ü-1_2.3~"}},
			InstanceTags: []vpc.Tag{{Key: "env", Value: "prod"}, {Key: "team", Value: "50%"}},
		},
		Start: time.Unix(1418530010, 0), End: time.Unix(1418530070, 0),
	}
}

// TestFieldValues has a line for every field of an ingress record. The shapes
// are those of AWS's field table.
func TestFieldValues(t *testing.T) {
	want := map[string]string{
		"version": "2", "account-id": "123456789010", "interface-id": "eni-1235b8ca123456789",
		"srcaddr": "10.0.1.5", "dstaddr": "10.0.0.62", "srcport": "45678", "dstport": "443", "protocol": "6",
		"packets": "8", "bytes": "1234", "start": "1418530010", "end": "1418530070", "action": "ACCEPT", "log-status": "OK",
		"vpc-id": "vpc-abcdefab012345678", "subnet-id": "subnet-aaaaaaaa012345678", "instance-id": "i-01234567890123456",
		"tcp-flags": "3", "type": "IPv4", "pkt-srcaddr": "10.0.1.5", "pkt-dstaddr": "10.0.0.220",
		"region": "us-east-1", "az-id": "use1-az1", "sublocation-type": "-", "sublocation-id": "-",
		"pkt-src-aws-service": "-", "pkt-dst-aws-service": "-", "flow-direction": "ingress", "traffic-path": "-", "interface-type": "-",
		"resource-id": "-", "instance-tag": "-", "instance-tag-2": "-", "interface-tag": "-", "interface-tag-2": "-", // the flow log names no tags
		"next-hop-interface-id": "-", "next-hop-subnet-id": "-", "next-hop-az-id": "-", "next-hop-vpc-id": "-", "next-hop-interface-type": "-", "reject-reason": "-", "encryption-status": "-",
	}
	for _, f := range Fields(VPC) {
		if f.Note != "" {
			want[f.Name] = "-"
		}
	}
	for _, f := range Fields(VPC) {
		got := string(f.append(nil, testRecord()))
		if w, ok := want[f.Name]; !ok || got != w {
			t.Errorf("%s = %q, want %q (listed: %v)", f.Name, got, w, ok)
		}
	}
	if len(want) != len(Fields(VPC)) {
		t.Errorf("%d expectations for %d fields", len(want), len(Fields(VPC)))
	}
}

func TestFieldTable(t *testing.T) {
	names, last := map[string]bool{}, 0
	for _, f := range Fields(VPC) {
		if names[f.Name] {
			t.Errorf("%s: declared twice", f.Name)
		}
		names[f.Name] = true
		if (f.Int == nil) == (f.Str == nil) {
			t.Errorf("%s: not exactly one getter", f.Name)
		}
		if (f.Type == String) != (f.Str != nil) {
			t.Errorf("%s: type and getter disagree", f.Name)
		}
		if f.Version < last {
			t.Errorf("%s: version %d after %d", f.Name, f.Version, last)
		}
		last = f.Version
	}
}

// TestFieldsAgainstAWS compares names, versions and types with AWS's table.
func TestFieldsAgainstAWS(t *testing.T) {
	const path = "../../shared/aws/fields.csv"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("%s is missing", path)
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(text)) {
		c := strings.SplitN(line, ",", 9)
		fields := map[string][]*Field{"VPC": Fields(VPC), "TGW": Fields(TransitGateway)}[c[1]]
		if fields == nil {
			continue // the header
		}
		f := fields[seen[c[1]]]
		seen[c[1]]++
		typ := map[Type]string{String: "STRING", Int32: "INT_32", Int64: "INT_64"}[f.Type]
		if f.Name != c[0] || strconv.Itoa(f.Version) != c[3] || f.Column() != c[5] || typ != c[6] {
			t.Errorf("field %d is %s, version %d, %s, %s; AWS: %s", seen[c[1]], f.Name, f.Version, f.Column(), typ, line)
		}
	}
	if seen["VPC"] != len(Fields(VPC)) || seen["TGW"] != len(Fields(TransitGateway)) {
		t.Errorf("AWS has %v, the tables %d and %d", seen, len(Fields(VPC)), len(Fields(TransitGateway)))
	}
}

func TestRecordLines(t *testing.T) {
	const v5 = "${version} ${flow-direction} ${traffic-path} ${srcaddr} ${pkt-srcaddr} ${tcp-flags} ${az-id}"
	tests := []struct {
		name, format string
		change       func(*Record)
		want         string
	}{
		{"default", DefaultFormat(VPC), func(*Record) {}, "2 123456789010 eni-1235b8ca123456789 10.0.1.5 10.0.0.62 45678 443 6 8 1234 1418530010 1418530070 ACCEPT OK"},
		{
			"NODATA as documented", DefaultFormat(VPC), func(r *Record) { r.Flow, r.Status = flow.Flow{}, NoData },
			"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1418530010 1418530070 - NODATA",
		},
		{
			"SKIPDATA as documented", DefaultFormat(VPC), func(r *Record) { r.Flow, r.Status = flow.Flow{}, SkipData },
			"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1418530010 1418530070 - SKIPDATA",
		},
		{"egress from a foreign address", v5, func(r *Record) { r.Direction, r.Hop = flow.Egress, &Hop{Path: 1} }, "5 egress 1 10.0.0.62 10.0.1.5 3 use1-az1"},
		{"egress to nowhere", v5, func(r *Record) { r.Direction, r.Hop = flow.Egress, &Hop{} }, "5 egress - 10.0.0.62 10.0.1.5 3 use1-az1"},
		{"direction unknown", v5, func(r *Record) { r.Direction = flow.Unknown }, "5 - - 10.0.1.5 10.0.1.5 3 use1-az1"},
		{"NODATA, custom", v5, func(r *Record) { r.Flow, r.Status = flow.Flow{}, NoData }, "5 - - - - - use1-az1"},
		{
			"IPv6", v5, func(r *Record) {
				r.Src, r.Dst, r.IPVersion = addr16("2001:0DB8:0:0:0:0:0:2"), addr16("2001:db8::1"), 6
			}, "5 ingress - 2001:db8::2 2001:db8::2 3 use1-az1",
		},
		{"SYN-ACK is 18", v5, func(r *Record) { r.TCPFlags = flow.HeaderFlags(0x12) }, "5 ingress - 10.0.1.5 10.0.1.5 18 use1-az1"},
		{"SYN, then ACK: not 18", v5, func(r *Record) { r.TCPFlags = flow.HeaderFlags(0x02) | flow.HeaderFlags(0x10) }, "5 ingress - 10.0.1.5 10.0.1.5 2 use1-az1"},
		{"ACK, PSH, URG, ECE, CWR alone: 0", v5, func(r *Record) { r.TCPFlags = flow.HeaderFlags(0xf8) }, "5 ingress - 10.0.1.5 10.0.1.5 0 use1-az1"},
		{"RST+ACK is 4", v5, func(r *Record) { r.TCPFlags = flow.HeaderFlags(0x14) }, "5 ingress - 10.0.1.5 10.0.1.5 4 use1-az1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := ParseFormat(VPC, tt.format)
			if err != nil {
				t.Fatal(err)
			}
			r := testRecord()
			tt.change(r)
			if got := string(f.Append(nil, r)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParseFormat(t *testing.T) {
	for _, bad := range []string{"", " ", "${srcaddr} ", "${srcaddr}  ${dstaddr}", "srcaddr", "${}", "${srcaddr},${dstaddr}", "${srcaddr}${dstaddr}", "${src addr}", "$srcaddr", "'${srcaddr}", "''"} {
		if _, err := ParseFormat(VPC, bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := ParseFormat(VPC, "${srcaddr} ${nonsense} ${more}"); err == nil || err.Error() != "Unknown fields provided: [nonsense, more]" {
		t.Errorf("unknown fields: %v", err)
	}
	if quoted, err := ParseFormat(VPC, "'${srcaddr} ${dstaddr}'"); err != nil || len(quoted.Fields) != 2 {
		t.Errorf("in quotes: %v %v", quoted, err)
	}
	for kind, field := range map[ResourceType]string{VPC: "${tgw-id}", TransitGatewayAttachment: "${interface-id}"} {
		if _, err := ParseFormat(kind, field); err == nil {
			t.Errorf("%s was taken for %s", field, kind)
		}
	}
	f, err := ParseFormat(VPC, "${dstaddr} ${az-id} ${dstaddr}")
	if err != nil || f.Version != 4 || f.Header() != "dstaddr az-id dstaddr" {
		t.Errorf("%v %v %q", err, f.Version, f.Header())
	}
}

func FuzzParseFormat(f *testing.F) {
	for _, s := range []string{DefaultFormat(VPC), "${srcaddr}", "${", "${a} ${b}", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseFormat(VPC, s)
		if err == nil && got.String() != s {
			t.Errorf("%q became %q", s, got.String())
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	f, err := ParseFormat(VPC, DefaultFormat(VPC))
	if err != nil {
		b.Fatal(err)
	}
	r, dst := testRecord(), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = f.Append(dst[:0], r)
	}
}

// The expected keys are examples of AWS's documentation, with our flow log's names.
func TestObjectKey(t *testing.T) {
	at := time.Date(2018, 6, 20, 16, 24, 59, 0, time.UTC)
	base := FlowLog{Head: vpc.Head{ID: "fl-1234abcd", Account: "123456789012", Region: "us-east-1"}, Destination: "arn:aws:s3:::amzn-s3-demo-bucket"}
	const file = "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz"
	tests := []struct {
		name   string
		change func(*FlowLog)
		want   string
	}{
		{"plain", func(*FlowLog) {}, "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/" + file},
		{"hourly", func(f *FlowLog) { f.HourlyPartitions = true }, "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16/" + file},
		{"Hive", func(f *FlowLog) { f.HivePartitions = true }, "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/" + file},
		{
			"Hive, hourly, folder", func(f *FlowLog) {
				f.HivePartitions, f.HourlyPartitions, f.Destination = true, true, "arn:aws:s3:::amzn-s3-demo-bucket/custom/"
			}, "custom/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/hour=16/" + file,
		},
		{ // real Parquet objects end so
			"Parquet", func(f *FlowLog) { f.FileFormat = Parquet },
			"AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/" + strings.TrimSuffix(file, ".gz") + ".parquet",
		},
	}
	for _, tt := range tests {
		f := base
		tt.change(&f)
		if got := ObjectKey(&f, at, 0xfe123456); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSame(t *testing.T) {
	base := FlowLog{ResourceID: "vpc-1", DestinationType: S3, Destination: "arn:aws:s3:::b", TrafficType: AllTraffic, Format: DefaultFormat(VPC), Interval: 600, FileFormat: PlainText}
	tests := []struct {
		name   string
		change func(*FlowLog)
		want   bool
	}{
		{"the same, another id", func(f *FlowLog) { f.ID, f.Created = "fl-2", time.Unix(1, 0) }, true},
		{"a final slash", func(f *FlowLog) { f.Destination += "/" }, true},
		{"another folder", func(f *FlowLog) { f.Destination += "/x" }, false},
		{"another traffic type", func(f *FlowLog) { f.TrafficType = RejectTraffic }, false},
		{"another format", func(f *FlowLog) { f.Format = "${srcaddr}" }, false},
		{"Parquet beside text", func(f *FlowLog) { f.FileFormat = Parquet }, false},
		{"Hive partitions", func(f *FlowLog) { f.HivePartitions = true }, false},
		{"hourly partitions", func(f *FlowLog) { f.HourlyPartitions = true }, false},
		{"another interval", func(f *FlowLog) { f.Interval = 60 }, false},
		{"tag fields", func(f *FlowLog) { f.TagFields = []TagField{{"instance", []string{"env"}}} }, false},
		{"another role", func(f *FlowLog) { f.PermissionARN = "arn:aws:iam::1:role/r" }, true},
	}
	for _, tt := range tests {
		o := base
		tt.change(&o)
		if got := base.Same(&o); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	byName := FlowLog{DestinationType: CloudWatchLogs, LogGroupName: "g"}
	byARN := FlowLog{DestinationType: CloudWatchLogs, Destination: "arn:aws:logs:us-east-1:123456789012:log-group:g"}
	if !byName.Same(&byARN) {
		t.Error("a log group by name and by ARN are not the same")
	}
}
