package publisher

import (
	"context"
	"fmt"
	"iter"

	"github.com/flowemu/flowemu/flowlog"
)

// noFirehose stands where there is no delivery stream: its deliveries fail, so
// that the flow log says so and its records wait in the spool.
type noFirehose struct{}

func (noFirehose) Destination(*flowlog.FlowLog, *flowlog.Delivery) string { return "" }

func (noFirehose) Deliver(_ context.Context, f *flowlog.FlowLog, _ *flowlog.Delivery, _ iter.Seq2[*flowlog.Record, error]) (Receipt, error) {
	return Receipt{}, &Error{AccessError, fmt.Errorf("there is no delivery stream %s", f.DeliveryStream())}
}
