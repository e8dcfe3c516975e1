// Package ec2 answers the actions of Amazon EC2 that concern flow logs, tags and the network.
package ec2

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// Network is the resources. EnsureDefault makes the default VPC of an account
// and Region that nobody has asked for before.
type Network interface {
	Snapshot() *vpc.Snapshot
	Update(ctx context.Context, f func(*vpc.Tx) error) error
	EnsureDefault(ctx context.Context, account, region string) error
}

// Buckets tells whether a bucket exists, and puts objects; delivery 0 is nobody's.
type Buckets interface {
	BucketExists(ctx context.Context, name string) (bool, error)
	PutDelivery(ctx context.Context, bucket, key string, body []byte, contentType string, delivery int64) error
}

// Sealer seals the open capture windows of what lies in resources, so that a
// new flow log has nothing from before its creation.
type Sealer interface {
	Seal(ctx context.Context, resources []string) error
}

// Options configure Service. All but OnChange are required.
type Options struct {
	Network  Network
	Buckets  Buckets
	Sealer   Sealer
	OnChange func(ctx context.Context, changes []vpc.Change) // called after a change was kept, before it is answered
	NewID    func(prefix string) string                      // a new resource id, such as fl-0123456789abcdef0
	Now      func() time.Time
	Logger   *slog.Logger
}

type server struct {
	Options
	pages *pages
	hint  sync.Once // about interfaces that are elsewhere
}

// Service gives EC2's actions.
func Service(o Options) api.Service {
	s := &server{Options: o, pages: newPages()}
	return api.Service{
		SigningName: "ec2", APIVersion: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
		Actions: slices.Concat(
			flowLogActions(s), tagActions(s), placeActions(s), vpcActions(s), interfaceActions(s), instanceActions(s),
			groupActions(s), aclActions(s), routeActions(s), gatewayActions(s), transitActions(s), publicAccessActions(s),
		),
	}
}

func flowLogActions(s *server) []api.Action {
	return []api.Action{
		api.Query("CreateFlowLogs", s.createFlowLogs),
		api.Query("DeleteFlowLogs", s.deleteFlowLogs),
		read(s, "DescribeFlowLogs", describeFlowLogs),
		api.Query("GetFlowLogsIntegrationTemplate", s.getFlowLogsIntegrationTemplate),
	}
}

func tagActions(s *server) []api.Action {
	return []api.Action{
		change(s, "CreateTags", createTags),
		change(s, "DeleteTags", deleteTags),
		read(s, "DescribeTags", describeTags),
	}
}

// placeActions are those about accounts, Regions and zones.
func placeActions(s *server) []api.Action {
	return []api.Action{
		read(s, "DescribeAvailabilityZones", describeAvailabilityZones),
		read(s, "DescribeRegions", describeRegions),
	}
}

// caller gives who asks, after making sure that the account has a network there
// and that nothing is there that should have gone by now.
func (s *server) caller(ctx context.Context) (api.Caller, error) {
	c, now := api.CallerFrom(ctx), s.Now()
	if err := s.Network.EnsureDefault(ctx, c.Account, c.Region); err != nil || !s.Network.Snapshot().Expired(now) {
		return c, err
	}
	return c, s.keep(ctx, func(t *vpc.Tx) error {
		t.RemoveExpired(now)
		return nil
	})
}

// keep makes a change of the network, and tells of it.
func (s *server) keep(ctx context.Context, f func(*vpc.Tx) error) error {
	var changed []vpc.Change
	err := s.Network.Update(ctx, func(t *vpc.Tx) error {
		err := f(t)
		changed = t.Changed()
		return err
	})
	if err == nil && s.OnChange != nil && len(changed) > 0 {
		s.OnChange(ctx, changed)
	}
	return err
}
