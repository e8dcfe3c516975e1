// Command flowemu is the program: its flags, and what it prints.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/flowemu/flowemu"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the commands. A flag's environment name is FLOWEMU_ and its own.
type cli struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Capture packets and answer as AWS (what a bare flowemu does)."`
	Replay  replayCmd  `cmd:"" help:"Turn pcap or pcapng files into flow log records."`
	Inject  injectCmd  `cmd:"" help:"Give a pcap or pcapng file to a running flowemu as packets of a network interface."`
	Flush   flushCmd   `cmd:"" help:"Seal and deliver everything now."`
	Status  statusCmd  `cmd:"" help:"Show captures, flow logs and what waits to be delivered."`
	Records recordsCmd `cmd:"" help:"Print sealed records."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// streams is where a command reads and prints.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

// run does one command and gives the exit status.
func run(args []string, s streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal stops at once
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("flowemu"), kong.Description("A local, AWS-compatible VPC Flow Logs service: real packets become flow log records."),
		kong.UsageOnError(), kong.Writers(s.out, s.err), kong.Exit(func(status int) { exit = status }), kong.DefaultEnvars("FLOWEMU"),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		fmt.Fprintln(s.err, "flowemu:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // --help was answered
		return exit
	}
	if err != nil {
		fmt.Fprintf(s.err, "flowemu: %v; 'flowemu --help' lists commands and flags\n", err)
		return exitUsage
	}
	err = k.Run()
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintln(s.err, "flowemu:", err)
		return exitUsage
	}
	fmt.Fprintln(s.err, "flowemu:", oneLine(err))
	return exitFailed
}

// usageError is a wrong use of flags that parsing could not see.
type usageError struct{ error }

type versionCmd struct{}

func (versionCmd) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "flowemu", flowemu.Version())
	return err
}
