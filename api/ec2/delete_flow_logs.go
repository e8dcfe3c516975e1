package ec2

import (
	"context"
	"fmt"

	"github.com/flowemu/flowemu/api"
)

type deleteFlowLogsInput struct {
	DryRun     bool     `query:"DryRun"`
	FlowLogIDs []string `query:"FlowLogId"`
}

type deleteFlowLogsOutput struct {
	Unsuccessful api.Set[unsuccessful] `xml:"unsuccessful"`
}

func (s *server) deleteFlowLogs(ctx context.Context, in *deleteFlowLogsInput) (*deleteFlowLogsOutput, error) {
	c := api.CallerFrom(ctx)
	if len(in.FlowLogIDs) == 0 {
		return nil, missingParameter("FlowLogId")
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	missing, err := s.FlowLogs.DeleteFlowLogs(ctx, c.Account, c.Region, in.FlowLogIDs)
	if err != nil {
		return nil, err
	}
	out := &deleteFlowLogsOutput{}
	for _, id := range missing {
		out.Unsuccessful = append(out.Unsuccessful, unsuccessful{id, itemError{
			Code: "InvalidFlowLogId.NotFound", Message: fmt.Sprintf("These flow log ids in the input list are not found: [TotalCount: 1] %s", id),
		}})
	}
	return out, nil
}
