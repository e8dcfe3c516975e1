package main

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/flowemu/flowemu/capture"
)

// killFormat tells every record of every injection apart.
const killFormat = "${pkt-srcaddr} ${pkt-dstaddr} ${srcport} ${dstport} ${protocol} ${interface-id}"

// TestKill kills the program during delivery, again and again over one data
// directory. Every record whose injection was answered, which is when it is
// sealed, must be in the bucket and in the log group exactly once.
func TestKill(t *testing.T) {
	const injections = 3 // in each round
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	if os.Getenv("FLOWEMU_SOAK") != "" {
		rounds = 200
	}
	dir := dataDir(t)
	var id string
	for round := range rounds {
		p := start(t, false, "--data", dir, "--capture", "none", "--window", "1s")
		if round == 0 {
			id = *p.eni(t).NetworkInterfaceId
			p.createS3Log(t, id, aws.String(killFormat))
			p.createGroupLog(t, id, aws.String(killFormat))
		}
		// each injection has an address of its own, so that each record is told apart
		for i := range injections {
			addr := netip.AddrFrom4([4]byte{10, byte(round >> 8), byte(round), byte(i + 1)})
			sample, err := capture.Sample(addr)
			if err != nil {
				t.Fatal(err)
			}
			p.post(t, "packets?shift=none&interface-id="+id, sample)
		}
		// somewhere within the delivery, which takes some milliseconds
		timer := time.NewTimer(time.Duration(round%10) * 3 * time.Millisecond)
		<-timer.C
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()
	}
	p := start(t, false, "--data", dir, "--capture", "none")
	p.post(t, "flush", nil)
	const perSample = 8 // records of one injection
	for name, lines := range map[string][]string{"bucket": p.objectLines(t), "log group": p.eventLines(t)} {
		times := map[string]int{}
		for _, line := range lines {
			if times[line]++; times[line] > 1 || !strings.HasSuffix(line, " "+id) {
				t.Errorf("%s: %d times %q", name, times[line], line)
			}
		}
		if want := rounds * injections * perSample; len(times) != want {
			t.Errorf("%s: %d different records, want %d", name, len(times), want)
		}
	}
	if status := p.stop(t); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.stderr)
	}
}

// TestKillWhileCapturing: the window that was open is one SKIPDATA, also when it
// was the first one since the start.
func TestKillWhileCapturing(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("live capture needs root")
	}
	dir := dataDir(t)
	for round := range 2 {
		p := start(t, false, "--data", dir, "--capture", "lo", "--window", "60s")
		if round == 0 {
			p.createS3Log(t, *p.eni(t).NetworkInterfaceId, nil)
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()
	}
	p := start(t, false, "--data", dir, "--capture", "none")
	p.post(t, "flush", nil)
	text := strings.Join(p.objectLines(t), "\n")
	if got := strings.Count(text, "SKIPDATA"); got != 2 {
		t.Errorf("%d SKIPDATA of two crashes:\n%s", got, text)
	}
}
