package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flow"
)

const sharedPcaps = "../../shared/pcaps"

func pcapNames(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(sharedPcaps, "*.pcap*"))
	if err != nil || len(names) == 0 {
		t.Skipf("no captures in %s", sharedPcaps)
	}
	return names
}

// counted is what scripts/tshark-counts.sh tells flows by, and counts.
type (
	counted struct {
		start     int64
		direction string
		src, dst  string
		sp, dp    uint16
		protocol  uint8
	}
	counts map[counted]flow.Counters
)

// TestReplayCountsLikeTshark: per window, direction and 5-tuple. There is one
// exception, although some captures are broken on purpose.
func TestReplayCountsLikeTshark(t *testing.T) {
	for _, path := range pcapNames(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			mine, want := tsharkCounts(t, filepath.Base(path))
			if filepath.Base(path) == "zeek-ipv6-mobility-dst-opts.pcap" {
				followLength(want)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := counts{}
			stats, err := Replay(t.Context(), bytes.NewReader(data), ReplayOptions{Window: 10 * time.Second, Addrs: mine, Emit: got.emit(t)})
			if err != nil {
				t.Error(err)
			}
			var packets uint64
			for _, c := range got {
				packets += c.Packets
			}
			if sum := stats.Recorded + stats.Excluded + stats.Undecodable + stats.Lost; sum != stats.Frames || packets != stats.Recorded {
				t.Errorf("%d packets in records; %+v", packets, stats)
			}
			for k, c := range want {
				if got[k] != c {
					t.Errorf("%+v:\n   got %+v\ntshark %+v", k, got[k], c)
				}
			}
			maps.DeleteFunc(got, func(k counted, _ flow.Counters) bool { _, ok := want[k]; return ok })
			if len(got) != 0 {
				t.Errorf("tshark has not %+v", got)
			}
		})
	}
}

// followLength: one packet has an option that is longer than the header it is in.
// There tshark ends; the header's own length leads on to UDP (RFC 8200, section
// 4.6), with the ports of another packet.
func followLength(want counts) {
	one := flow.Counters{Packets: 1, Bytes: 76}
	for k := range want {
		switch {
		case k.sp == 0 && want[k].Packets == 2:
			want[k] = one
		case k.sp == 30000 && want[k] == one:
			want[k] = flow.Counters{Packets: 2, Bytes: 152}
		}
	}
}

// emit counts windows into c. A window has each flow once.
func (c counts) emit(t *testing.T) func(flow.Window) error {
	return func(w flow.Window) error {
		for i := range w.Flows {
			f := &w.Flows[i]
			k := counted{w.Start.Unix(), f.Direction.String(), f.SrcAddr().String(), f.DstAddr().String(), f.SrcPort, f.DstPort, f.Protocol}
			if _, ok := c[k]; ok {
				t.Errorf("%+v: twice", k)
			}
			c[k] = f.Counters
		}
		return nil
	}
}

// tsharkCounts reads what the script wrote: the address whose side it is, and the
// counts. Flags are AWS's rule over the flag bytes that tshark shows.
func tsharkCounts(t *testing.T, name string) ([]netip.Addr, counts) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "tshark", name+".csv"))
	if err != nil {
		t.Fatalf("%v (run scripts/tshark-counts.sh)", err)
	}
	mine, rest, _ := strings.Cut(string(b), "\n")
	want := counts{}
	if mine == "" {
		return nil, want
	}
	number := func(s string) uint64 {
		n, err := strconv.ParseUint(s, 0, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for line := range strings.Lines(rest) {
		c := strings.Split(strings.TrimSpace(line), ",")
		k := counted{
			int64(number(c[0])), c[1], netip.MustParseAddr(c[2]).String(), netip.MustParseAddr(c[3]).String(),
			uint16(number(c[4])), uint16(number(c[5])), uint8(number(c[6])),
		}
		n := flow.Counters{Packets: number(c[7]), Bytes: number(c[8])}
		for _, f := range strings.Fields(c[9]) {
			n.TCPFlags |= flow.HeaderFlags(byte(number(f)))
		}
		want[k] = n
	}
	return []netip.Addr{netip.MustParseAddr(mine)}, want
}

// TestDecodersAgreeOnCaptures holds every packet of the captures against gopacket.
func TestDecodersAgreeOnCaptures(t *testing.T) {
	compared, all := 0, 0
	for _, path := range pcapNames(t) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		packets, err := openPackets(bufio.NewReader(file), nil)
		if err != nil {
			t.Fatal(err)
		}
		var f frame
		for err = packets.next(&f); err == nil; err = packets.next(&f) {
			all++
			if disagree(t, &f) {
				compared++
			}
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", path, err)
		}
		file.Close()
	}
	if compared < all-1 || all < 1400 {
		t.Errorf("%d of %d packets compared", compared, all)
	}
}

// TestTsharkCountsAreComplete: a capture without expectations would pass.
func TestTsharkCountsAreComplete(t *testing.T) {
	var have, want []string
	for _, path := range pcapNames(t) {
		want = append(want, filepath.Base(path)+".csv")
	}
	entries, err := os.ReadDir("testdata/tshark")
	if err != nil {
		t.Fatal(err)
	}
	packets := uint64(0)
	for _, e := range entries {
		have = append(have, e.Name())
		_, c := tsharkCounts(t, strings.TrimSuffix(e.Name(), ".csv"))
		for _, n := range c {
			packets += n.Packets
		}
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("expectations %v\ncaptures %v", have, want)
	}
	if packets < 1300 {
		t.Error(fmt.Sprint("only ", packets, " packets expected"))
	}
}
