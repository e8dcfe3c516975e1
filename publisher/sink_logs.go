package publisher

import (
	"context"
	"iter"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/logevent"
)

// LogPutter is all the log group sink needs of CloudWatch Logs. It makes the
// group and the streams if they are missing, stores the events and marks the
// delivery, all in one step.
type LogPutter interface {
	DeliverLogEvents(ctx context.Context, account, region, group string, streams []logevent.Batch, delivery int64) error
}

// logsSink puts an event per record into the stream of the record's interface.
type logsSink struct{ events LogPutter }

func (s *logsSink) Destination(*flowlog.FlowLog, *flowlog.Delivery) string { return "" }

// Deliver gives an event the record's start as its time.
// Source: "Publish flow logs to CloudWatch Logs", "Process flow log records".
func (s *logsSink) Deliver(ctx context.Context, f *flowlog.FlowLog, d *flowlog.Delivery, records iter.Seq2[*flowlog.Record, error]) (Receipt, error) {
	format, err := flowlog.ParseFormat(f.ResourceType, f.Format)
	if err != nil {
		return Receipt{}, err
	}
	var streams []logevent.Batch
	index := map[string]int{} // by interface or gateway
	n := 0
	for r, err := range records {
		if err != nil {
			return Receipt{}, err
		}
		i, ok := index[r.Interface.Name()]
		if !ok {
			i = len(streams)
			index[r.Interface.Name()] = i
			streams = append(streams, logevent.Batch{Stream: f.LogStream(r.Interface.Name())})
		}
		streams[i].Events = append(streams[i].Events, logevent.Event{Timestamp: r.Start.Unix() * 1000, Message: string(format.Append(nil, r))})
		n++
	}
	err = s.events.DeliverLogEvents(ctx, f.Account, f.Region, f.LogGroup(), streams, d.ID)
	return Receipt{Records: n, LogEvents: n}, err
}
