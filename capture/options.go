// Package capture counts the packets of interfaces and packet files into flows, one window at a time.
package capture

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/flowemu/flowemu/flow"
)

// Network decides flows. Evaluate is called once per flow and window, from
// several goroutines at a time, and must be fast; t is valid during the call. For
// fragments after the first t has the ports of the first, if that was seen.
type Network interface {
	Evaluate(interfaceID string, d flow.Direction, t *flow.Tuple) flow.Verdict
}

// Exporter takes sealed windows: all windows of one seal together. Export
// returns when they are safe. Calls come one at a time, from Run, Flush, Advance,
// Rebind and Inject, never from a capture goroutine, with a context that outlives the
// caller's: sealed windows exist nowhere else.
type Exporter interface {
	Export(ctx context.Context, windows []flow.Window)
}

// Options says how an Engine works. Exporter is required, zero means default.
type Options struct {
	Window    time.Duration // length of a capture window, 1 s to 60 s; default 10 s
	MaxFlows  int           // flows per interface and window, past it packets are lost; default 1,000,000
	RingBytes int           // kernel memory per interface; default 64 MiB
	// Fanout is how many rings share an interface, each with a goroutine and
	// tables of its own; default 1. More pay for an interface that is busier than
	// one core can count.
	Fanout    int
	Network   Network // default: everything is accepted
	Exporter  Exporter
	SelfPorts []uint16     // TCP ports of this process, whose traffic is not logged
	Logger    *slog.Logger // default: slog.Default()
	Now       func() time.Time
}

const (
	defaultWindow   = 10 * time.Second
	minWindow       = time.Second
	maxWindow       = time.Minute
	defaultMaxFlows = 1_000_000
	maxMaxFlows     = 1 << 30
	defaultRing     = 64 << 20
	minRing         = 256 << 10
	maxFanout       = 64
)

func (o *Options) complete() error {
	if o.Exporter == nil {
		return fmt.Errorf("capture: Options.Exporter is required")
	}
	if o.RingBytes == 0 {
		o.RingBytes = defaultRing
	}
	if o.RingBytes < minRing {
		return fmt.Errorf("capture: ring of %d bytes: at least %d are needed", o.RingBytes, minRing)
	}
	if o.Fanout == 0 {
		o.Fanout = 1
	}
	if o.Fanout < 1 || o.Fanout > maxFanout || o.RingBytes/o.Fanout < minRing {
		return fmt.Errorf("capture: fanout of %d rings: must be 1 to %d, with at least %d bytes each", o.Fanout, maxFanout, minRing)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Window == 0 {
		o.Window = defaultWindow
	}
	if o.Window < minWindow || o.Window > maxWindow {
		return fmt.Errorf("capture: window of %v: must be %v to %v", o.Window, minWindow, maxWindow)
	}
	return checkFlows(&o.MaxFlows)
}

// checkFlows sets the default limit and refuses impossible ones.
func checkFlows(n *int) error {
	if *n == 0 {
		*n = defaultMaxFlows
	}
	if *n < 1 || *n > maxMaxFlows {
		return fmt.Errorf("capture: limit of %d flows: must be 1 to %d", *n, maxMaxFlows)
	}
	return nil
}

// Tap binds an interface of the system to a network interface of the VPC.
type Tap struct {
	Name        string // as people know it, like eth0
	InterfaceID string // eni-...
	Index       int    // in the calling thread's network namespace
	Loopback    bool
	// HostSide says that Index is the other end of the interface's veth pair:
	// what it sends, the interface receives.
	HostSide bool
	Addrs    []netip.Addr
	MAC      net.HardwareAddr
}

// InterfaceStatus is what a tap did so far. Err says why it ended, nil if it did not.
type InterfaceStatus struct {
	Tap
	Since      time.Time
	LastPacket time.Time // zero before the first
	Stats      Stats
	Err        error
}
