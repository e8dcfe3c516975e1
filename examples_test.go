package flowemu

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// exampleFiles are AWS's documented lines and real ones. ways says of each line
// whether it is ingress or egress of its interface; - is for a line that packets
// alone cannot make: rejected, NODATA, SKIPDATA.
var exampleFiles = []struct {
	file, ways string
	igw        bool // the interface's subnet has a route to an internet gateway
}{
	{"01_docs_default_v2.log", "i---i-i", false},
	{"02_docs_v3_tcp_flags.log", "ieieeiie", false},
	{"03_docs_nat_zonal_natgw_eni.log", "ieieei", false},
	{"05_docs_vpc_log_through_tgw.log", "ieei", false},
	{"06_docs_v5_service_path_direction.log", "ie", true},
	{"10_real_s3_object_A.log", "-e-i-", false},
	{"12_real_cwl_events.tsv", "ie-iei-i-ee", false},
	{"13_real_firehose_records.jsonl", "eiee-", false},
	{"14_real_icmp_nacl_same_window.log", "ie-", false},
}

// TestExamples makes the packets of each line, injects them into its interface
// and compares the record in S3. start and end are not compared: they are the
// edges of capture windows, whose phase is AWS's.
func TestExamples(t *testing.T) {
	e := newExamples(t)
	for _, f := range exampleFiles {
		t.Run(f.file, func(t *testing.T) {
			header, lines := exampleLines(t, f.file)
			if len(lines) != len(f.ways) {
				t.Fatalf("%d lines for %q", len(lines), f.ways)
			}
			for i, way := range f.ways {
				if way == '-' {
					continue
				}
				x := newExample(header, lines[i], way == 'e')
				t.Run(strconv.Itoa(i+1), func(t *testing.T) {
					got := x.record(t, e, f.igw)
					if want := x.comparable(strings.Fields(lines[i])); x.comparable(strings.Fields(got)) != want {
						t.Errorf("got  %s\nwant %s", got, lines[i])
					}
				})
			}
		})
	}
}

