package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Two hosts with a veth between them.
const (
	near    = "10.99.0.1" // flowemu's host
	far     = "10.99.0.2"
	farPort = "8080"
	nearDev = "fenear"
	farDev  = "fefar"
)

const (
	insideEnv = "FLOWEMU_TEST_INSIDE" // the name of the far namespace: the test runs in the near one
	serverEnv = "FLOWEMU_TEST_SERVER"
)

// TestVeth: an HTTP exchange and four pings over a real veth become exactly the
// records that tshark counts.
func TestVeth(t *testing.T) {
	if far := os.Getenv(insideEnv); far != "" {
		inside(t, far)
		return
	}
	twoHosts(t, "tshark")
}

// twoHosts makes two network namespaces with a veth between them, and runs the
// test again in the near one. It skips without the tools.
func twoHosts(t *testing.T, tools ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	for _, tool := range append([]string{"ip"}, tools...) {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	a, b := fmt.Sprintf("fe-a-%d", os.Getpid()), fmt.Sprintf("fe-b-%d", os.Getpid())
	for _, ns := range []string{a, b} {
		ip(t, "netns", "add", ns)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", ns).Run() })
		ip(t, "-n", ns, "link", "set", "lo", "up")
	}
	ip(t, "-n", a, "link", "add", nearDev, "type", "veth", "peer", "name", farDev, "netns", b)
	ip(t, "-n", a, "addr", "add", near+"/24", "dev", nearDev)
	ip(t, "-n", b, "addr", "add", far+"/24", "dev", farDev)
	ip(t, "-n", a, "link", "set", nearDev, "up")
	ip(t, "-n", b, "link", "set", farDev, "up")
	cmd := exec.Command("ip", "netns", "exec", a, os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), insideEnv+"="+b)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// serveFar answers HTTP in the far namespace, for ever.
func serveFar() {
	err := http.ListenAndServe(net.JoinHostPort(far, farPort), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, strings.Repeat("x", 1000))
	}))
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func inside(t *testing.T, farNS string) {
	server := exec.Command("ip", "netns", "exec", farNS, os.Args[0])
	server.Env = append(os.Environ(), serverEnv+"=1")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	p := start(t, false, "--data", "memory", "--capture", nearDev, "--window", "60s")
	if !strings.Contains(p.ready, "capture="+nearDev) {
		t.Fatalf("ready line %q", p.ready)
	}
	enis, err := p.ec2().DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{})
	if err != nil || len(enis.NetworkInterfaces) != 1 || *enis.NetworkInterfaces[0].PrivateIpAddress != near {
		t.Fatalf("%+v %v", enis, err)
	}
	p.createS3Log(t, *enis.NetworkInterfaces[0].NetworkInterfaceId, aws.String(
		"${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${flow-direction} ${packets} ${bytes} ${tcp-flags} ${start} ${end}"))
	shark := startTshark(t)
	before := time.Now().Unix()
	exchange(t)
	pings(t)
	want := shark.stop(t)
	p.command(t, nil, "flush")
	compare(t, p.objectLines(t), want, before)
}

// exchange fetches a page over a connection of its own.
func exchange(t *testing.T) {
	t.Helper()
	eventually(t, "an HTTP exchange", func() bool {
		resp, err := http.Get("http://" + net.JoinHostPort(far, farPort) + "/")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return err == nil && len(body) == 1000
	})
}

// pings sends four echo requests of 84 bytes and waits for the replies.
func pings(t *testing.T) {
	t.Helper()
	c, err := net.ListenPacket("ip4:icmp", near)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for seq := range uint16(4) {
		msg := make([]byte, 64) // 8 of header, 56 of data, as ping sends
		msg[0] = 8
		binary.BigEndian.PutUint16(msg[4:], 1)
		binary.BigEndian.PutUint16(msg[6:], seq)
		binary.BigEndian.PutUint16(msg[2:], checksum(msg))
		if _, err := c.WriteTo(msg, &net.IPAddr{IP: net.ParseIP(far)}); err != nil {
			t.Fatal(err)
		}
		reply := make([]byte, 100)
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadFrom(reply); err != nil {
			t.Fatalf("ping %d: %v", seq, err)
		}
	}
}

