package flowemu

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/control"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// backend is what flowemu's own requests ask of an Emulator.
type backend Emulator

var _ control.Backend = (*backend)(nil)

func (b *backend) Flush(ctx context.Context) control.Flushed {
	out := control.Flushed{Objects: []control.Object{}, Errors: []string{}}
	if err := b.engine.Flush(ctx); err != nil {
		out.Errors = append(out.Errors, err.Error())
	}
	res := b.publisher.Deliver(ctx)
	for _, r := range res.Receipts {
		out.Records += r.Records
		out.LogEvents += r.LogEvents
		if r.Key != "" {
			out.Objects = append(out.Objects, control.Object{Bucket: r.Bucket, Key: r.Key})
		}
	}
	for _, err := range res.Errors {
		out.Errors = append(out.Errors, err.Error())
	}
	return out
}

func (b *backend) Inject(ctx context.Context, interfaceID string, shiftToNow bool, packets io.Reader) (control.Stats, error) {
	eni := b.inventory.Snapshot().ENI(interfaceID)
	if eni == nil {
		return control.Stats{}, control.ErrNoInterface
	}
	if packets == nil {
		sample, err := capture.Sample(eni.PrivateIP)
		if err != nil {
			return control.Stats{}, err
		}
		packets = bytes.NewReader(sample)
	}
	tap := capture.Tap{Name: eni.Capture, InterfaceID: eni.ID, Addrs: eni.Addresses(), MAC: mac(eni.MAC)}
	stats, err := b.engine.Inject(ctx, capture.Injection{Tap: tap, Reader: packets, ShiftToNow: shiftToNow})
	var bad *capture.FileError
	if errors.As(err, &bad) {
		err = &control.BadInput{Err: err}
	}
	return control.Stats(stats), err
}

func (b *backend) Records(ctx context.Context, follow bool) iter.Seq[*flowlog.Record] {
	return b.publisher.Records(ctx, follow)
}

func (b *backend) Now() time.Time { return b.opt.Now() }

func (b *backend) Status(context.Context) (control.Status, error) {
	e := (*Emulator)(b)
	files, bytes := b.publisher.Waiting()
	out := control.Status{
		Version: Version(), Endpoint: e.Endpoint(), Data: e.Data(), Notes: slices.Concat(b.notes, b.binder.notes()),
		Interfaces: []control.Interface{}, FlowLogs: []control.FlowLog{}, WaitingWindows: files, WaitingBytes: bytes,
	}
	for _, i := range b.engine.Interfaces() {
		out.Interfaces = append(out.Interfaces, captured(i))
	}
	for _, f := range vpc.All[flowlog.FlowLog](b.inventory.Snapshot()) {
		destination := f.Destination
		if destination == "" {
			destination = f.LogGroupName
		}
		out.FlowLogs = append(out.FlowLogs, control.FlowLog{
			ID: f.ID, Account: f.Account, Region: f.Region, ResourceID: f.ResourceID, Destination: destination, Failure: f.Failure,
		})
	}
	return out, nil
}

func captured(i capture.InterfaceStatus) control.Interface {
	out := control.Interface{
		Name: i.Name, InterfaceID: i.InterfaceID, Addresses: addrs(i.Addrs), Since: i.Since, Stats: control.Stats(i.Stats),
	}
	if !i.LastPacket.IsZero() {
		out.LastPacket = &i.LastPacket
	}
	if i.Err != nil {
		out.Error = i.Err.Error()
	}
	return out
}
