package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSession is the README's session: a bucket, a flow log, packets, records.
func TestSession(t *testing.T) {
	t.Run("as nobody, injected packets", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Log("not root: the session runs as this user")
		}
		session(t, os.Getuid() == 0)
	})
	t.Run("as root, captured packets", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("live capture needs root")
		}
		live(t)
	})
}

func session(t *testing.T, asNobody bool) {
	p := start(t, asNobody, "--data", dataDir(t), "--window", "60s")
	if !strings.HasPrefix(p.ready, "flowemu ready endpoint=http://127.0.0.1:") {
		t.Errorf("ready line %q", p.ready)
	}
	if asNobody && !strings.Contains(p.ready, "capture=none") {
		t.Errorf("ready line %q", p.ready)
	}
	e := p.eni(t)
	id := *e.NetworkInterfaceId
	p.createS3Log(t, id, nil)
	p.createGroupLog(t, id, nil)
	if out := p.command(t, nil, "inject", "--interface-id", id, "--sample"); out != "frames=22 recorded=22 excluded=0 undecodable=0 lost=0\n" {
		t.Errorf("inject: %q", out)
	}
	p.command(t, nil, "flush")
	got := p.objectLines(t)
	// The sample's own arithmetic: IP total lengths of what package capture's Sample sends.
	want := []string{
		"203.0.113.10 127.0.0.1 80 40001 6 5 1400", "127.0.0.1 203.0.113.10 40001 80 6 5 278",
		"127.0.0.1 198.51.100.53 40002 53 17 1 68", "198.51.100.53 127.0.0.1 53 40002 17 1 84",
		"203.0.113.20 127.0.0.1 0 0 1 4 336", "127.0.0.1 203.0.113.20 0 0 1 4 336",
		"203.0.113.99 127.0.0.1 40003 22 6 1 40", "127.0.0.1 203.0.113.99 22 40003 6 1 40",
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(line string) bool {
			return strings.HasPrefix(line, "2 000000000000 "+id+" "+w+" ") && strings.HasSuffix(line, " ACCEPT OK")
		}) {
			t.Errorf("no record %q", w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d records, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	events := p.eventLines(t)
	slices.Sort(events)
	slices.Sort(got)
	if !slices.Equal(events, got) {
		t.Errorf("log events differ from the object's lines:\n%s", strings.Join(events, "\n"))
	}
	if out := p.command(t, nil, "status"); !strings.Contains(out, "SUCCESS") || strings.Contains(out, "FAILED") {
		t.Errorf("status: %s", out)
	}
	if out := p.command(t, nil, "records"); strings.Count(out, "\n") != len(want) {
		t.Errorf("records: %s", out)
	}
	if status := p.stop(t); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.stderr)
	}
	if !strings.Contains(p.stderr.String(), "\nReady.\n") {
		t.Errorf("no Ready. line:\n%s", p.stderr)
	}
}

// live sends datagrams over loopback and waits for their record.
func live(t *testing.T) {
	p := start(t, false, "--data", "memory", "--window", "1s", "--capture", "lo")
	id := *p.eni(t).NetworkInterfaceId
	p.createS3Log(t, id, nil)
	want := datagrams(t, 3) // counted once though loopback shows them twice
	p.command(t, nil, "flush")
	eventually(t, "a record of the datagrams", func() bool {
		return slices.ContainsFunc(p.objectLines(t), func(line string) bool { return strings.Contains(line, want) })
	})
	if status := p.stop(t); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.stderr)
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"unknown flag", []string{"serve", "--nonsense"}, exitUsage, "unknown flag --nonsense"},
		{"window too long", []string{"serve", "--window", "2m"}, exitUsage, "--window 2m0s: a capture window is 1s to 60s long"},
		{"account", []string{"serve", "--account", "1"}, exitUsage, "--account 1: an AWS account is 12 digits"},
		{"no such interface", []string{"serve", "--listen", "127.0.0.1:0", "--data", dir, "--capture", "nope"}, exitFailed, "no interface nope"},
		{"data directory is a file", []string{"serve", "--data", os.Args[0]}, exitFailed, "open the data directory"},
		{"replay of a missing file", []string{"replay", dir + "/x.pcap"}, exitFailed, "no such file"},
		{"replay with a bad format", []string{"replay", "--format", "${x}", "-"}, exitUsage, "Unknown fields provided: [x]"},
		{"replay with bad IP ranges", []string{"replay", "--ip-ranges", os.DevNull, "-"}, exitFailed, "read IP ranges of /dev/null: it ends too early"},
		{"no IP ranges", []string{"serve", "--ip-ranges", dir + "/x.json"}, exitFailed, "read IP ranges: open"},
		{"nobody to ask", []string{"status", "--endpoint", "http://127.0.0.1:1"}, exitFailed, "is it running there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs strings.Builder
			status := run(tt.args, streams{strings.NewReader(""), &out, &errs})
			if status != tt.status || !strings.Contains(errs.String(), tt.says) {
				t.Errorf("status %d, want %d: %s", status, tt.status, errs.String())
			}
			if last := strings.TrimSpace(errs.String()); strings.Count(last[strings.LastIndex(last, "flowemu: "):], "\n") != 0 {
				t.Errorf("more than a line: %q", last)
			}
		})
	}
}

// TestOneProcessPerDirectory and the port: the second is refused with one line.
func TestSecondProcess(t *testing.T) {
	dir := dataDir(t)
	p := start(t, false, "--data", dir, "--capture", "none")
	var out, errs strings.Builder
	if status := run([]string{"serve", "--listen", "127.0.0.1:0", "--data", dir}, streams{nil, &out, &errs}); status != exitFailed || !strings.Contains(errs.String(), "another flowemu uses it") {
		t.Errorf("same directory: %d %s", status, errs.String())
	}
	errs.Reset()
	listen := strings.TrimPrefix(p.endpoint, "http://")
	if status := run([]string{"serve", "--listen", listen, "--data", "memory"}, streams{nil, &out, &errs}); status != exitFailed || !strings.Contains(errs.String(), "address already in use") {
		t.Errorf("same port: %d %s", status, errs.String())
	}
}
