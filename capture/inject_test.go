package capture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowemu/flowemu/flow"
)

func TestInject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		r.run()
		pass(4 * time.Second)
		file := timedFile(timed{7 * time.Second, etherTCP(t, 1)}, timed{22 * time.Second, etherTCP(t, 2)}, timed{20 * time.Second, etherTCP(t, 2)})
		tap := Tap{InterfaceID: "eni-x", Addrs: addrs("10.0.0.1")}
		for _, reader := range []io.Reader{bytes.NewReader(file), io.MultiReader(bytes.NewReader(file))} {
			stats, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: reader, ShiftToNow: true})
			if err != nil || stats.Recorded != 3 {
				t.Fatal(stats, err)
			}
			// 7 s and 22 s become -11 s and 4 s
			r.exported([]row{
				{id: "eni-x", start: -20000, end: -10000, flows: 1, packets: 1, offline: true},
				{id: "eni-x", start: 0, end: 10000, flows: 1, packets: 2, offline: true},
			})
		}
		stats, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: bytes.NewReader(file[:len(file)-1])})
		if !errors.Is(err, io.ErrUnexpectedEOF) || stats.Recorded != 2 {
			t.Error(stats, err)
		}
		if calls := r.exports.take(); len(calls) != 1 || len(calls[0]) != 2 || calls[0][0].Start.Unix() != 0 || calls[0][0].Flows[0].Direction != flow.Egress {
			t.Errorf("%+v", calls)
		}
		pass(7 * time.Second) // 11: the window that was injected into is not empty
		r.exported()
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-x", start: 10000, end: 20000, noTap: true}})
		r.open(tap)
		pass(10 * time.Second)
		r.exported([]row{{id: "eni-x", start: 21000, end: 30000}}) // the tap's own
		r.stop()
		if _, err := r.engine.Inject(t.Context(), Injection{Tap: tap, Reader: bytes.NewReader(file)}); err == nil {
			t.Error("inject after the end")
		}
	})
}

func TestInjectErrors(t *testing.T) {
	r := newRig(t, Options{})
	defer r.engine.Close()
	tap := Tap{InterfaceID: "eni-x"}
	for name, in := range map[string]Injection{
		"no id": {Reader: bytes.NewReader(nil)}, "no reader": {Tap: tap},
		"no capture": {Tap: tap, Reader: bytes.NewReader([]byte("hello"))}, "no capture, shifted": {Tap: tap, Reader: bytes.NewReader([]byte("hello")), ShiftToNow: true},
	} {
		if _, err := r.engine.Inject(t.Context(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := timedFile(timed{1, etherTCP(t, 1)})
	if _, err := r.engine.Inject(ctx, Injection{Tap: tap, Reader: bytes.NewReader(file), ShiftToNow: true}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAdvanceByHand(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 3, 0, time.UTC)
	r := newRig(t, Options{Now: func() time.Time { return now }})
	defer r.engine.Close()
	for _, id := range []string{"eni-b", "eni-a"} {
		if _, err := r.engine.Inject(t.Context(), Injection{Tap: Tap{InterfaceID: id}, Reader: bytes.NewReader(timedFile())}); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(30 * time.Second)
	r.engine.Advance(t.Context(), now)
	calls := r.exports.take()
	if len(calls) != 2 {
		t.Fatalf("%d exports", len(calls))
	}
	for i, c := range calls {
		start := time.Date(2026, 1, 1, 0, 0, 10+10*i, 0, time.UTC)
		if len(c) != 2 || c[0].InterfaceID != "eni-a" || c[1].InterfaceID != "eni-b" || !c[0].Start.Equal(start) || !c[1].End.Equal(start.Add(10*time.Second)) {
			t.Errorf("export %d: %+v", i, c)
		}
	}
}
