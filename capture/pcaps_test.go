package capture

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/flowemu/flowemu/flow"
)

const sharedPcaps = "../../shared/pcaps"

// No capture needs an exception, although some are broken on purpose.
func TestReplayCountsLikeTshark(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(sharedPcaps, "*.pcap*"))
	if err != nil || len(names) == 0 {
		t.Skipf("no captures in %s", sharedPcaps)
	}
	for _, path := range names {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			got, stats, err := replayFile(t, path)
			if err != nil {
				t.Error(err)
			}
			if sum := stats.Recorded + stats.Excluded + stats.Undecodable + stats.Lost; sum != stats.Frames {
				t.Errorf("counts do not add up: %+v", stats)
			}
			if want := tsharkCounts(t, name); !maps.Equal(got, want) {
				t.Errorf("per protocol {packets, bytes}:\n got %v\nwant %v\n%+v", got, want, stats)
			}
		})
	}
}

type sums map[uint8][2]uint64

func (s sums) add(w flow.Window) {
	for i := range w.Flows {
		f := &w.Flows[i]
		n := s[f.Protocol]
		s[f.Protocol] = [2]uint64{n[0] + f.Packets, n[1] + f.Bytes}
	}
}

func replayFile(t *testing.T, path string) (sums, Stats, error) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := sums{}
	stats, err := Replay(t.Context(), bytes.NewReader(data), ReplayOptions{
		Emit: func(w flow.Window) error { got.add(w); return nil },
	})
	return got, stats, err
}

// tsharkCounts reads what scripts/tshark-counts.sh wrote.
func tsharkCounts(t *testing.T, name string) sums {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "tshark", name+".csv"))
	if err != nil {
		t.Fatalf("%v (run scripts/tshark-counts.sh)", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := sums{}
	for _, r := range rows {
		var n [3]uint64
		for i := range n {
			if n[i], err = strconv.ParseUint(r[i], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		want[uint8(n[0])] = [2]uint64{n[1], n[2]}
	}
	return want
}
