package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/flowemu/flowemu"
)

type serveCmd struct {
	Listen        string        `default:"127.0.0.1:4566" help:"Address and port of every AWS service; port 0 picks a free one."`
	Data          string        `help:"Data directory, or 'memory' to keep nothing (default: $$XDG_DATA_HOME/flowemu or ~/.local/share/flowemu)."`
	Capture       string        `default:"auto" help:"'auto' (uplinks, loopback, veths of other namespaces), 'none', or interface names with commas between."`
	CaptureSelf   bool          `help:"Log flowemu's own traffic too."`
	ExemptGateway bool          `help:"On discovered networks, take base + 1 and base + 2 for AWS's router and DNS server and do not log them."`
	Region        string        `help:"AWS Region of the discovered interfaces (default: $$AWS_REGION, $$AWS_DEFAULT_REGION or us-east-1)."`
	Account       string        `default:"000000000000" help:"AWS account of the discovered interfaces, 12 digits."`
	Window        time.Duration `default:"10s" help:"Length of a capture window, 1s to 60s."`
	MaxFlows      int           `default:"1000000" help:"Most flows per interface and window; packets of more become SKIPDATA."`
	Ring          size          `default:"64MiB" help:"Memory for captured packets, per interface."`
	Fanout        int           `default:"1" help:"Rings that share the packets of each interface, one core each, for one that is too busy for one core."`
	SpoolLimit    size          `default:"1GiB" help:"Most disk for windows that are not delivered; more become SKIPDATA."`
	IPRanges      string        `name:"ip-ranges" placeholder:"FILE" help:"AWS's ip-ranges.json, for addresses that are newer than the built-in table."`
	AllowedHosts  []string      `help:"More host names that requests may be addressed to."`
	CORSOrigins   []string      `name:"cors-origins" help:"Web sites that may send requests, such as http://localhost:3000."`
	LogLevel      slog.Level    `default:"info" help:"debug, info, warn or error."`
	LogFormat     string        `default:"text" enum:"text,json" help:"text or json."`
}

// Run serves until the program is asked to stop.
func (c *serveCmd) Run(ctx context.Context, s streams) error {
	if err := c.check(); err != nil {
		return &usageError{err}
	}
	data, err := c.dataDir()
	if err != nil {
		return err
	}
	region := firstOf(c.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), flowemu.DefaultRegion)
	log := c.logger(s.err)
	e, err := flowemu.New(ctx, flowemu.Options{
		Listen: c.Listen, Data: data, Capture: c.Capture, CaptureSelf: c.CaptureSelf, ExemptGateway: c.ExemptGateway, Region: region, Account: c.Account,
		Window: c.Window, MaxFlows: c.MaxFlows, Ring: int64(c.Ring), Fanout: c.Fanout, SpoolLimit: int64(c.SpoolLimit), IPRanges: c.IPRanges,
		AllowedHosts: c.AllowedHosts, CORSOrigins: c.CORSOrigins, Logger: log,
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.out, "flowemu ready endpoint=%s capture=%s data=%s\n", e.Endpoint(), captureNames(e), e.Data()); err != nil {
		return err
	}
	for _, note := range e.Notes() {
		log.Warn(note)
	}
	fmt.Fprint(s.err, welcome(e, region), "Ready.\n")
	return e.Run(ctx)
}

var accountPattern = regexp.MustCompile(`^[0-9]{12}$`)

func (c *serveCmd) check() error {
	switch {
	case !accountPattern.MatchString(c.Account):
		return fmt.Errorf("--account %s: an AWS account is 12 digits", c.Account)
	case c.Window < time.Second || c.Window > time.Minute:
		return fmt.Errorf("--window %s: a capture window is 1s to 60s long", c.Window)
	case c.MaxFlows < 1:
		return fmt.Errorf("--max-flows %d: at least one flow must fit", c.MaxFlows)
	case c.Ring < 1<<20:
		return fmt.Errorf("--ring %d: at least 1MiB is needed", c.Ring)
	case c.Fanout < 1 || c.Fanout > maxFanout || c.Ring/size(c.Fanout) < 256<<10:
		return fmt.Errorf("--fanout %d: 1 to %d rings, of at least 256KiB each", c.Fanout, maxFanout)
	}
	return nil
}

const maxFanout = 64

// dataDir gives the data directory by the XDG base directory rules.
func (c *serveCmd) dataDir() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); base != "" {
		return filepath.Join(base, "flowemu"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the data directory: %w; name one with --data", err)
	}
	return filepath.Join(home, ".local", "share", "flowemu"), nil
}

func (c *serveCmd) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func captureNames(e *flowemu.Emulator) string {
	var names []string
	for _, f := range e.Captured() {
		if f.Live {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ",")
}