// newExamples gives an emulator that is not running, with a bucket.
func newExamples(t *testing.T) *Emulator {
	t.Helper()
	e, err := New(t.Context(), Options{Listen: "127.0.0.1:0", Window: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
	serve(t, e, http.MethodPut, "/bucket", nil)
	return e
}

// exampleLines gives the names of the fields and the lines of a file.
func exampleLines(t *testing.T, name string) (header []string, lines []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../shared/aws/examples", name))
	if err != nil {
		t.Skipf("no examples: %v", err)
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	header = strings.Fields(flowlog.Default().Header())
	switch filepath.Ext(name) {
	case ".log":
		return strings.Fields(all[0]), all[1:]
	case ".tsv":
		for _, l := range all[1:] {
			_, message, _ := strings.Cut(l, "\t")
			lines = append(lines, message)
		}
	case ".jsonl":
		for _, l := range all {
			var event struct{ Message string }
			if err := json.Unmarshal([]byte(l), &event); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, event.Message)
		}
	}
	return header, lines
}

// example is a line by the names of its fields.
type example struct {
	names  []string
	value  map[string]string
	egress bool
}

func newExample(names []string, line string, egress bool) *example {
	x := &example{names, map[string]string{
		"account-id": "123456789012", "interface-id": "eni-1", "vpc-id": "vpc-1", "subnet-id": "subnet-1", "region": "us-east-1",
		"protocol": "6", "packets": "1", "bytes": "40", "srcport": "1234", "dstport": "80", "start": "1600000000",
	}, egress}
	for i, v := range strings.Fields(line) {
		x.value[names[i]] = v
	}
	for _, side := range []string{"srcaddr", "dstaddr"} {
		if x.value["pkt-"+side] == "" {
			x.value["pkt-"+side] = x.value[side]
		}
	}
	return x
}

func (x *example) comparable(values []string) string {
	var out []string
	for i, v := range values {
		if x.names[i] != "start" && x.names[i] != "end" {
			out = append(out, x.names[i]+"="+v)
		}
	}
	return strings.Join(out, " ")
}

// record gives the record of the line's packets.
func (x *example) record(t *testing.T, e *Emulator, igw bool) string {
	t.Helper()
	x.put(t, e, igw)
	serve(t, e, http.MethodPost, "/_flowemu/packets?shift=none&interface-id="+x.value["interface-id"], x.packets(t))
	var flushed struct {
		Objects []struct{ Key string }
		Records int
	}
	if err := json.Unmarshal(serve(t, e, http.MethodPost, "/_flowemu/flush", nil), &flushed); err != nil || len(flushed.Objects) != 1 || flushed.Records != 1 {
		t.Fatalf("%+v %v", flushed, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(serve(t, e, http.MethodGet, "/bucket/"+flushed.Objects[0].Key, nil)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	header, record, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if header != strings.Join(x.names, " ") {
		t.Errorf("header %q", header)
	}
	return record
}

func serve(t *testing.T, e *Emulator, method, path string, body io.Reader) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	e.http.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, body))
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

var exampleMAC = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// put makes the line's interface known, where it lies, and one flow log, of its fields.
func (x *example) put(t *testing.T, e *Emulator, igw bool) {
	t.Helper()
	head := func(id string) vpc.Head {
		return vpc.Head{ID: id, Account: x.value["account-id"], Region: x.value["region"]}
	}
	own := netip.MustParseAddr(x.value["dstaddr"])
	if x.egress {
		own = netip.MustParseAddr(x.value["srcaddr"])
	}
	eni := &vpc.ENI{
		Head: head(x.value["interface-id"]), VPCID: x.value["vpc-id"], SubnetID: x.value["subnet-id"], MAC: exampleMAC.String(), Zone: vpc.Zone{ID: x.value["az-id"]},
	}
	if id := x.value["instance-id"]; id != "-" {
		eni.InstanceID = id
	}
	if own.Is4() {
		eni.PrivateIP = own
	} else {
		eni.IPv6 = []netip.Addr{own}
	}
	f := &flowlog.FlowLog{
		Head: head("fl-1"), ResourceID: eni.ID, ResourceType: flowlog.NetworkInterface, TrafficType: flowlog.AllTraffic, DestinationType: flowlog.S3,
		Destination: "arn:aws:s3:::bucket", Format: "${" + strings.Join(x.names, "} ${") + "}", Interval: 600, FileFormat: flowlog.PlainText,
	}
	table := &vpc.RouteTable{Head: head("rtb-1"), VPCID: eni.VPCID, Associations: []vpc.RouteTableAssociation{{Main: true}}}
	if igw {
		table.Routes = []vpc.Route{{CIDR: netip.MustParsePrefix("0.0.0.0/0"), GatewayID: "igw-1"}}
	}
	err := e.inventory.Update(context.Background(), func(tx *vpc.Tx) error {
		for _, r := range []vpc.Resource{
			&vpc.VPC{Head: head(eni.VPCID), CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}},
			&vpc.InternetGateway{Head: head("igw-1"), VPCID: eni.VPCID}, table, eni, f,
		} {
			tx.Put(r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (x *example) int(t *testing.T, name string) int {
	t.Helper()
	n, err := strconv.Atoi(x.value[name])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// packets makes a capture file of the line's packets, which have its bytes
// together and carry its TCP flags.
func (x *example) packets(t *testing.T) io.Reader {
	t.Helper()
	var file bytes.Buffer
	w := pcapgo.NewWriter(&file)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	count, size := x.int(t, "packets"), x.int(t, "bytes")
	for i := range count {
		n := size / count
		if i < size%count {
			n++
		}
		data := x.frame(t, i, count, n)
		info := gopacket.CaptureInfo{Timestamp: time.Unix(int64(x.int(t, "start")), 0), CaptureLength: len(data), Length: len(data)}
		if err := w.WritePacket(info, data); err != nil {
			t.Fatal(err)
		}
	}
	return &file
}

// frame makes packet i of count, whose IP length is n.
func (x *example) frame(t *testing.T, i, count, n int) []byte {
	t.Helper()
	src, dst := netip.MustParseAddr(x.value["pkt-srcaddr"]), netip.MustParseAddr(x.value["pkt-dstaddr"])
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, DstMAC: exampleMAC, EthernetType: layers.EthernetTypeIPv4}
	if x.egress {
		eth.SrcMAC, eth.DstMAC = eth.DstMAC, eth.SrcMAC
	}
	protocol := layers.IPProtocol(x.int(t, "protocol"))
	var ip gopacket.SerializableLayer = &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	head := 20
	if src.Is6() {
		eth.EthernetType, head = layers.EthernetTypeIPv6, 40
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	}
	upper, own := x.upper(t, protocol, i, count)
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, eth, ip, upper, gopacket.Payload(make([]byte, n-head-own))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// upper gives the L4 header of packet i of count, and its length.
func (x *example) upper(t *testing.T, protocol layers.IPProtocol, i, count int) (gopacket.SerializableLayer, int) {
	t.Helper()
	src, dst := x.int(t, "srcport"), x.int(t, "dstport")
	switch protocol {
	case layers.IPProtocolTCP:
		l := &layers.TCP{SrcPort: layers.TCPPort(src), DstPort: layers.TCPPort(dst), DataOffset: 5}
		flags := 0
		if text := x.value["tcp-flags"]; text != "" {
			flags = x.int(t, "tcp-flags")
		}
		first, last := i == 0, i == count-1
		l.SYN, l.FIN, l.RST = first && flags&2 != 0, last && flags&1 != 0, last && flags&4 != 0
		l.ACK = !l.SYN || flags&16 != 0 // all but the SYN of who begins
		return l, 20
	case layers.IPProtocolUDP:
		return &layers.UDP{SrcPort: layers.UDPPort(src), DstPort: layers.UDPPort(dst)}, 8
	case layers.IPProtocolICMPv4:
		return &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoRequest, 0)}, 8
	}
	t.Fatal(fmt.Sprint("no packets of protocol ", protocol))
	return nil, 0
}
