//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// report is what there is of interest in iperf3's.
type report struct {
	End struct {
		Sum struct {
			LostPercent float64 `json:"lost_percent"`
		} `json:"sum"`
		SumReceived struct {
			Bits    float64 `json:"bits_per_second"`
			Bytes   float64 `json:"bytes"`
			Seconds float64 `json:"seconds"`
		} `json:"sum_received"`
		Streams []struct {
			Sender struct {
				RTT float64 `json:"mean_rtt"` // us
			} `json:"sender"`
		} `json:"streams"`
		CPU struct {
			Host   float64 `json:"host_total"`
			Remote float64 `json:"remote_total"`
		} `json:"cpu_utilization_percent"`
	} `json:"end"`
}

// outcome is how a load went.
type outcome struct {
	bits, lost, rtt float64
	cpu             float64 // ns per byte, both sides and flowemu
}

var loads = []struct {
	name string
	args []string
}{
	{"UDP 300 Mbit/s", []string{"-u", "-b", "300M", "-l", "1400"}},
	{"TCP 1 Gbit/s", []string{"-b", "1G"}},
}

// load is B6.
func (b *bench) load(ctx context.Context) error {
	fmt.Printf("\n## B6: a fixed load with capture against without; target: ratio of throughput at least 0.97, the others near 1\n\n")
	fmt.Printf("| load | throughput | loss without / with | round trip | CPU per byte |\n|---|---|---|---|---|\n")
	near, far, end, err := pair(ctx)
	if err != nil {
		return err
	}
	defer end()
	for _, l := range loads {
		var bits, rtt, cpu, lost, lostWith []float64
		for range 2 * b.pairs {
			without, err := b.iperf(ctx, near, far, false, l.args)
			if err != nil {
				return err
			}
			with, err := b.iperf(ctx, near, far, true, l.args)
			if err != nil {
				return err
			}
			bits, cpu = append(bits, with.bits/without.bits), append(cpu, with.cpu/without.cpu)
			lost, lostWith = append(lost, without.lost), append(lostWith, with.lost)
			if without.rtt > 0 {
				rtt = append(rtt, with.rtt/without.rtt)
			}
		}
		trip := "-"
		if len(rtt) > 0 {
			trip = fmt.Sprintf("%.2f", median(rtt))
		}
		fmt.Printf("| %s | %.3f | %.2f %% / %.2f %% | %s | %.2f |\n", l.name, median(bits), median(lost), median(lostWith), trip, median(cpu))
	}
	return nil
}

// iperf runs a load once.
func (b *bench) iperf(ctx context.Context, near, far space, captured bool, args []string) (o outcome, err error) {
	var own func() (time.Duration, error)
	if captured {
		v, err := b.serve(ctx, far)
		if err != nil {
			return o, err
		}
		defer v.stop()
		before, err := cpuOf(v.cmd.Process.Pid)
		if err != nil {
			return o, err
		}
		own = func() (time.Duration, error) {
			after, err := cpuOf(v.cmd.Process.Pid)
			return after - before, err
		}
	}
	listener := far.command(ctx, "iperf3", "-s", "-1")
	if err := listener.Start(); err != nil {
		return o, err
	}
	defer func() {
		_ = listener.Process.Kill()
		_ = listener.Wait()
	}()
	pause(ctx, 500*time.Millisecond)
	text, err := near.command(ctx, "iperf3", append([]string{"-c", "192.0.2.2", "-J", "-t", strconv.Itoa(max(2, b.size(5)))}, args...)...).Output()
	if err != nil {
		return o, fmt.Errorf("iperf3: %w: %s", err, text)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return o, fmt.Errorf("iperf3: %w", err)
	}
	e := &r.End
	seconds := e.SumReceived.Seconds * (e.CPU.Host + e.CPU.Remote) / 100
	if own != nil {
		took, err := own()
		if err != nil {
			return o, err
		}
		seconds += took.Seconds()
	}
	o = outcome{bits: e.SumReceived.Bits, lost: e.Sum.LostPercent, cpu: seconds * 1e9 / e.SumReceived.Bytes}
	if len(e.Streams) > 0 {
		o.rtt = e.Streams[0].Sender.RTT
	}
	return o, nil
}
