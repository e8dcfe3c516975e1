//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// space is a network namespace with one end of a veth pair.
type space struct{ name, dev string }

func (s space) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", s.name, name}, args...)...)
}

// pair makes two namespaces with a veth pair between, and end removes them.
func pair(ctx context.Context) (a, b space, end func(), err error) {
	a = space{fmt.Sprintf("fec-a-%d", os.Getpid()), "feca"}
	b = space{fmt.Sprintf("fec-b-%d", os.Getpid()), "fecb"}
	end = func() {
		for _, s := range []space{a, b} {
			_ = exec.Command("ip", "netns", "del", s.name).Run() // there may be none
		}
	}
	steps := [][]string{
		{"netns", "add", a.name},
		{"netns", "add", b.name},
		{"-n", a.name, "link", "add", a.dev, "type", "veth", "peer", "name", b.dev, "netns", b.name},
	}
	for i, s := range []space{a, b} {
		steps = append(
			steps,
			[]string{"netns", "exec", s.name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"},
			[]string{"-n", s.name, "link", "set", "lo", "up"},
			[]string{"-n", s.name, "addr", "add", fmt.Sprintf("192.0.2.%d/24", i+1), "dev", s.dev},
			[]string{"-n", s.name, "link", "set", s.dev, "up"},
		)
	}
	for _, args := range steps {
		if err := quiet(ctx, "ip", args...); err != nil {
			end()
			return a, b, nil, err
		}
	}
	return a, b, end, nil
}

// sink drops what arrives at s behind the captures, which see it, so that the
// machine's time goes into these and not into its IP stack.
func (s space) sink(ctx context.Context) error {
	rules := fmt.Sprintf("add table netdev sink; add chain netdev sink input { type filter hook ingress device %s priority 0; policy drop; }", s.dev)
	if out, err := s.command(ctx, "nft", rules).CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, out)
	}
	return nil
}

// generate sends from a to b at a rate, and gives how many.
func generate(ctx context.Context, a, b space, flows, rate, seconds int) (sent uint64, perSecond float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	mac, err := b.command(ctx, "cat", "/sys/class/net/"+b.dev+"/address").Output()
	if err != nil {
		return 0, 0, fmt.Errorf("hardware address of %s: %w", b.dev, err)
	}
	out, err := a.command(ctx, self, "send", "-i", a.dev, "-to", strings.TrimSpace(string(mac)), "-flows", strconv.Itoa(flows),
		"-rate", strconv.Itoa(rate), "-seconds", strconv.Itoa(seconds)).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("send: %w", err)
	}
	var took float64
	if _, err = fmt.Sscan(string(out), &sent, &took); err != nil {
		return 0, 0, fmt.Errorf("send: %q: %w", out, err)
	}
	return sent, float64(sent) / took * 1e3, nil
}

// server is a flowemu that captures in a namespace.
type server struct {
	space    space
	cmd      *exec.Cmd
	endpoint string
}

var readyLine = regexp.MustCompile(`^flowemu ready endpoint=(\S+)`)

