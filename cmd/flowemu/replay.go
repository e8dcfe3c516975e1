package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/flowemu/flowemu"
	"github.com/flowemu/flowemu/flowlog"
)

type replayCmd struct {
	Format   string        `help:"Format of the records, such as '$${srcaddr} $${dstaddr}' (default: the default format)." placeholder:"FORMAT"`
	Window   time.Duration `default:"60s" help:"Length of a capture window, 1s to 60s."`
	ENI      []netip.Addr  `name:"eni" placeholder:"IP" help:"Addresses of the network interface: whose side is the interface's. Without, addresses stay as in the packet."`
	ENIID    string        `name:"eni-id" default:"eni-00000000000000000" help:"Id of the network interface."`
	IPRanges string        `name:"ip-ranges" placeholder:"FILE" help:"AWS's ip-ranges.json, for addresses that are newer than the built-in table."`
	Output   string        `short:"o" default:"-" help:"File for the records, - for standard output; a directory gets S3's key layout."`
	Summary  string        `enum:"text,json" default:"text" help:"text, or json with the reasons."`
	Files    []string      `arg:"" name:"file" help:"pcap or pcapng files, - for standard input."`
}

// Run turns the files into records, one after the other, with one summary.
func (c *replayCmd) Run(ctx context.Context, s streams) error {
	if c.Window < time.Second || c.Window > time.Minute {
		return &usageError{fmt.Errorf("--window %s: a capture window is 1s to 60s long", c.Window)}
	}
	out, err := c.output(s)
	if err != nil {
		return err
	}
	r, err := flowemu.NewReplay(flowemu.ReplayOptions{Format: c.Format, Window: c.Window, Addresses: c.ENI, InterfaceID: c.ENIID, IPRanges: c.IPRanges, Output: out.w, Dir: out.dir})
	if err != nil {
		var format *flowlog.FormatError
		if errors.As(err, &format) {
			err = &usageError{err}
		}
		return errors.Join(err, out.close())
	}
	err = c.files(ctx, s, r)
	err = errors.Join(err, r.Close(), out.close())
	return errors.Join(err, c.summary(s.err, r))
}

func (c *replayCmd) files(ctx context.Context, s streams, r *flowemu.Replay) error {
	for _, name := range c.Files {
		in, err := openInput(name, s)
		if err != nil {
			return err
		}
		err = r.Read(ctx, in)
		if err = errors.Join(err, in.Close()); err != nil {
			return fmt.Errorf("replay %s: %w", name, err)
		}
	}
	return nil
}

func openInput(name string, s streams) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(s.in), nil
	}
	return os.Open(name)
}

func (c *replayCmd) summary(w io.Writer, r *flowemu.Replay) error {
	if c.Summary == "json" {
		return json.NewEncoder(w).Encode(r.Stats())
	}
	st := r.Stats()
	_, err := fmt.Fprintf(w, "%s records=%d\n", counts(st.Counts), st.Records)
	return err
}

// output is where the records go: w, or a directory.
type output struct {
	w     io.Writer
	dir   string
	close func() error
}

func (c *replayCmd) output(s streams) (output, error) {
	if c.Output == "-" {
		b := bufio.NewWriterSize(s.out, 1<<16)
		return output{w: b, close: b.Flush}, nil
	}
	if info, err := os.Stat(c.Output); err == nil && info.IsDir() {
		return output{dir: filepath.Clean(c.Output), close: func() error { return nil }}, nil
	}
	f, err := os.Create(c.Output)
	if err != nil {
		return output{}, err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	return output{w: b, close: func() error { return errors.Join(b.Flush(), f.Close()) }}, nil
}
