package ec2

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

type createFlowLogsInput struct {
	dryRun
	clientToken
	DeliverLogsPermissionArn string             `query:"DeliverLogsPermissionArn"`
	DeliverCrossAccountRole  string             `query:"DeliverCrossAccountRole"`
	LogGroupName             string             `query:"LogGroupName"`
	ResourceIDs              []string           `query:"ResourceId"`
	ResourceType             string             `query:"ResourceType"`
	TrafficType              string             `query:"TrafficType"`
	LogDestinationType       string             `query:"LogDestinationType"`
	LogDestination           string             `query:"LogDestination"`
	LogFormat                string             `query:"LogFormat"`
	TagSpecifications        []tagSpecification `query:"TagSpecification"`
	MaxAggregationInterval   *int               `query:"MaxAggregationInterval"`
	DestinationOptions       *destinationInput  `query:"DestinationOptions"`
	TagFieldSpecifications   []tagFieldInput    `query:"TagFieldSpecification"`
}

type destinationInput struct {
	FileFormat               string `query:"FileFormat"`
	HiveCompatiblePartitions bool   `query:"HiveCompatiblePartitions"`
	PerHourPartition         bool   `query:"PerHourPartition"`
}

type tagFieldInput struct {
	ResourceType string   `query:"ResourceType"`
	TagKeys      []string `query:"TagKey"`
}

type createFlowLogsOutput struct {
	ClientToken  string                `xml:"clientToken"`
	FlowLogIDs   idSet                 `xml:"flowLogIdSet"`
	Unsuccessful api.Set[unsuccessful] `xml:"unsuccessful"`
}

type idSet = api.Set[string]

func (s *server) createFlowLogs(ctx context.Context, in *createFlowLogsInput) (*createFlowLogsOutput, error) {
	base, err := in.flowLog()
	if err != nil {
		return nil, awsError(err)
	}
	failed, err := s.checkDestination(ctx, &base)
	if err != nil {
		return nil, err
	}
	out, err := update(ctx, s, "CreateFlowLogs", in, func(t *tx, in *createFlowLogsInput) (*createFlowLogsOutput, error) {
		return createFlowLogs(t, in, &base, failed)
	})
	if err == nil && len(out.FlowLogIDs) > 0 {
		s.seal(ctx, in.ResourceIDs)
	}
	return out, err
}

// createFlowLogs makes base for every resource, as far as the resource can have
// it; failed is what is wrong with the destination, for all of them. What is
// wrong with every resource is an error of the request, as clients know
// FlowLogAlreadyExists; what is wrong with some is told of each.
func createFlowLogs(t *tx, in *createFlowLogsInput, base *flowlog.FlowLog, failed *api.Error) (*createFlowLogsOutput, error) {
	out := &createFlowLogsOutput{ClientToken: cmp.Or(in.ClientToken, newToken())}
	if err := checkResources(t, base.ResourceType, in.ResourceIDs); err != nil {
		return nil, err
	}
	var last *api.Error
	for _, id := range unique(in.ResourceIDs) {
		f := *base
		f.Head, f.ResourceID, f.Created = t.head("fl"), id, t.now.Truncate(time.Millisecond)
		if last = cmp.Or(failed, cannotHave(t, &f)); last != nil {
			out.Unsuccessful = append(out.Unsuccessful, unsuccessful{id, itemError{last.Code, last.Message}})
			continue
		}
		if err := t.create(&f, in.TagSpecifications); err != nil {
			return nil, err
		}
		out.FlowLogIDs = append(out.FlowLogIDs, f.ID)
	}
	t.again = len(out.FlowLogIDs) == 0
	if failed == nil && t.again {
		return nil, last
	}
	return out, nil
}

func unique(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			out = append(out, id)
		}
		seen[id] = true
	}
	return out
}

// maxPerResource is how many flow logs a resource may have. Source: "Amazon VPC quotas".
const maxPerResource = 250

// cannotHave says why its resource cannot have f, or nil.
func cannotHave(t *tx, f *flowlog.FlowLog) *api.Error {
	n := 0
	for _, have := range vpc.Referring[flowlog.FlowLog](t.Snapshot, f.ResourceID) {
		if !owns(t.Caller, have) {
			continue
		}
		if have.Same(f) {
			return &api.Error{Code: "FlowLogAlreadyExists", Message: "Error. There is an existing Flow Log with the same configuration and log destination."}
		}
		n++
	}
	if n >= maxPerResource {
		return &api.Error{Code: "FlowLogsLimitExceeded", Message: fmt.Sprintf("The limit of %d flow logs for %s is reached.", maxPerResource, f.ResourceID)}
	}
	return nil
}

// checkResources says which of the resources does not exist.
func checkResources(t *tx, kind flowlog.ResourceType, ids []string) error {
	for _, id := range ids {
		r, err := findAny(t, id)
		switch {
		case err != nil && kind == flowlog.VPC: // CreateFlowLogs has a text of its own
			return &api.Error{Code: "InvalidVpcID.NotFound", Message: fmt.Sprintf("VpcID %s does not exist.", id)}
		case err != nil:
			return err
		}
		if n, ok := r.(*vpc.NATGateway); ok && !n.Regional {
			return invalidResource(id, kind)
		}
	}
	return nil
}

// checkDestination gives the error of every resource when the bucket is missing.
// A log group may be missing: the first delivery makes it.
func (s *server) checkDestination(ctx context.Context, f *flowlog.FlowLog) (*api.Error, error) {
	if f.DestinationType != flowlog.S3 {
		return nil, nil
	}
	bucket, _, _ := flowlog.Bucket(f.Destination)
	ok, err := s.Buckets.BucketExists(ctx, bucket)
	if err != nil || ok {
		return nil, err
	}
	return &api.Error{Code: "400", Message: fmt.Sprintf("LogDestination: %s does not exist", bucket)}, nil
}

// newToken makes a client token as AWS does for callers that sent none.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
