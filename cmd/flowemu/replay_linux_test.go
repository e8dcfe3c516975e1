package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a terminal and gives what arrived on it when it is closed.
func terminal(t *testing.T) (tty *os.File, seen func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	n, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR, 0)
	}
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // an error is the end of the terminal
		master.Close()
		text <- string(b)
	}()
	return tty, func() string {
		tty.Close()
		return <-text
	}
}

// TestReplayProgress: a bar for a file, and what was read of a pipe, before the summary.
func TestReplayProgress(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", 0, 1, 61, 420)
	for arg, want := range map[string]string{in: "replay 100% |", "-": "(248 B"} {
		tty, seen := terminal(t)
		var out strings.Builder
		status := run([]string{"replay", "--progress", arg}, streams{strings.NewReader(mustRead(t, in)), &out, tty})
		got := seen()
		bar, _, ok := strings.Cut(got, strings.TrimSuffix(replaySummary, "\n"))
		if status != exitOK || !ok || !strings.Contains(bar, want) || !strings.HasSuffix(bar, "\r\x1b[2K") {
			t.Errorf("replay --progress %s: status %d, %q", arg, status, got)
		}
	}
}

// TestReplayParquetOnTerminal: nobody can read that.
func TestReplayParquetOnTerminal(t *testing.T) {
	in := packetFile(t, t.TempDir(), "in.pcap", 0)
	tty, seen := terminal(t)
	var errs strings.Builder
	status := run([]string{"replay", "--file-format", "parquet", in}, streams{nil, tty, &errs})
	if got := seen(); status != exitUsage || got != "" || !strings.Contains(errs.String(), "terminal") {
		t.Errorf("status %d, %q, %q", status, got, errs.String())
	}
}
