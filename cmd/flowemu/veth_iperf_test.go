package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Addresses beside those of TestVeth, with the same numbers at their ends.
const (
	near6, far6         = "fd99::1", "fd99::2"
	transfer            = 8 << 20 // bytes
	protoTCP, protoUDP4 = "6", "17"
)

// TestVethIperf: what iperf3 sends is recorded as the packets that the sender's
// kernel counts, whether it cuts them itself, the device would, or a tunnel is
// around them.
func TestVethIperf(t *testing.T) {
	if farNS := os.Getenv(insideEnv); farNS != "" {
		iperfInside(t, farNS)
		return
	}
	twoHosts(t, "iperf3", "ethtool")
}

// run is one transfer and what is to be found of it.
type iperfRun struct {
	name    string
	offload bool
	udp     bool
	big     bool // super-packets that are longer than IP can say
	to      string
	// What tells its records: protocol and destination port of the outer packets.
	protocol, port string

	sent kernelCounts
}

func iperfInside(t *testing.T, farNS string) {
	addresses(t, farNS)
	p := start(t, false, "--data", "memory", "--capture", nearDev, "--window", "60s")
	enis, err := p.ec2().DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{})
	if err != nil || len(enis.NetworkInterfaces) != 1 {
		t.Fatalf("%+v %v", enis, err)
	}
	p.createS3Log(t, *enis.NetworkInterfaces[0].NetworkInterfaceId, aws.String("${protocol} ${srcport} ${dstport} ${flow-direction} ${packets} ${bytes} ${log-status}"))
	var runs []*iperfRun
	for _, offload := range []bool{true, false} {
		state := map[bool]string{true: "on", false: "off"}[offload]
		for ns, dev := range map[string]string{"": nearDev, farNS: farDev} {
			command(t, ns, "ethtool", "-K", dev, "tso", state, "gso", state, "gro", state)
		}
		for _, r := range iperfRuns(t, farNS, offload) {
			if r.big && !bigTCP(t, farNS) {
				continue
			}
			r.run(t, farNS, strconv.Itoa(5201+len(runs)))
			runs = append(runs, r)
		}
	}
	p.command(t, nil, "flush")
	lines := p.objectLines(t)
	for _, r := range runs {
		r.check(t, lines)
	}
}

// addresses makes neighbours known, so that nothing but the transfers is sent.
func addresses(t *testing.T, farNS string) {
	t.Helper()
	for _, side := range []struct{ ns, dev, v6, peer4, peer6, peerNS, peerDev string }{
		{"", nearDev, near6, far, far6, farNS, farDev},
		{farNS, farDev, far6, near, near6, "", nearDev},
	} {
		command(t, side.ns, "ip", "addr", "add", side.v6+"/64", "dev", side.dev, "nodad")
		mac := strings.TrimSpace(command(t, side.peerNS, "cat", "/sys/class/net/"+side.peerDev+"/address"))
		for _, peer := range []string{side.peer4, side.peer6} {
			command(t, side.ns, "ip", "neigh", "replace", peer, "lladdr", mac, "dev", side.dev, "nud", "permanent")
		}
	}
}

