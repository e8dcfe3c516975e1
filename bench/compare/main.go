//go:build linux

// Command compare measures flowemu beside softflowd, nfpcapd, argus and the bare wire, and prints ratios as Markdown.
//
// Each ratio is the median of pairs that ran in turns, of CPU seconds (user and
// system), so that what else the machine does hits both. Traces come from
// ../shared/tools/gentrace. The live parts need root, work in network namespaces
// of their own, with documentation addresses, and are bounded in time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const shared = "../shared"

// bench is one run of the program.
type bench struct {
	dir   string // of everything that is written; removed at the end
	pairs int
	quick bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "send" {
		return send(args[1:])
	}
	b := &bench{}
	flags := flag.NewFlagSet("compare", flag.ExitOnError)
	flags.IntVar(&b.pairs, "pairs", 5, "pairs per ratio")
	flags.BoolVar(&b.quick, "quick", false, "traces and times of a fifth")
	only := flags.String("only", "B1,B4,B5,B6,B7", "what to measure; B1 includes B2 and B3")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "flowemu-compare-*"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := b.prepare(ctx); err != nil {
		return err
	}
	fmt.Printf("%s, %d cores, Go %s; medians of %d pairs\n", kernel(), runtime.NumCPU(), runtime.Version(), b.pairs)
	parts := []struct {
		id  string
		run func(context.Context) error
	}{{"B1", b.offline}, {"B4", b.live}, {"B5", b.held}, {"B6", b.load}, {"B7", b.rendering}}
	for _, p := range parts {
		if !slices.Contains(strings.Split(*only, ","), p.id) {
			continue
		}
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.id, err)
		}
	}
	return nil
}

// prepare installs what is missing and builds flowemu and gentrace.
func (b *bench) prepare(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(shared, "tools/gentrace")); err != nil {
		return fmt.Errorf("the trace generator is missing (run from the repository's root): %w", err)
	}
	packages := map[string]string{"softflowd": "softflowd", "nfpcapd": "nfdump", "argus": "argus-server", "iperf3": "iperf3", "ip": "iproute2", "nft": "nftables", "curl": "curl"}
	missing := []string{"install", "-y"}
	for program, name := range packages {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 2 {
		if err := quiet(ctx, "apt-get", missing...); err != nil {
			return err
		}
	}
	if err := quiet(ctx, "go", "build", "-o", b.flowemu(), "./cmd/flowemu"); err != nil {
		return err
	}
	return quiet(ctx, "go", "build", "-C", filepath.Join(shared, "tools/gentrace"), "-o", b.path("gentrace"), ".")
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) flowemu() string { return b.path("flowemu") }

// size is n, or less for a quick run.
func (b *bench) size(n int) int {
	if b.quick {
		return n / 5
	}
	return n
}

// quiet runs a command whose output matters only if it fails.
func quiet(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

func kernel() string {
	b, _ := os.ReadFile("/proc/sys/kernel/osrelease") // a heading
	return "Linux " + strings.TrimSpace(string(b))
}

// rendering runs the benchmarks of records in files, where there are some.
func (b *bench) rendering(ctx context.Context) error {
	list, err := exec.CommandContext(ctx, "go", "list", "./...").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	args := []string{"test", "-run", "^$", "-bench", "GzipText|Parquet", "-benchtime", "2s"}
	for _, p := range strings.Fields(string(list)) {
		if name := filepath.Base(p); name == "publisher" || name == "recordfile" {
			args = append(args, p)
		}
	}
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	if err != nil {
		return errors.Join(err, errors.New(string(out)))
	}
	fmt.Printf("\n## B7: rendering; target 1,500,000 gzipped text records per CPU second, 10.3 bytes a record in Parquet\n\n")
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Benchmark") {
			fmt.Print("    ", line)
		}
	}
	return nil
}
