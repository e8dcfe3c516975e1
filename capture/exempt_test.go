package capture

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// exempts never logs what has the port.
type exempts struct{ port uint16 }

func (e exempts) Evaluate(_ string, _ flow.Direction, t *flow.Tuple) flow.Verdict {
	if t.SrcPort == e.port {
		return flow.Verdict{Exempt: flow.AmazonDNS}
	}
	return flow.Verdict{}
}

func TestNeverLoggedOfATap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Network: exempts{53}})
		a := r.open(Tap{InterfaceID: "eni-a"})
		r.run()
		a.send(false, r.frame(1, false), r.frame(53, false), r.frame(53, false))
		pass(time.Second)
		if err := r.engine.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.exported([]row{{id: "eni-a", start: 0, end: 1001, flows: 1, packets: 1}})
		a.send(false, r.frame(53, false))
		pass(time.Second)
		if err := r.engine.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := r.engine.Interfaces()[0].Stats
		if (s.Counts != flow.Counts{Frames: 4, Recorded: 1, Excluded: 3}) || s.Reasons["dns"] != 3 {
			t.Errorf("%+v", s)
		}
		r.stop()
	})
}

// TestNeverLoggedOfAFile: a window that has nothing else is not one.
func TestNeverLoggedOfAFile(t *testing.T) {
	file := timedFile(timed{0, etherTCP(t, 53)}, timed{time.Second, etherTCP(t, 1)}, timed{time.Minute, etherTCP(t, 53)})
	var k keep
	s, err := Replay(t.Context(), bytes.NewReader(file), ReplayOptions{Network: exempts{53}, Emit: k.emit})
	if err != nil || len(k.windows) != 1 || len(k.windows[0].Flows) != 1 {
		t.Fatalf("%v %+v", err, k.windows)
	}
	if (s.Counts != flow.Counts{Frames: 3, Recorded: 1, Excluded: 2}) || s.Reasons["dns"] != 2 {
		t.Errorf("%+v", s)
	}
}
