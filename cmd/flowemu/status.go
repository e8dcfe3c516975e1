package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/flowemu/flowemu/control"
	"github.com/flowemu/flowemu/flow"
)

type statusCmd struct{ client }

// Run prints captures, flow logs and what waits.
func (c *statusCmd) Run(ctx context.Context, s streams) error {
	var st control.Status
	if err := c.decode(ctx, http.MethodGet, "status", nil, nil, &st); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	fmt.Fprintf(s.out, "flowemu %s at %s, data in %s\n", st.Version, st.Endpoint, st.Data)
	for _, note := range st.Notes {
		fmt.Fprintln(s.out, note)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nINTERFACE\tENI\tFRAMES\tRECORDED\tEXCLUDED\tUNDECODABLE\tLOST\tLAST PACKET\tNOT RECORDED\tERROR")
	for _, i := range st.Interfaces {
		last := "-"
		if i.LastPacket != nil {
			last = i.LastPacket.Format(time.TimeOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n",
			i.Name, i.InterfaceID, i.Frames, i.Recorded, i.Excluded, i.Undecodable, i.Lost, last, reasons(i.Reasons), i.Error)
	}
	fmt.Fprintln(w, "\nFLOW LOG\tRESOURCE\tDESTINATION\tDELIVERY")
	for _, f := range st.FlowLogs {
		delivery := "SUCCESS"
		if f.Failure != "" {
			delivery = "FAILED: " + f.Failure
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.ID, f.ResourceID, f.Destination, delivery)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "\nwaiting to be delivered: %d spool files, %d bytes\n", st.WaitingWindows, st.WaitingBytes)
	return err
}

// reasons says why frames were not recorded, and how many.
func reasons(all map[string]uint64) string {
	var out []string
	for _, r := range slices.Sorted(maps.Keys(all)) {
		out = append(out, fmt.Sprintf("%s=%d", r, all[r]))
	}
	return cmp.Or(strings.Join(out, " "), "-")
}

// counts gives the summary of a source.
func counts(c flow.Counts) string {
	return fmt.Sprintf("frames=%d recorded=%d excluded=%d undecodable=%d lost=%d", c.Frames, c.Recorded, c.Excluded, c.Undecodable, c.Lost)
}

type recordsCmd struct {
	client
	Follow      bool   `short:"f" help:"Go on with new records."`
	JSON        bool   `name:"json" help:"Print all fields as newline-delimited JSON."`
	InterfaceID string `placeholder:"eni-…" help:"Only records of this network interface."`
	Action      string `enum:",ACCEPT,REJECT" default:"" help:"Only ACCEPT or only REJECT."`
}

// Run prints sealed records until there are no more or, with --follow, until stopped.
func (c *recordsCmd) Run(ctx context.Context, s streams) error {
	query := url.Values{}
	if c.Follow {
		query.Set("follow", "1")
	}
	if c.InterfaceID != "" {
		query.Set("interface-id", c.InterfaceID)
	}
	if c.Action != "" {
		query.Set("action", c.Action)
	}
	if !c.JSON {
		query.Set("format", "text")
	}
	body, err := c.do(ctx, http.MethodGet, "records", query, nil)
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	defer body.Close()
	if _, err := io.Copy(s.out, body); err != nil && ctx.Err() == nil {
		return fmt.Errorf("records: %w", err)
	}
	return nil
}