// command runs a program in a namespace, "" for the own one.
func command(t *testing.T, ns string, args ...string) string {
	t.Helper()
	if ns != "" {
		args = append([]string{"ip", "netns", "exec", ns}, args...)
	}
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func iperfRuns(t *testing.T, farNS string, offload bool) []*iperfRun {
	name := fmt.Sprintf("offload %v, ", offload)
	runs := []*iperfRun{
		{name: name + "tcp", offload: offload, to: far, protocol: protoTCP},
		{name: name + "tcp ipv6", offload: offload, to: far6, protocol: protoTCP},
		{name: name + "udp", offload: offload, udp: true, to: far, protocol: protoUDP4},
		{name: name + "udp ipv6", offload: offload, udp: true, to: far6, protocol: protoUDP4},
	}
	if offload {
		runs = append(runs,
			&iperfRun{name: name + "big tcp", offload: true, big: true, to: far, protocol: protoTCP},
			&iperfRun{name: name + "big tcp ipv6", offload: true, big: true, to: far6, protocol: protoTCP})
	}
	for i, kind := range tunnels {
		if !offload || !tunnel(t, farNS, i, kind) {
			continue
		}
		runs = append(runs, &iperfRun{
			name: name + kind.args[0], offload: true, protocol: kind.protocol, port: kind.port,
			to: fmt.Sprintf("10.98.%d.2", i),
		})
	}
	return runs
}

type tunnelKind struct {
	args           []string
	protocol, port string
}

// tunnels are what the kernel may segment inside of, with the outer protocol.
var tunnels = []tunnelKind{
	{[]string{"vxlan", "id", "7", "dstport", "4789"}, protoUDP4, "4789"},
	{[]string{"geneve", "id", "7"}, protoUDP4, "6081"},
	{[]string{"gretap"}, "47", "0"},
	{[]string{"ipip"}, "4", "0"},
}

// tunnel makes number i; false means that the kernel has none of the kind.
func tunnel(t *testing.T, farNS string, i int, kind tunnelKind) bool {
	t.Helper()
	dev := fmt.Sprint("fetun", i)
	for _, side := range []struct{ ns, local, remote, address, peer string }{
		{"", near, far, fmt.Sprintf("10.98.%d.1", i), fmt.Sprintf("10.98.%d.2", i)},
		{farNS, far, near, fmt.Sprintf("10.98.%d.2", i), fmt.Sprintf("10.98.%d.1", i)},
	} {
		args := append([]string{"link", "add", dev, "type"}, kind.args...)
		if kind.args[0] != "geneve" {
			args = append(args, "local", side.local)
		}
		args = append(args, "remote", side.remote)
		if side.ns != "" {
			args = append([]string{"-n", side.ns}, args...)
		}
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Logf("no %s: %s", kind.args[0], out)
			return false
		}
		command(t, side.ns, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/"+dev+"/disable_ipv6")
		if kind.args[0] != "ipip" {
			last := side.address[len(side.address)-1:]
			command(t, side.ns, "ip", "link", "set", dev, "address", fmt.Sprintf("02:00:00:00:%02x:0%s", i, last))
			command(t, side.ns, "ip", "neigh", "replace", side.peer, "lladdr",
				fmt.Sprintf("02:00:00:00:%02x:0%s", i, side.peer[len(side.peer)-1:]), "dev", dev, "nud", "permanent")
		}
		command(t, side.ns, "ip", "addr", "add", side.address+"/24", "dev", dev)
		command(t, side.ns, "ip", "link", "set", dev, "mtu", "1400", "up") // or TCP sends what the tunnel drops, until it learns
	}
	return true
}

// bigTCP lets both ends send super-packets of up to 185,000 bytes; false means that
// the kernel or the ip command cannot.
func bigTCP(t *testing.T, farNS string) bool {
	t.Helper()
	for ns, dev := range map[string]string{"": nearDev, farNS: farDev} {
		for _, limit := range []string{"gso_max_size", "gro_max_size", "gso_ipv4_max_size", "gro_ipv4_max_size"} {
			args := []string{"link", "set", dev, limit, "185000"}
			if ns != "" {
				args = append([]string{"-n", ns}, args...)
			}
			out, err := exec.Command("ip", args...).CombinedOutput()
			if err != nil && !strings.Contains(limit, "ipv4") {
				t.Logf("no big tcp: %s", out)
				return false
			}
		}
	}
	return true
}

// kernelCounts is what this namespace's kernel has sent.
type kernelCounts struct{ segments, again, datagrams, frames, bytes uint64 }

func readKernel(t *testing.T) (c kernelCounts) {
	t.Helper()
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	number := func(s string) uint64 {
		n, _ := strconv.ParseUint(strings.TrimSpace(s), 10, 64) // MaxConn is -1
		return n
	}
	var names []string
	for line := range strings.Lines(read("/proc/net/snmp")) {
		f := strings.Fields(line)
		if names == nil || names[0] != f[0] {
			names = f
			continue
		}
		for i, name := range names {
			switch f[0] + name {
			case "Tcp:OutSegs":
				c.segments = number(f[i])
			case "Tcp:RetransSegs":
				c.again = number(f[i])
			case "Udp:OutDatagrams":
				c.datagrams += number(f[i])
			}
		}
	}
	for line := range strings.Lines(read("/proc/net/snmp6")) {
		if f := strings.Fields(line); f[0] == "Udp6OutDatagrams" {
			c.datagrams += number(f[1])
		}
	}
	c.frames = number(read("/sys/class/net/" + nearDev + "/statistics/tx_packets"))
	c.bytes = number(read("/sys/class/net/" + nearDev + "/statistics/tx_bytes"))
	return c
}

func (c kernelCounts) since(o kernelCounts) kernelCounts {
	return kernelCounts{c.segments - o.segments, c.again - o.again, c.datagrams - o.datagrams, c.frames - o.frames, c.bytes - o.bytes}
}

// run transfers to a server of its own. It notes what the kernel sent meanwhile;
// nothing else of this namespace sends then.
func (r *iperfRun) run(t *testing.T, farNS, port string) {
	t.Helper()
	server := exec.Command("ip", "netns", "exec", farNS, "iperf3", "-s", "-1", "-p", port, "--forceflush")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
	}
	before := readKernel(t)
	args := []string{"-c", r.to, "-p", port, "-n", strconv.Itoa(transfer)}
	if r.udp {
		args = append(args, "-u", "-b", "1G", "-l", "1400")
	}
	command(t, "", append([]string{"iperf3"}, args...)...)
	for lines.Scan() { // to its end: all of the connection is over
	}
	_ = server.Wait()
	eventually(t, r.name+": the connections are over", func() bool { return !connected(t, port) })
	r.sent = readKernel(t).since(before)
	if r.port == "" {
		r.port = port
	}
}

