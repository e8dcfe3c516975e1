package ec2

import (
	"context"
	"errors"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/athena"
	"github.com/flowemu/flowemu/flowlog"
)

type getFlowLogsIntegrationTemplateInput struct {
	dryRun
	FlowLogID      string           `query:"FlowLogId"`
	DestinationARN string           `query:"ConfigDeliveryS3DestinationArn"`
	Services       integrateService `query:"IntegrateService"`
}

type integrateService struct {
	Athena []athenaIntegration `query:"AthenaIntegration"`
}

type athenaIntegration struct {
	ResultARN string        `query:"IntegrationResultS3DestinationArn"`
	Frequency string        `query:"PartitionLoadFrequency"`
	Start     api.Timestamp `query:"PartitionStartDate"`
	End       api.Timestamp `query:"PartitionEndDate"`
}

type getFlowLogsIntegrationTemplateOutput struct {
	Result string `xml:"result"`
}

// getFlowLogsIntegrationTemplate stores a template in a bucket and gives the
// object's URL. Source: EC2 API, GetFlowLogsIntegrationTemplate.
func (s *server) getFlowLogsIntegrationTemplate(ctx context.Context, in *getFlowLogsIntegrationTemplateInput) (*getFlowLogsIntegrationTemplateOutput, error) {
	if in.FlowLogID == "" {
		return nil, missingParameter("FlowLogId")
	}
	c, now := api.CallerFrom(ctx), s.Now().UTC()
	f, err := find[flowlog.FlowLog](&view{Snapshot: s.Network.Snapshot(), Caller: c}, in.FlowLogID)
	if err != nil {
		return nil, err
	}
	bucket, folder, ok := flowlog.Bucket(in.DestinationARN)
	if !ok {
		return nil, invalidValue("Invalid ConfigDeliveryS3DestinationArn '%s'. It must be the ARN of a bucket, with or without a folder", in.DestinationARN)
	}
	text, err := athena.Template(athena.Input{FlowLog: *f, Integrations: in.integrations(), Now: now})
	var bad *athena.InputError
	if errors.As(err, &bad) {
		return nil, invalidParameter("%s", bad.Text)
	}
	if err != nil {
		return nil, err
	}
	exists, err := s.Buckets.BucketExists(ctx, bucket)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, invalidValue("ConfigDeliveryS3DestinationArn: %s does not exist", bucket)
	}
	if err := api.DryRun(in.DryRun); err != nil {
		return nil, err
	}
	key := folder + athena.ObjectName(f.ID, now)
	if err := s.Buckets.PutDelivery(ctx, bucket, key, text, "application/x-yaml", 0); err != nil {
		return nil, err
	}
	return &getFlowLogsIntegrationTemplateOutput{Result: athena.URL(bucket, c.Region, key)}, nil
}

func (in *getFlowLogsIntegrationTemplateInput) integrations() []athena.Integration {
	var out []athena.Integration
	for _, i := range in.Services.Athena {
		out = append(out, athena.Integration{ResultBucketARN: i.ResultARN, Frequency: athena.Frequency(i.Frequency), Start: i.Start.Time, End: i.End.Time})
	}
	return out
}
