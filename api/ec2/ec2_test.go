package ec2_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/apitest"
	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/store"
	"github.com/flowemu/flowemu/vpc"
)

const (
	account = "123456789012"
	region  = "eu-west-1"
)

type buckets []string

func (b buckets) BucketExists(_ context.Context, name string) (bool, error) {
	return slices.Contains(b, name), nil
}

func (b buckets) PutDelivery(context.Context, string, string, []byte, string, int64) error {
	return nil
}

type sealed struct {
	mu        sync.Mutex
	resources []string
}

func (s *sealed) Seal(_ context.Context, resources []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resources = append(s.resources, resources...)
	return nil
}

// newRouter gives the port over a store of its own, durable as in the program if
// durable, after change to its options.
func newRouter(tb testing.TB, durable bool, change func(*ec2.Options)) (http.Handler, *vpc.Inventory) {
	tb.Helper()
	db, err := store.Open(tb.Context(), store.Options{Dir: tb.TempDir(), Volatile: !durable})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	inv, err := vpc.NewInventory(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	o := ec2.Options{Network: inv, Buckets: buckets{"flow-logs"}, Sealer: &sealed{}, NewID: vpc.RandomID, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	change(&o)
	return api.NewRouter(api.RouterOptions{Services: []api.Service{ec2.Service(o)}, Account: account, Region: region}), inv
}

// put adds resources.
func put(tb testing.TB, inv *vpc.Inventory, resources ...vpc.Resource) {
	tb.Helper()
	err := inv.Update(tb.Context(), func(tx *vpc.Tx) error {
		for _, r := range resources {
			tx.Put(r)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// newClient gives AWS's SDK, an ENI's id, and what was sealed.
func newClient(t *testing.T) (*sdk.Client, string, *sealed) {
	t.Helper()
	c, inv, seal := newNetwork(t)
	return c, putENI(t, inv), seal
}

// putENI adds a network interface in a default subnet.
func putENI(t *testing.T, inv *vpc.Inventory) string {
	t.Helper()
	subnet := vpc.List[vpc.Subnet](inv.Snapshot(), account, region)[0]
	eni := &vpc.ENI{Head: vpc.Head{ID: vpc.NewID("eni", "test"), Account: account, Region: region}, VPCID: subnet.VPCID, SubnetID: subnet.ID, Zone: subnet.Zone, PrivateIP: subnet.CIDR.Addr().Next()}
	put(t, inv, eni)
	return eni.ID
}

// newNetwork gives AWS's SDK, the resources, of which there are those of the
// default VPC, and what was sealed.
func newNetwork(t *testing.T) (*sdk.Client, *vpc.Inventory, *sealed) {
	t.Helper()
	return newNetworkAt(t, time.Now)
}

// newNetworkAt is newNetwork with another clock.
func newNetworkAt(t *testing.T, now func() time.Time) (*sdk.Client, *vpc.Inventory, *sealed) {
	t.Helper()
	seal := &sealed{}
	h, inv := newRouter(t, false, func(o *ec2.Options) { o.Sealer, o.Now = seal, now })
	if err := inv.EnsureDefault(t.Context(), account, region); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return sdk.New(sdk.Options{
		Region: region, BaseEndpoint: aws.String(srv.URL), RetryMaxAttempts: 1, HTTPClient: apitest.NewClient(t),
		Credentials: credentials.NewStaticCredentialsProvider(account, "secret", ""),
	}), inv, seal
}

func s3Input(eni string) *sdk.CreateFlowLogsInput {
	return &sdk.CreateFlowLogsInput{
		ResourceIds: []string{eni}, ResourceType: types.FlowLogsResourceTypeNetworkInterface, TrafficType: types.TrafficTypeAll,
		LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:aws:s3:::flow-logs/folder/"),
	}
}

func TestFlowLogLifeCycle(t *testing.T) {
	c, eni, seal := newClient(t)
	in := s3Input(eni)
	in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeVpcFlowLog, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("net")}}}}
	made, err := c.CreateFlowLogs(t.Context(), in)
	if err != nil || len(made.FlowLogIds) != 1 || len(made.Unsuccessful) != 0 || aws.ToString(made.ClientToken) == "" {
		t.Fatalf("create: %+v %v", made, err)
	}
	if !slices.Equal(seal.resources, []string{eni}) {
		t.Errorf("sealed %v", seal.resources)
	}
	id := made.FlowLogIds[0]
	got, err := c.DescribeFlowLogs(t.Context(), &sdk.DescribeFlowLogsInput{FlowLogIds: []string{id}})
	if err != nil || len(got.FlowLogs) != 1 {
		t.Fatalf("describe: %+v %v", got, err)
	}
	f := got.FlowLogs[0]
	// The set of members is the one observed on AWS for an S3 destination.
	if *f.DeliverLogsStatus != "SUCCESS" || *f.FlowLogStatus != "ACTIVE" || *f.LogDestination != *in.LogDestination || *f.LogFormat != flowlog.DefaultFormat(flowlog.VPC) ||
		*f.MaxAggregationInterval != 600 || *f.ResourceId != eni || f.DestinationOptions.FileFormat != types.DestinationFileFormatPlainText ||
		*f.DestinationOptions.PerHourPartition || len(f.Tags) != 1 || f.LogGroupName != nil || f.DeliverLogsPermissionArn != nil || f.CreationTime == nil {
		t.Errorf("describe: %+v", f)
	}
	if _, err := c.CreateFlowLogs(t.Context(), s3Input(eni)); code(err) != "FlowLogAlreadyExists" {
		t.Errorf("the same again: %v", err)
	}
	del, err := c.DeleteFlowLogs(t.Context(), &sdk.DeleteFlowLogsInput{FlowLogIds: []string{id, "fl-0123456789abcdef0"}})
	if err != nil || len(del.Unsuccessful) != 1 || *del.Unsuccessful[0].Error.Code != "InvalidFlowLogId.NotFound" {
		t.Errorf("delete: %+v %v", del, err)
	}
	if got, err := c.DescribeFlowLogs(t.Context(), &sdk.DescribeFlowLogsInput{}); err != nil || len(got.FlowLogs) != 0 {
		t.Errorf("after deletion: %+v %v", got, err)
	}
}

func TestCreateFlowLogsErrors(t *testing.T) {
	c, eni, _ := newClient(t)
	tests := []struct {
		name    string
		change  func(*sdk.CreateFlowLogsInput)
		code    string
		message string
	}{
		{"no ids", func(in *sdk.CreateFlowLogsInput) { in.ResourceIds = []string{} }, "MissingParameter", "The request must contain the parameter resourceIdSet"},
		{"unknown interface", func(in *sdk.CreateFlowLogsInput) { in.ResourceIds = []string{"eni-1"} }, "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-1' does not exist"},
		{"unknown VPC", func(in *sdk.CreateFlowLogsInput) { in.ResourceType, in.ResourceIds = "VPC", []string{"vpc-1"} }, "InvalidVpcID.NotFound", "VpcID vpc-1 does not exist."},
		{"unknown subnet", func(in *sdk.CreateFlowLogsInput) {
			in.ResourceType, in.ResourceIds = "Subnet", []string{"subnet-1"}
		}, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist"},
		{"no traffic type", func(in *sdk.CreateFlowLogsInput) { in.TrafficType = "" }, "InvalidParameter", "traffic-type is required when the resource-type is VPC, Subnet or NetworkInterface"},
		{"traffic type in lower case", func(in *sdk.CreateFlowLogsInput) { in.TrafficType = "accept" }, "InvalidParameterValue", ""},
		{"interval", func(in *sdk.CreateFlowLogsInput) { in.MaxAggregationInterval = aws.Int32(61) }, "InvalidParameter", "Invalid Flow Log Max Aggregation Interval"},
		{"group and destination", func(in *sdk.CreateFlowLogsInput) { in.LogGroupName = aws.String("g") }, "InvalidParameter", "Please only provide LogGroupName or only provide LogDestination."},
		{"no destination", func(in *sdk.CreateFlowLogsInput) { in.LogDestination = nil }, "InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided."},
		{"S3 with a group", func(in *sdk.CreateFlowLogsInput) {
			in.LogDestination, in.LogGroupName = nil, aws.String("g")
		}, "InvalidParameter", "LogDestination type must be cloud-watch-logs if LogGroupName is provided."},
		{"logs without a role", func(in *sdk.CreateFlowLogsInput) {
			in.LogDestinationType, in.LogDestination, in.LogGroupName = "cloud-watch-logs", nil, aws.String("g")
		}, "InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."},
		{"S3 with a role", func(in *sdk.CreateFlowLogsInput) {
			in.DeliverLogsPermissionArn = aws.String("arn:aws:iam::1:role/r")
		}, "InvalidParameter", "DeliverLogsPermissionArn is not applicable for s3 delivery"},
		{"logs with options", func(in *sdk.CreateFlowLogsInput) {
			in.LogDestinationType, in.LogDestination, in.LogGroupName = "cloud-watch-logs", nil, aws.String("g")
			in.DeliverLogsPermissionArn, in.DestinationOptions = aws.String("arn:aws:iam::1:role/r"), &types.DestinationOptionsRequest{PerHourPartition: aws.Bool(true)}
		}, "InvalidParameter", "DestinationOptions is not supported when LogDestinationType is cloud-watch-logs"},
		{"a blank at the end of the format", func(in *sdk.CreateFlowLogsInput) { in.LogFormat = aws.String("${srcaddr} ") }, "InvalidParameterValue", "1 validation error detected: Value '${srcaddr} ' at 'logFormat' has an invalid format"},
		{"an unknown field", func(in *sdk.CreateFlowLogsInput) { in.LogFormat = aws.String("${nonsense}") }, "InvalidParameter", "Unknown fields provided: [nonsense]"},
		{"dry run", func(in *sdk.CreateFlowLogsInput) { in.DryRun = aws.Bool(true) }, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := s3Input(eni)
			tt.change(in)
			_, err := c.CreateFlowLogs(t.Context(), in)
			var e smithy.APIError
			if !errors.As(err, &e) || e.ErrorCode() != tt.code || tt.message != "" && e.ErrorMessage() != tt.message {
				t.Errorf("%v", err)
			}
		})
	}
	if got, err := c.DescribeFlowLogs(t.Context(), &sdk.DescribeFlowLogsInput{}); err != nil || len(got.FlowLogs) != 0 {
		t.Errorf("something was created: %+v %v", got, err)
	}
}

// TestMissingBucket: recorded on AWS, the request succeeds and the item fails with code 400.
func TestMissingBucket(t *testing.T) {
	c, eni, _ := newClient(t)
	in := s3Input(eni)
	in.LogDestination = aws.String("arn:aws:s3:::nobody/x")
	out, err := c.CreateFlowLogs(t.Context(), in)
	if err != nil || len(out.FlowLogIds) != 0 || len(out.Unsuccessful) != 1 {
		t.Fatalf("%+v %v", out, err)
	}
	if u := out.Unsuccessful[0]; *u.ResourceId != eni || *u.Error.Code != "400" || *u.Error.Message != "LogDestination: nobody does not exist" {
		t.Errorf("%s %s %s", *u.ResourceId, *u.Error.Code, *u.Error.Message)
	}
}

func TestDescribeFlowLogsFilters(t *testing.T) {
	c, eni, _ := newClient(t)
	for _, traffic := range []types.TrafficType{types.TrafficTypeAccept, types.TrafficTypeReject} {
		in := s3Input(eni)
		in.TrafficType = traffic
		if _, err := c.CreateFlowLogs(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, value string
		want        int
	}{
		{"traffic-type", "REJECT", 1},
		{"traffic-type", "REJ*", 1},
		{"traffic-type", "A?CEPT", 1},
		{"traffic-type", "reject", 0},
		{"resource-id", eni, 2},
		{"log-destination-type", "s3", 2},
		{"deliver-log-status", "FAILED", 0},
		{"log-group-name", "*", 0},
		{"tag-key", "x", 0},
	}
	for _, tt := range tests {
		got, err := c.DescribeFlowLogs(t.Context(), &sdk.DescribeFlowLogsInput{Filter: []types.Filter{{Name: &tt.name, Values: []string{tt.value}}}})
		if err != nil || len(got.FlowLogs) != tt.want {
			t.Errorf("%s=%s: %d, want %d, %v", tt.name, tt.value, len(got.FlowLogs), tt.want, err)
		}
	}
	_, err := c.DescribeFlowLogs(t.Context(), &sdk.DescribeFlowLogsInput{Filter: []types.Filter{{Name: aws.String("status"), Values: []string{"x"}}}})
	if code(err) != "InvalidParameterValue" {
		t.Errorf("unknown filter: %v", err)
	}
}

func TestTags(t *testing.T) {
	c, eni, _ := newClient(t)
	tag := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	if _, err := c.CreateTags(t.Context(), &sdk.CreateTagsInput{Resources: []string{eni}, Tags: []types.Tag{tag("a", "1"), tag("b", "2"), tag("c", "")}}); err != nil {
		t.Fatal(err)
	}
	keys := func() (out []string) {
		got, err := c.DescribeTags(t.Context(), &sdk.DescribeTagsInput{Filters: []types.Filter{{Name: aws.String("resource-id"), Values: []string{eni}}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, tg := range got.Tags {
			if tg.ResourceType != types.ResourceTypeNetworkInterface {
				t.Errorf("type %s", tg.ResourceType)
			}
			out = append(out, *tg.Key)
		}
		return out
	}
	for _, step := range []struct {
		del  []types.Tag
		want []string
	}{
		{[]types.Tag{{Key: aws.String("a"), Value: aws.String("other")}}, []string{"a", "b", "c"}}, // another value: stays
		{[]types.Tag{{Key: aws.String("b"), Value: aws.String("")}}, []string{"a", "b", "c"}},      // empty value: only an empty one goes
		{[]types.Tag{{Key: aws.String("c"), Value: aws.String("")}}, []string{"a", "b"}},
		{[]types.Tag{{Key: aws.String("a")}}, []string{"b"}}, // no value: whatever the value
		{nil, nil},
	} {
		if _, err := c.DeleteTags(t.Context(), &sdk.DeleteTagsInput{Resources: []string{eni}, Tags: step.del}); err != nil {
			t.Fatal(err)
		}
		if got := keys(); !slices.Equal(got, step.want) {
			t.Errorf("after deleting %v: %v, want %v", step.del, got, step.want)
		}
	}
	if _, err := c.CreateTags(t.Context(), &sdk.CreateTagsInput{Resources: []string{eni}, Tags: []types.Tag{tag("aws:x", "1")}}); code(err) != "InvalidParameterValue" {
		t.Errorf("aws: key: %v", err)
	}
	if _, err := c.CreateTags(t.Context(), &sdk.CreateTagsInput{Resources: []string{"fl-1"}, Tags: []types.Tag{tag("x", "1")}}); code(err) != "InvalidFlowLogId.NotFound" {
		t.Errorf("unknown resource: %v", err)
	}
}

func TestNetwork(t *testing.T) {
	c, eni, _ := newClient(t)
	vpcs, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("is-default"), Values: []string{"true"}}}})
	if err != nil || len(vpcs.Vpcs) != 1 || *vpcs.Vpcs[0].CidrBlock != "172.31.0.0/16" {
		t.Fatalf("%+v %v", vpcs, err)
	}
	var subnets []types.Subnet
	pages := sdk.NewDescribeSubnetsPaginator(c, &sdk.DescribeSubnetsInput{MaxResults: aws.Int32(5), Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{*vpcs.Vpcs[0].VpcId}}}})
	for pages.HasMorePages() {
		p, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		subnets = append(subnets, p.Subnets...)
	}
	if len(subnets) != 3 { // eu-west-1 has three zones
		t.Errorf("%d subnets", len(subnets))
	}
	for _, s := range subnets {
		// AWS: a /20 has 4091 addresses for use
		if want := int32(4091); *s.AvailableIpAddressCount != want && *s.AvailableIpAddressCount != want-1 {
			t.Errorf("%d addresses in %s", *s.AvailableIpAddressCount, *s.CidrBlock)
		}
	}
	enis, err := c.DescribeNetworkInterfaces(t.Context(), &sdk.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{eni}})
	if err != nil || len(enis.NetworkInterfaces) != 1 || enis.NetworkInterfaces[0].Status != types.NetworkInterfaceStatusAvailable {
		t.Errorf("%+v %v", enis, err)
	}
	if _, err := c.DescribeVpcs(t.Context(), &sdk.DescribeVpcsInput{VpcIds: []string{"vpc-0"}}); code(err) != "InvalidVpcID.NotFound" {
		t.Errorf("unknown VPC: %v", err)
	}
	regions, err := c.DescribeRegions(t.Context(), &sdk.DescribeRegionsInput{})
	if err != nil || len(regions.Regions) != 17 { // the Regions that need no opt-in
		t.Errorf("%d regions, %v", len(regions.Regions), err)
	}
	zones, err := c.DescribeAvailabilityZones(t.Context(), &sdk.DescribeAvailabilityZonesInput{})
	if err != nil || len(zones.AvailabilityZones) != 3 || *zones.AvailabilityZones[0].ZoneId != "euw1-az1" {
		t.Errorf("%+v %v", zones, err)
	}
}