// connected says whether this namespace's kernel may still send to a port: it does
// after the program has ended.
func connected(t *testing.T, port string) bool {
	t.Helper()
	const timeWait = "06"
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); strings.HasSuffix(f[2], fmt.Sprintf(":%04X", n)) && f[3] != timeWait {
				return true
			}
		}
	}
	return false
}

// check sums the records of what was sent up. TCP counts what it sends again
// apart; datagrams come with a TCP connection that controls the transfer.
func (r *iperfRun) check(t *testing.T, lines []string) {
	t.Helper()
	var packets, bytes uint64
	for _, line := range lines {
		c := strings.Fields(line)
		if c[6] != "OK" {
			t.Errorf("%s: %s", r.name, line)
		}
		ours := c[0] == r.protocol || r.udp && c[0] == protoTCP
		if !ours || c[2] != r.port || c[3] != "egress" {
			continue
		}
		p, _ := strconv.ParseUint(c[4], 10, 64)
		b, _ := strconv.ParseUint(c[5], 10, 64)
		packets, bytes = packets+p, bytes+b
	}
	want := r.sent.segments + r.sent.again
	if r.udp {
		want += r.sent.datagrams
	}
	t.Logf("%s: %d packets of %d bytes in %d frames of %d, %d sent again", r.name, packets, bytes, r.sent.frames, r.sent.bytes, r.sent.again)
	if packets != want {
		t.Errorf("%s: %d packets in records, the kernel sent %+v", r.name, packets, r.sent)
	}
	if super := r.sent.frames < want; super != (r.offload && !r.udp) {
		t.Errorf("%s: %d frames, %d packets", r.name, r.sent.frames, want)
	}
	// The device counts frames with their Ethernet headers, super-packets as one.
	// A neighbour discovery or two may be among them, and in IPv6 Linux puts eight
	// bytes into the larger ones, which are not sent.
	const ethernet = 14
	stray := uint64(500)
	if r.big {
		stray += 8 * r.sent.frames
	}
	all := r.sent.bytes - ethernet*r.sent.frames + r.header()*(want-min(want, r.sent.frames))
	if bytes > all || bytes+stray < all {
		t.Errorf("%s: %d bytes in records, want %d", r.name, bytes, all)
	}
}

// header is what each segment has before its payload: IP, TCP with timestamps, and
// what a tunnel adds.
func (r *iperfRun) header() uint64 {
	n := uint64(52)
	if strings.Contains(r.to, ":") {
		n += 20
	}
	switch {
	case r.port == "4789", r.port == "6081": // outer IP and UDP, the tunnel's 8, Ethernet
		n += 20 + 8 + 8 + 14
	case r.protocol == "47": // outer IP, GRE, Ethernet
		n += 20 + 4 + 14
	case r.protocol == "4":
		n += 20
	}
	return n
}