// serve starts flowemu in s. ip netns exec becomes it, so the process is its own.
func (b *bench) serve(ctx context.Context, s space, args ...string) (*server, error) {
	cmd := s.command(ctx, b.flowemu(), append([]string{"serve", "--listen", "127.0.0.1:0", "--data", "memory", "--capture", s.dev}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	v := &server{space: s, cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	m := readyLine.FindStringSubmatch(line)
	if err != nil || m == nil {
		v.stop()
		return nil, fmt.Errorf("flowemu did not start: %q %w", line, err)
	}
	v.endpoint = m[1]
	return v, nil
}

func (v *server) stop() {
	_ = v.cmd.Process.Signal(os.Interrupt) // it may have ended
	_ = v.cmd.Wait()
}

// get fetches a control path, from within the namespace.
func (v *server) get(ctx context.Context, method, path string) ([]byte, error) {
	out, err := v.space.command(ctx, "curl", "-sS", "-X", method, v.endpoint+"/_flowemu/"+path).Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return out, nil
}

// counts are those of the one interface.
type counts struct{ Frames, Recorded, Excluded, Undecodable, Lost uint64 }

func (v *server) counts(ctx context.Context) (c counts, err error) {
	text, err := v.get(ctx, http.MethodGet, "interfaces")
	if err != nil {
		return c, err
	}
	var all struct{ Interfaces []counts }
	if err := json.Unmarshal(text, &all); err != nil || len(all.Interfaces) != 1 {
		return c, fmt.Errorf("interfaces: %s: %w", text, err)
	}
	return all.Interfaces[0], nil
}

// taken is what a capture of a load was like.
type taken struct {
	cpu  float64 // ns per packet
	lost float64 // part of the packets
	rate float64
}

// live is B4.
func (b *bench) live(ctx context.Context) error {
	fmt.Printf("\n## B4: live capture of 60-byte packets, 800,000 a second asked for; target: no drop, CPU at most 1/2 (10k flows) and 1/4 (1M) of nfpcapd's\n\n")
	fmt.Printf("| flows | packets/s | flowemu ns/packet | lost | nfpcapd ns/packet | lost | flowemu / nfpcapd |\n|---|---|---|---|---|---|---|\n")
	near, far, end, err := pair(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := far.sink(ctx); err != nil {
		return err
	}
	for _, flows := range []int{10_000, 1_000_000} {
		var mine, theirs []float64
		var ratios, rates []float64
		var lost, theirLost []float64
		for range b.pairs {
			m, err := b.capture(ctx, near, far, flows)
			if err != nil {
				return err
			}
			t, err := b.nfpcapd(ctx, near, far, flows)
			if err != nil {
				return err
			}
			mine, theirs, ratios = append(mine, m.cpu), append(theirs, t.cpu), append(ratios, m.cpu/t.cpu)
			lost, theirLost, rates = append(lost, m.lost), append(theirLost, t.lost), append(rates, m.rate)
		}
		fmt.Printf("| %d | %.0f | %.0f | %.2f %% | %.0f | %.2f %% | %.2f |\n", flows, median(rates), median(mine), 100*median(lost),
			median(theirs), 100*median(theirLost), median(ratios))
	}
	return nil
}

const liveRate = 800_000

// liveSeconds is how long a load lasts: with many flows longer than the 60 seconds
// for which nfpcapd keeps them, since putting them out is a part of the work.
func (b *bench) liveSeconds(flows int) int {
	if flows > 100_000 {
		return b.size(70)
	}
	return b.size(10)
}

// driven is a capture under load.
type driven struct {
	sent   uint64
	rate   float64
	before time.Duration // of its CPU time
}

func (b *bench) drive(ctx context.Context, pid int, near, far space, flows int) (d driven, err error) {
	if d.before, err = cpuOf(pid); err != nil {
		return d, err
	}
	if d.sent, d.rate, err = generate(ctx, near, far, flows, liveRate, b.liveSeconds(flows)); err != nil {
		return d, err
	}
	pause(ctx, time.Second)
	return d, nil
}

// taken counts the CPU time up to the end of the process, when all flows were
// put out, since the one waits with it longer than the other.
func (d *driven) taken(ended *os.ProcessState, packets uint64) taken {
	return taken{cpu: perPacket(used(ended).cpu-d.before, d.sent), lost: 1 - float64(packets)/float64(d.sent), rate: d.rate}
}

func (b *bench) capture(ctx context.Context, near, far space, flows int) (taken, error) {
	v, err := b.serve(ctx, far, "--window", "60s") // nfpcapd's, too
	if err != nil {
		return taken{}, err
	}
	d, err := b.drive(ctx, v.cmd.Process.Pid, near, far, flows)
	var c counts
	if err == nil {
		c, err = v.counts(ctx)
	}
	v.stop()
	if err != nil {
		return taken{}, err
	}
	return d.taken(v.cmd.ProcessState, c.Recorded), nil
}

var nfdumpPackets = regexp.MustCompile(`(?m)^Packets: *(\d+)`)

func (b *bench) nfpcapd(ctx context.Context, near, far space, flows int) (taken, error) {
	out, err := os.MkdirTemp(b.dir, "nfpcapd-*")
	if err != nil {
		return taken{}, err
	}
	defer os.RemoveAll(out)
	cmd := far.command(ctx, "nfpcapd", "-i", far.dev, "-w", out, "-e", "60,60", "-t", "60")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		return taken{}, err
	}
	pause(ctx, time.Second) // it does not say when it is ready
	d, err := b.drive(ctx, cmd.Process.Pid, near, far, flows)
	_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = cmd.Wait()
	if err != nil {
		return taken{}, fmt.Errorf("%w: %s", err, &log)
	}
	text, err := exec.CommandContext(ctx, "nfdump", "-R", out, "-I").CombinedOutput()
	m := nfdumpPackets.FindSubmatch(text)
	if err != nil || m == nil {
		return taken{}, fmt.Errorf("nfdump: %w: %s", err, text)
	}
	got, _ := strconv.ParseUint(string(m[1]), 10, 64) // digits
	return d.taken(cmd.ProcessState, got), nil
}

// held is B5.
func (b *bench) held(ctx context.Context) error {
	near, far, end, err := pair(ctx)
	if err != nil {
		return err
	}
	defer end()
	v, err := b.serve(ctx, far)
	if err != nil {
		return err
	}
	defer v.stop()
	type result struct {
		sent uint64
		err  error
	}
	sending := make(chan result, 1)
	go func() {
		sent, _, err := generate(ctx, near, far, 1000, 500_000, 5)
		sending <- result{sent, err}
	}()
	pause(ctx, time.Second)
	_ = v.cmd.Process.Signal(syscall.SIGSTOP)
	pause(ctx, 3*time.Second)
	_ = v.cmd.Process.Signal(syscall.SIGCONT)
	r := <-sending
	if r.err != nil {
		return r.err
	}
	if _, err := v.get(ctx, http.MethodPost, "flush"); err != nil {
		return err
	}
	c, err := v.counts(ctx)
	if err != nil {
		return err
	}
	text, err := v.get(ctx, http.MethodGet, "records?format=text")
	if err != nil {
		return err
	}
	packets, skipped := sumLines(bytes.NewReader(text))
	fmt.Printf("\n## B5: held up for 3 s at 500,000 packets/s; target: records + counted drops = sent, SKIPDATA\n\n")
	fmt.Printf("| sent | in records | counted drops | records + drops - sent | SKIPDATA records |\n|---|---|---|---|---|\n| %d | %d | %d | %d | %d |\n",
		r.sent, packets, c.Lost, int64(packets+c.Lost)-int64(r.sent), skipped)
	return nil
}

// sumLines adds up the packets of records and counts those that say SKIPDATA.
func sumLines(r io.Reader) (packets uint64, skipped int) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p, _ := counters(lines.Text())
		packets += p
		if strings.HasSuffix(lines.Text(), " SKIPDATA") {
			skipped++
		}
	}
	return packets, skipped
}
