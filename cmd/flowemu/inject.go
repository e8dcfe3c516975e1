package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/flowemu/flowemu/control"
)

type injectCmd struct {
	client
	InterfaceID string `required:"" placeholder:"eni-…" help:"The network interface that the packets pass."`
	Sample      bool   `help:"Send a small built-in capture."`
	KeepTime    bool   `help:"Keep the packets' own time instead of moving the last to the present."`
	File        string `arg:"" optional:"" help:"A pcap or pcapng file, or - for standard input."`
}

// Run sends the file and prints what became of its frames.
func (c *injectCmd) Run(ctx context.Context, s streams) error {
	body, err := c.open(s)
	if err != nil {
		return err
	}
	defer body.Close()
	query := url.Values{"interface-id": {c.InterfaceID}}
	if c.Sample {
		query.Set("sample", "1")
	}
	if c.KeepTime {
		query.Set("shift", "none")
	}
	var stats control.Stats
	if err := c.decode(ctx, http.MethodPost, "packets", query, body, &stats); err != nil {
		return fmt.Errorf("inject into %s: %w", c.InterfaceID, err)
	}
	_, err = fmt.Fprintln(s.out, counts(stats.Counts))
	return err
}

func (c *injectCmd) open(s streams) (io.ReadCloser, error) {
	switch {
	case c.Sample && c.File != "":
		return nil, &usageError{errors.New("--sample and a file exclude each other")}
	case c.Sample:
		return http.NoBody, nil
	case c.File == "":
		return nil, &usageError{errors.New("name a file, - for standard input, or --sample")}
	}
	return openInput(c.File, s)
}

type flushCmd struct{ client }

// Run seals and delivers everything and prints what went where.
func (c *flushCmd) Run(ctx context.Context, s streams) error {
	var done control.Flushed
	if err := c.decode(ctx, http.MethodPost, "flush", nil, nil, &done); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	if done.Records == 0 && len(done.Errors) == 0 {
		fmt.Fprintln(s.out, "nothing was waiting: what was sealed before has been delivered")
	} else {
		fmt.Fprintf(s.out, "%d records delivered\n", done.Records)
	}
	for _, o := range done.Objects {
		fmt.Fprintf(s.out, "s3://%s/%s\n", o.Bucket, o.Key)
	}
	if done.LogEvents > 0 {
		fmt.Fprintf(s.out, "%d log events\n", done.LogEvents)
	}
	if len(done.Errors) > 0 {
		return fmt.Errorf("flush: %s", done.Errors[0])
	}
	return nil
}
