package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

type deleteFlowLogsInput struct {
	dryRun
	FlowLogIDs []string `query:"FlowLogId"`
}

type deleteFlowLogsOutput struct {
	Unsuccessful api.Set[unsuccessful] `xml:"unsuccessful"`
}

// deleteFlowLogs seals first, so that what was seen before is delivered.
func (s *server) deleteFlowLogs(ctx context.Context, in *deleteFlowLogsInput) (*deleteFlowLogsOutput, error) {
	if err := checkFlowLogIDs(in.FlowLogIDs); err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	s.seal(ctx, s.watched(c, in.FlowLogIDs))
	return update(ctx, s, "DeleteFlowLogs", in, deleteFlowLogs)
}

func deleteFlowLogs(t *tx, in *deleteFlowLogsInput) (*deleteFlowLogsOutput, error) {
	out := &deleteFlowLogsOutput{}
	for _, id := range in.FlowLogIDs {
		f, err := find[flowlog.FlowLog](t, id)
		if err != nil {
			out.Unsuccessful = append(out.Unsuccessful, unsuccessful{id, itemError{
				Code: "InvalidFlowLogId.NotFound", Message: fmt.Sprintf("These flow log ids in the input list are not found: [TotalCount: 1] %s", id),
			}})
			continue
		}
		t.Remove(f)
	}
	return out, nil
}

func checkFlowLogIDs(ids []string) error {
	if len(ids) > maxIDs {
		return invalidValue("The number of flow log ids must not exceed %d.", maxIDs)
	}
	if len(ids) == 0 || slices.Contains(ids, "") {
		return invalidFlowLogID("null")
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "fl-") {
			return invalidFlowLogID("'" + id + "'")
		}
	}
	return nil
}

func invalidFlowLogID(value string) error {
	return invalidValue("1 validation error detected: Value %s at 'flowLogId' has an invalid format", value)
}

// watched gives what the caller's flow logs of those ids watch.
func (s *server) watched(c api.Caller, ids []string) (resources []string) {
	n := s.Network.Snapshot()
	for _, id := range ids {
		if f := vpc.Get[flowlog.FlowLog](n, id); f != nil && owns(c, f) {
			resources = append(resources, f.ResourceID)
		}
	}
	return resources
}

// seal seals the open windows of what lies in the resources. Where that fails the
// windows are sealed at their time, which costs flow logs the part that they may not have.
func (s *server) seal(ctx context.Context, resources []string) {
	if len(resources) == 0 {
		return
	}
	if err := s.Sealer.Seal(ctx, resources); err != nil {
		s.Logger.Warn("the open windows could not be sealed", "resources", resources, "error", err)
	}
}
