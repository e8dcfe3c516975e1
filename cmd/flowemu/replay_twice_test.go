package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplayTwice: a packet file means the same records and the same summary every
// time, byte for byte.
func TestReplayTwice(t *testing.T) {
	shared, _ := filepath.Glob("../../../shared/pcaps/*.pcap")
	replay := func() (string, string) {
		cmd := exec.Command(os.Args[0], append([]string{"replay", "--window", "10s", manyFlows(t)}, shared...)...)
		cmd.Env = append(os.Environ(), programEnv+"=1")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v %s", err, errs.String())
		}
		return out.String(), errs.String()
	}
	records, summary := replay()
	again, summaryAgain := replay()
	if records != again || summary != summaryAgain || summary == "" {
		t.Errorf("%s%s\nthen\n%s%s", records, summary, again, summaryAgain)
	}
	if n := strings.Count(records, " 10.0.0.1 10.0.0.2 "); n < 900 {
		t.Errorf("%d records of 900", n)
	}
}

// manyFlows makes a file of 300 flows in each of three windows: raw IP, packets of
// 28 bytes.
func manyFlows(t *testing.T) string {
	t.Helper()
	le, be := binary.LittleEndian, binary.BigEndian
	file := le.AppendUint32(nil, 0xa1b2c3d4)
	file = append(file, 2, 0, 4, 0)
	for _, v := range []uint32{0, 0, 1 << 16, 101} {
		file = le.AppendUint32(file, v)
	}
	for i := range uint32(900) {
		for _, v := range []uint32{1_700_000_000 + i/300*10, 0, 28, 28} {
			file = le.AppendUint32(file, v)
		}
		file = append(file, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2)
		file = be.AppendUint16(file, uint16(i*7919%300))
		file = append(file, 0, 53, 0, 8, 0, 0)
	}
	path := filepath.Join(t.TempDir(), "flows.pcap")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
