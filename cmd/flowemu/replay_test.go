package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/flowemu/flowemu/recordfile/recordfiletest"
)

const replayHeader = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"

// packet is a TCP segment without payload from 192.0.2.1 to 198.51.100.7, port 443.
func packet(port uint16) []byte {
	p := []byte{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7}
	p = binary.BigEndian.AppendUint16(p, port)
	p = append(p, 1, 187, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0)
	return p
}

// packetFile writes a pcap file of raw IP packets, one at each second since
// 2026-01-01T12:00:00Z, from port 1000 plus that second.
func packetFile(t *testing.T, dir, name string, seconds ...int) string {
	t.Helper()
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0) // 101 is raw IP
	for _, s := range seconds {
		p := packet(uint16(1000 + s))
		b = le.AppendUint32(le.AppendUint32(b, uint32(1767268800+s)), 0)
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(p))), uint32(len(p)))
		b = append(b, p...)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// replayLine is the record of the packet at a second.
func replayLine(second int) string {
	start := 1767268800 + second/60*60
	return fmt.Sprintf("2 000000000000 eni-00000000000000000 192.0.2.1 198.51.100.7 %d 443 6 1 40 %d %d ACCEPT OK", 1000+second, start, start+60)
}

// replayed runs flowemu replay and gives what it printed.
func replayed(t *testing.T, status int, stdin string, args ...string) (out, errs string) {
	t.Helper()
	var o, e strings.Builder
	if got := run(append([]string{"replay"}, args...), streams{strings.NewReader(stdin), &o, &e}); got != status {
		t.Fatalf("replay %q: status %d, want %d: %s", args, got, status, e.String())
	}
	return o.String(), e.String()
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tree gives the files below dir by their paths in it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[strings.TrimPrefix(path, dir+"/")] = mustRead(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// treeLines gives the lines of all files below dir, in the order of their names.
func treeLines(t *testing.T, dir string) (lines []string) {
	t.Helper()
	files := tree(t, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header, rest := recordfiletest.Lines(t, []byte(files[name]))
		if header != replayHeader {
			t.Errorf("%s begins with %q", name, header)
		}
		lines = append(lines, rest...)
	}
	return lines
}

const replaySummary = "frames=4 recorded=4 excluded=0 undecodable=0 lost=0 records=4\n"

// TestReplayOutputs: wherever records go and packets come from, they are the same, on every run.
func TestReplayOutputs(t *testing.T) {
	dir := t.TempDir()
	in := packetFile(t, dir, "in.pcap", 0, 1, 61, 420) // three windows, two slots
	want := []string{replayLine(0), replayLine(1), replayLine(61), replayLine(420)}
	text := strings.Join(append([]string{replayHeader}, want...), "\n") + "\n"
	check := func(name, got, errs string) {
		t.Helper()
		if header, lines := recordfiletest.Lines(t, []byte(got)); header != replayHeader || !slices.Equal(lines, want) || errs != replaySummary {
			t.Errorf("%s: %q %q", name, got, errs)
		}
	}
	for range 2 {
		out, errs := replayed(t, exitOK, "", in)
		if check("standard output", out, errs); out != text {
			t.Errorf("%q", out)
		}
		out, errs = replayed(t, exitOK, mustRead(t, in), "--output", "-", "-")
		check("standard input", out, errs)
		for _, name := range []string{"records.txt", "records.gz"} {
			path := filepath.Join(dir, name)
			out, errs = replayed(t, exitOK, "", "--output", path, in)
			got := mustRead(t, path)
			check(name, got, errs)
			if out != "" || (got == text) != (name == "records.txt") {
				t.Errorf("%s: %q", name, out)
			}
		}
	}
	keys := filepath.Join(dir, "keys")
	_, _ = replayed(t, exitOK, "", "--output", keys+"/", in) // made, as its name ends in a slash
	once := tree(t, keys)
	_, _ = replayed(t, exitOK, "", "--output", keys, in)
	if got := treeLines(t, keys); !slices.Equal(got, want) || !maps.Equal(tree(t, keys), once) {
		t.Errorf("%q in %q", got, slices.Sorted(maps.Keys(once)))
	}
	for name := range once {
		if ok, _ := filepath.Match("AWSLogs/000000000000/vpcflowlogs/us-east-1/2026/01/01/000000000000_vpcflowlogs_us-east-1_fl-00000000000000000_20260101T120[05]Z_????????.log.gz", name); !ok {
			t.Errorf("key %s", name)
		}
	}
	if len(once) != 2 {
		t.Errorf("%d files for two slots", len(once))
	}
}

// TestReplayParquet: the rows are those of the text, in a file, a directory, and
// standard output that is no terminal.
func TestReplayParquet(t *testing.T) {
	dir := t.TempDir()
	in := packetFile(t, dir, "in.pcap", 0, 1, 61, 420)
	format := []string{"--format", "${srcaddr} ${srcport} ${start} ${traffic-path} ${flow-direction} ${vpc-id}", in}
	want := []string{"192.0.2.1 1000 1767268800 null - -", "192.0.2.1 1001 1767268800 null - -", "192.0.2.1 1061 1767268860 null - -", "192.0.2.1 1420 1767269220 null - -"}
	out, _ := replayed(t, exitOK, "", append([]string{"--file-format", "parquet"}, format...)...)
	file, keys := filepath.Join(dir, "f.parquet"), filepath.Join(dir, "keys")
	for _, output := range []string{file, keys + "/"} {
		_, errs := replayed(t, exitOK, "", append([]string{"--file-format", "parquet", "--output", output}, format...)...)
		if errs != replaySummary {
			t.Errorf("%q", errs)
		}
	}
	var rows []string
	files := tree(t, keys)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".log.parquet") {
			t.Errorf("key %s", name)
		}
		rows = append(rows, recordfiletest.Rows(t, []byte(files[name]))...)
	}
	text, _ := replayed(t, exitOK, "", format...)
	_, lines := recordfiletest.Lines(t, []byte(text))
	for i := range lines {
		lines[i] = strings.Replace(lines[i], " - - -", " null - -", 1)
	}
	for name, got := range map[string][]string{"standard output": recordfiletest.Rows(t, []byte(out)), "file": recordfiletest.Rows(t, []byte(mustRead(t, file))), "directory": rows, "text": lines} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestReplaySeveral: files after each other, with one summary; replays of other
// files add to a directory.
func TestReplaySeveral(t *testing.T) {
	dir := t.TempDir()
	a, b := packetFile(t, dir, "a.pcap", 0, 1), packetFile(t, dir, "b.pcap", 1, 61)
	out, errs := replayed(t, exitOK, mustRead(t, b), a, "-")
	want := []string{replayLine(0), replayLine(1), replayLine(1), replayLine(61)}
	if _, lines := recordfiletest.Lines(t, []byte(out)); !slices.Equal(lines, want) || errs != replaySummary {
		t.Errorf("%q %q", lines, errs)
	}
	keys := filepath.Join(dir, "keys")
	for _, in := range []string{a, b} {
		_, _ = replayed(t, exitOK, "", "--output", keys+"/", in)
	}
	if got := treeLines(t, keys); len(got) != 4 || len(tree(t, keys)) != 2 {
		t.Errorf("%q", got)
	}
}

// TestReplayCutFile: what came before the cut is counted, the error is told, and
// what was written is complete.
func TestReplayCutFile(t *testing.T) {
	dir := t.TempDir()
	whole := mustRead(t, packetFile(t, dir, "in.pcap", 0, 1, 61, 420))
	cut := filepath.Join(dir, "cut.pcap")
	if err := os.WriteFile(cut, []byte(whole[:len(whole)-7]), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{replayLine(0), replayLine(1), replayLine(61)}
	for _, output := range []string{"-", filepath.Join(dir, "f.txt"), filepath.Join(dir, "f.gz"), filepath.Join(dir, "f.parquet")} {
		fileFormat := map[bool]string{true: "parquet", false: "plain-text"}[strings.HasSuffix(output, "parquet")]
		out, errs := replayed(t, exitFailed, "", "--output", output, "--file-format", fileFormat, cut)
		if output != "-" {
			out = mustRead(t, output)
		}
		var got []string
		if fileFormat == "parquet" {
			got = recordfiletest.Rows(t, []byte(out))
		} else {
			_, got = recordfiletest.Lines(t, []byte(out))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", output, got)
		}
		summary, message, _ := strings.Cut(errs, "\n")
		if summary != "frames=3 recorded=3 excluded=0 undecodable=0 lost=0 records=3" || !strings.HasPrefix(message, "flowemu: replay "+cut+": ") || !strings.Contains(message, "cut short") || strings.Count(message, "\n") != 1 {
			t.Errorf("%s: %q", output, errs)
		}
	}
}

func TestReplaySummary(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", 0, 1)
	text := mustRead(t, in)
	text = text[:24+16+40+16] + "\x60" + text[24+16+40+16+1:] // the second packet is no IPv6 packet
	_, errs := replayed(t, exitOK, text, "--summary", "json", "-")
	var got struct {
		Frames, Recorded, Excluded, Undecodable, Lost, Records int
		Reasons                                                map[string]int
	}
	if err := json.Unmarshal([]byte(errs), &got); err != nil || strings.Count(errs, "\n") != 1 {
		t.Fatalf("%q: %v", errs, err)
	}
	if got.Frames != 2 || got.Recorded != 1 || got.Undecodable != 1 || got.Records != 1 || len(got.Reasons) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestReplaySides: --eni says whose side is the interface's.
func TestReplaySides(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", 0)
	for eni, want := range map[string]string{
		"192.0.2.1":                "eni-1 192.0.2.1 198.51.100.7 192.0.2.1 egress",
		"10.0.0.1,192.0.2.1":       "eni-1 10.0.0.1 198.51.100.7 192.0.2.1 egress",
		"198.51.100.7,2001:db8::1": "eni-1 192.0.2.1 198.51.100.7 192.0.2.1 ingress",
		"":                         "eni-1 192.0.2.1 198.51.100.7 192.0.2.1 -",
	} {
		args := []string{"--eni-id", "eni-1", "--gso", "estimate", "--format", "${interface-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${flow-direction}", in}
		if eni != "" {
			args = append(args, "--eni", eni)
		}
		out, _ := replayed(t, exitOK, "", args...)
		if _, lines := recordfiletest.Lines(t, []byte(out)); !slices.Equal(lines, []string{want}) {
			t.Errorf("--eni %s: %q", eni, lines)
		}
	}
}

// TestReplayProgressElsewhere: no bar where no terminal is.
func TestReplayProgressElsewhere(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", 0, 1, 61, 420)
	if _, errs := replayed(t, exitOK, "", "--progress", in); errs != replaySummary {
		t.Errorf("%q", errs)
	}
}

func TestReplayUsage(t *testing.T) {
	dir := t.TempDir()
	in := packetFile(t, dir, "in.pcap", 0)
	for _, tt := range []struct {
		args string
		says string
	}{
		{"", "<file>"},
		{"--window 999ms IN", "--window 999ms: a capture window is 1s to 60s long"},
		{"--window 61s IN", "--window 1m1s: a capture window is 1s to 60s long"},
		{"--window soon IN", "--window"},
		{"--eni 10.0.0 IN", "--eni"},
		{"--eni-id eni\t1 IN", "--eni-id"},
		{"--eni-id= IN", "--eni-id"},
		{"--output= IN", "--output"},
		{"--format ${nonsense} IN", "Unknown fields provided: [nonsense]"},
		{"--format srcaddr IN", "invalid format"},
		{"--file-format csv IN", "--file-format"},
		{"--file-format parquet --output DIR/x.gz IN", "DIR/x.gz: a Parquet file is compressed inside"},
		{"--gso maybe IN", "--gso"},
		{"--summary xml IN", "--summary"},
		{"--nonsense IN", "unknown flag --nonsense"},
	} {
		var args []string
		for arg := range strings.SplitSeq(tt.args, " ") {
			if arg != "" {
				args = append(args, strings.NewReplacer("IN", in, "DIR", dir).Replace(arg))
			}
		}
		out, errs := replayed(t, exitUsage, "", args...)
		if !strings.Contains(errs, strings.ReplaceAll(tt.says, "DIR", dir)) || strings.Contains(out, "192.0.2.1") {
			t.Errorf("replay %s: %q", tt.args, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x.gz")); err == nil {
		t.Error("a wrong use made a file")
	}
}

// TestReplayFullDisk: it is told, once, and no part of a file has a name.
func TestReplayFullDisk(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", slices.Collect(func(yield func(int) bool) {
		for i := range 50_000 {
			if !yield(i / 1000) {
				return
			}
		}
	})...)
	check := func(status int, errs string) {
		t.Helper()
		if status != exitFailed || strings.Count(errs, "no space left on device") != 1 {
			t.Errorf("status %d: %q", status, errs)
		}
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		_, errs := replayed(t, exitFailed, "", "--output", "/dev/full", in)
		check(exitFailed, errs)
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer full.Close()
		var e strings.Builder
		check(run([]string{"replay", in}, streams{nil, full, &e}), e.String())
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("tmpfs cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	many := packetFile(t, t.TempDir(), "many.pcap", slices.Collect(func(yield func(int) bool) {
		for i := range 5000 {
			if !yield(i * 7) {
				return
			}
		}
	})...)
	for _, fileFormat := range []string{"plain-text", "parquet"} {
		for _, output := range []string{dir, filepath.Join(dir, "file")} {
			_, errs := replayed(t, exitFailed, "", "--window", "1s", "--file-format", fileFormat, "--output", output, many)
			check(exitFailed, errs)
			for name := range tree(t, dir) {
				if strings.HasSuffix(name, ".tmp") || name == "file" {
					t.Errorf("%s is left", name)
				}
				_ = os.Remove(filepath.Join(dir, name))
			}
		}
	}
}

// TestReplayKeepsFile: a name that is wrong, or a file that is no capture, does
// not empty what an earlier replay wrote.
func TestReplayKeepsFile(t *testing.T) {
	dir := t.TempDir()
	in, out := packetFile(t, dir, "in.pcap", 0, 1), filepath.Join(dir, "out.txt")
	var errs strings.Builder
	if status := run([]string{"replay", "-o", out, in}, streams{nil, nil, &errs}); status != exitOK {
		t.Fatal(errs.String())
	}
	want := mustRead(t, out)
	for _, bad := range []string{filepath.Join(dir, "typo.pcap"), out} {
		if status := run([]string{"replay", "-o", out, bad}, streams{nil, nil, &errs}); status != exitFailed || mustRead(t, out) != want {
			t.Errorf("%s: status %d, left %q", bad, status, mustRead(t, out))
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v %v", left, err)
	}
}

// TestReplayStdinAdds: each standard input has files of its own in a directory.
func TestReplayStdinAdds(t *testing.T) {
	dir := t.TempDir()
	text := mustRead(t, packetFile(t, dir, "in.pcap", 0, 1))
	lake := filepath.Join(dir, "lake") + "/"
	for range 2 {
		var errs strings.Builder
		if status := run([]string{"replay", "-o", lake, "-"}, streams{strings.NewReader(text), nil, &errs}); status != exitOK {
			t.Fatal(errs.String())
		}
	}
	files := 0
	if err := filepath.WalkDir(lake, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		return err
	}); err != nil || files != 2 {
		t.Errorf("%d files, %v", files, err)
	}
}
