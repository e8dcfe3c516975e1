package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/flowemu/flowemu"
	"github.com/flowemu/flowemu/flowlog"
)

type replayCmd struct {
	Format     string        `help:"Format of the records, such as '$${srcaddr} $${dstaddr}' (default: the default format)." placeholder:"FORMAT"`
	Window     time.Duration `default:"60s" help:"Length of a capture window, 1s to 60s."`
	ENI        []netip.Addr  `name:"eni" placeholder:"IP" help:"Addresses of the network interface: whose side is the interface's. Without, addresses stay as in the packet."`
	ENIID      string        `name:"eni-id" default:"eni-00000000000000000" help:"Id of the network interface."`
	IPRanges   string        `name:"ip-ranges" placeholder:"FILE" help:"AWS's ip-ranges.json, for addresses that are newer than the built-in table."`
	Output     string        `short:"o" default:"-" help:"File for the records (compressed if its name ends in .gz), - for standard output; a directory, or a new one with a / at the end, gets S3's key layout."`
	FileFormat string        `enum:"plain-text,parquet" default:"plain-text" help:"plain-text or parquet."`
	GSO        string        `name:"gso" enum:"none,estimate" default:"none" help:"estimate counts the segments of super-packets; else a frame is a packet."`
	Progress   bool          `help:"Show a bar on standard error, when that is a terminal."`
	Summary    string        `enum:"text,json" default:"text" help:"text, or json with the reasons."`
	Files      []string      `arg:"" name:"file" help:"pcap or pcapng files, - for standard input."`
}

// Run turns the files into records, one after the other, with one summary.
func (c *replayCmd) Run(ctx context.Context, s streams) error {
	bar := newProgress(c, s)
	o, err := c.options(s)
	if err != nil {
		return &usageError{err}
	}
	o.Progress = bar.read
	r, err := flowemu.NewReplay(o)
	var format *flowlog.FormatError
	if errors.As(err, &format) {
		return &usageError{err}
	}
	if err != nil {
		return err
	}
	err = c.files(ctx, s, r, bar)
	end := r.Close
	if err != nil && r.Stats().Frames == 0 { // a mistyped name must not empty a file
		end = r.Discard
	}
	err = errors.Join(err, end())
	bar.clear()
	return errors.Join(err, c.summary(s.err, r))
}

// options checks the flags.
func (c *replayCmd) options(s streams) (flowemu.ReplayOptions, error) {
	o := flowemu.ReplayOptions{
		Format: c.Format, FileFormat: c.FileFormat, Window: c.Window, Addresses: c.ENI, InterfaceID: c.ENIID, IPRanges: c.IPRanges,
		EstimateGSO: c.GSO == "estimate", Name: c.name(),
	}
	if c.Window < time.Second || c.Window > time.Minute {
		return o, fmt.Errorf("--window %s: a capture window is 1s to 60s long", c.Window)
	}
	if c.ENIID == "" || strings.ContainsFunc(c.ENIID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return o, fmt.Errorf("--eni-id %q: an id such as eni-0123456789abcdef0", c.ENIID)
	}
	info, err := os.Stat(c.Output)
	switch {
	case c.Output == "-":
		if o.Output = s.out; c.FileFormat == flowlog.Parquet && isTerminal(s.out) {
			return o, errors.New("--file-format parquet: standard output is a terminal; name a file or a directory with --output")
		}
	case c.Output == "":
		return o, errors.New("--output: name a file or a directory, or - for standard output")
	case err == nil && info.IsDir(), strings.HasSuffix(c.Output, "/"):
		o.Dir = filepath.Clean(c.Output)
	case c.FileFormat == flowlog.Parquet && strings.HasSuffix(c.Output, ".gz"):
		return o, fmt.Errorf("--output %s: a Parquet file is compressed inside; give it another name", c.Output)
	default:
		o.File = c.Output
	}
	return o, nil
}

// name tells these packet files from others. Each standard input is another.
func (c *replayCmd) name() string {
	names := make([]string, len(c.Files))
	for i, file := range c.Files {
		if file == "-" {
			names[i] = rand.Text()
		} else if path, err := filepath.Abs(file); err == nil {
			names[i] = path
		} else {
			names[i] = file
		}
	}
	return strings.Join(names, "\n")
}

// isTerminal says whether people see what is written to w.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (c *replayCmd) files(ctx context.Context, s streams, r *flowemu.Replay, bar *progress) error {
	for _, name := range c.Files {
		in, err := openInput(name, s)
		if err != nil {
			return err
		}
		err = r.Read(ctx, in)
		if err = errors.Join(err, in.Close()); err != nil {
			return fmt.Errorf("replay %s: %w", name, err)
		}
		bar.next()
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