func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return ^uint16(sum>>16 + sum)
}

// sum is what a flow counts.
type sum struct{ packets, bytes, flags uint64 }

// tshark captures beside flowemu.
type tshark struct {
	cmd  *exec.Cmd
	file string
}

func startTshark(t *testing.T) *tshark {
	t.Helper()
	s := &tshark{file: t.TempDir() + "/veth.pcap"}
	s.cmd = exec.Command("tshark", "-q", "-i", nearDev, "-w", s.file)
	var errs bytes.Buffer
	s.cmd.Stderr = &errs
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	eventually(t, "tshark captures", func() bool { info, err := os.Stat(s.file); return err == nil && info.Size() > 0 })
	return s
}

// stop gives what tshark counted, by flow.
func (s *tshark) stop(t *testing.T) map[string]sum {
	t.Helper()
	fields := []string{"-r", s.file, "-Y", "ip", "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "ip.proto", "-e", "ip.len", "-e", "tcp.flags"}
	read := func() string {
		out, _ := exec.Command("tshark", fields...).Output() // a file that is still written ends early
		return string(out)
	}
	eventually(t, "tshark has all pings", func() bool { return strings.Count(read(), "\t1\t84\t") == 8 })
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait()
	out := map[string]sum{}
	for line := range strings.Lines(read()) {
		c := strings.Split(strings.TrimRight(line, "\n"), "\t")
		for _, i := range []int{2, 3} {
			if c[i] == "" {
				c[i] = "0"
			}
		}
		key := strings.Join([]string{c[0], c[1], c[2], c[3], c[4], direction(c[0])}, " ")
		bytes, _ := strconv.ParseUint(c[5], 10, 64)
		flags, _ := strconv.ParseUint(strings.TrimPrefix(c[6], "0x"), 16, 64)
		n := out[key]
		out[key] = sum{n.packets + 1, n.bytes + bytes, n.flags | awsFlags(flags)}
	}
	return out
}

func direction(src string) string {
	if src == near {
		return "egress"
	}
	return "ingress"
}

// awsFlags is AWS's documented rule for one packet: FIN 1, SYN 2, RST 4, SYN-ACK 18.
func awsFlags(f uint64) uint64 {
	if f&0x12 == 0x12 {
		return f&7 | 16
	}
	return f & 7
}

func compare(t *testing.T, lines []string, want map[string]sum, before int64) {
	t.Helper()
	got := map[string]sum{}
	for _, line := range lines {
		c := strings.Fields(line)
		if !strings.HasPrefix(c[0], "10.99.") && !strings.HasPrefix(c[1], "10.99.") {
			continue // the interfaces' own IPv6 chatter
		}
		n := make([]uint64, 5)
		for i := range n {
			n[i], _ = strconv.ParseUint(c[6+i], 10, 64)
		}
		key := strings.Join(c[:6], " ")
		s := got[key]
		got[key] = sum{s.packets + n[0], s.bytes + n[1], s.flags | n[2]}
		if int64(n[4]) < before || n[4]-n[3] > 60 {
			t.Errorf("window of %s", line)
		}
	}
	for key, w := range want {
		if got[key] != w {
			t.Errorf("%s: %+v, tshark has %+v", key, got[key], w)
		}
	}
	if len(got) != len(want) || len(want) < 4 {
		t.Errorf("%d flows, tshark has %d: %v", len(got), len(want), got)
	}
	if ping := got[near+" "+far+" 0 0 1 egress"]; ping != (sum{4, 336, 0}) {
		t.Errorf("pings: %+v", ping)
	}
}
