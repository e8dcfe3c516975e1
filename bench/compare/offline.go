//go:build linux

package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// trace is a file that gentrace makes.
type trace struct {
	name string
	args []string
	// At least this many times less CPU than softflowd and nfpcapd.
	softflowd, nfpcapd float64
	exact              bool // the oracle's bytes are; not where it takes a length of 0 for none
}

func (b *bench) traces() []trace {
	n := func(n int) string { return strconv.Itoa(b.size(n)) }
	return []trace{
		{"64 B, 10k flows", []string{"-n", n(10_000_000), "-flows", "10000", "-sizes", "64"}, 5, 5, true},
		{"64 B, 1M flows", []string{"-n", n(10_000_000), "-flows", n(1_000_000), "-sizes", "64"}, 12, 10, true},
		{"IMIX, 10k flows", []string{"-n", n(5_000_000), "-flows", "10000", "-sizes", "imix"}, 5, 5, true},
		{"real mix", []string{"-in", filepath.Join(shared, "pcaps"), "-replicas", n(4000)}, 5, 4, false},
	}
}

// oracle is what gentrace says of a trace.
type oracle struct {
	Packets   uint64 `json:"packets"`
	IPPackets uint64 `json:"ip_packets"`
	IPBytes   uint64 `json:"ip_bytes"`
}

// peer is a program to compare with; %t is the trace, %o an empty directory.
type peer struct {
	name string
	args []string
}

var offlinePeers = []peer{
	{"softflowd", strings.Fields("-r %t -d -6 -m 2000000 -c none")},
	{"nfpcapd", strings.Fields("-r %t -w %o -e 60,60 -t 60")},
	{"argus", strings.Fields("-r %t -w %o/argus")},
}

// offline is B1 to B3.
func (b *bench) offline(ctx context.Context) error {
	fmt.Printf("\n## B1, B2: CPU of a replay; times less than the peer (target)\n\n")
	fmt.Printf("| trace | flowemu ns/packet | softflowd ns | nfpcapd ns | argus ns | / softflowd | / nfpcapd | / argus |\n|---|---|---|---|---|---|---|---|\n")
	var sums []string
	for _, t := range b.traces() {
		row, err := b.trace(ctx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		sums = append(sums, row)
	}
	fmt.Printf("\n## B3: sums of the records and memory; target: exact, at most 192 MiB\n\n")
	fmt.Printf("| trace | packets | oracle | bytes | oracle | peak RSS, MiB |\n|---|---|---|---|---|---|\n%s", strings.Join(sums, ""))
	return nil
}

// trace prints one row of B1 and B2, and gives the one of B3.
func (b *bench) trace(ctx context.Context, t trace) (string, error) {
	file := b.path("trace.pcap")
	defer os.Remove(file)
	if err := quiet(ctx, b.path("gentrace"), append(t.args, "-o", file)...); err != nil {
		return "", err
	}
	var o oracle
	text, err := os.ReadFile(file + ".json")
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		return "", fmt.Errorf("oracle: %w", err)
	}
	own := peer{b.flowemu(), strings.Fields("replay --output %o %t")}
	var mine []time.Duration
	theirs, ratios := map[string][]time.Duration{}, map[string][]float64{}
	var rss int64
	var packets, bytes uint64
	for range b.pairs {
		u, err := b.once(ctx, own, file)
		if err != nil {
			return "", err
		}
		mine, rss = append(mine, u.cpu), max(rss, u.rss)
		if packets, bytes, err = sumRecords(b.path("out")); err != nil {
			return "", err
		}
		for _, p := range offlinePeers {
			v, err := b.once(ctx, p, file)
			if err != nil {
				return "", err
			}
			theirs[p.name] = append(theirs[p.name], v.cpu)
			ratios[p.name] = append(ratios[p.name], float64(v.cpu)/float64(u.cpu))
		}
	}
	fmt.Printf("| %s | %.0f |", t.name, perPacket(median(mine), o.Packets))
	for _, p := range offlinePeers {
		fmt.Printf(" %.0f |", perPacket(median(theirs[p.name]), o.Packets))
	}
	fmt.Printf(" %.1f (%g) | %.1f (%g) | %.1f |\n", median(ratios["softflowd"]), t.softflowd, median(ratios["nfpcapd"]), t.nfpcapd, median(ratios["argus"]))
	note := "exact"
	switch {
	case packets != o.IPPackets || t.exact && bytes != o.IPBytes:
		note = "**differs**"
	case !t.exact:
		note = "(which takes super-packets for empty ones)"
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d %s | %d |\n", t.name, packets, o.IPPackets, bytes, o.IPBytes, note, rss), nil
}

// once runs p with an empty directory.
func (b *bench) once(ctx context.Context, p peer, file string) (usage, error) {
	out := b.path("out")
	if err := os.RemoveAll(out); err != nil {
		return usage{}, err
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return usage{}, err
	}
	args := make([]string, len(p.args))
	for i, a := range p.args {
		args[i] = strings.NewReplacer("%t", file, "%o", out).Replace(a)
	}
	return measure(ctx, p.name, args...)
}

// sumRecords adds up the records of all files below dir.
func sumRecords(dir string) (packets, bytes uint64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		lines := bufio.NewScanner(z)
		for lines.Scan() {
			p, n := counters(lines.Text())
			packets, bytes = packets+p, bytes+n
		}
		return lines.Err()
	})
	return packets, bytes, err
}

// counters reads a line of the default format; others count nothing.
func counters(line string) (packets, bytes uint64) {
	f := strings.Fields(line)
	if len(f) != 14 || f[13] != "OK" {
		return 0, 0
	}
	packets, _ = strconv.ParseUint(f[8], 10, 64) // the header line is none
	bytes, _ = strconv.ParseUint(f[9], 10, 64)
	return packets, bytes
}
