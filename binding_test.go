package flowemu_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/flowemu/flowemu"
	"github.com/flowemu/flowemu/api/apitest"
)

// running is an emulator in this process, with clients.
type running struct {
	*flowemu.Emulator
	t   *testing.T
	ec2 *ec2.Client
	s3  *s3.Client
}

func start(t *testing.T, o flowemu.Options) *running {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	e, err := flowemu.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	cfg := aws.Config{
		Region: flowemu.DefaultRegion, BaseEndpoint: aws.String(e.Endpoint()), RetryMaxAttempts: 1, HTTPClient: apitest.NewClient(t),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return &running{e, t, ec2.NewFromConfig(cfg), s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })}
}

func (r *running) post(path string, body io.Reader) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.Endpoint()+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.do(req)
}

func (r *running) get(path string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.Endpoint()+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.do(req)
}

func (r *running) do(req *http.Request) string {
	r.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %d %s %v", req.URL, res.StatusCode, text, err)
	}
	return string(text)
}

// enis gives the ids of the network interfaces.
func (r *running) enis() (ids []string) {
	r.t.Helper()
	out, err := r.ec2.DescribeNetworkInterfaces(r.t.Context(), &ec2.DescribeNetworkInterfacesInput{})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range out.NetworkInterfaces {
		ids = append(ids, *e.NetworkInterfaceId)
	}
	return ids
}

// create makes a network interface in a default subnet.
func (r *running) create(tags ...types.Tag) string {
	r.t.Helper()
	subnets, err := r.ec2.DescribeSubnets(r.t.Context(), &ec2.DescribeSubnetsInput{Filters: []types.Filter{{Name: aws.String("default-for-az"), Values: []string{"true"}}}})
	if err != nil {
		r.t.Fatal(err)
	}
	in := &ec2.CreateNetworkInterfaceInput{SubnetId: subnets.Subnets[0].SubnetId}
	if len(tags) > 0 {
		in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeNetworkInterface, Tags: tags}}
	}
	out, err := r.ec2.CreateNetworkInterface(r.t.Context(), in)
	if err != nil {
		r.t.Fatal(err)
	}
	return *out.NetworkInterface.NetworkInterfaceId
}

var captureLo = types.Tag{Key: aws.String("flowemu:capture"), Value: aws.String("lo")}

// TestClaim: an interface that a network interface claims by tag is that one,
// and its own again when the claim ends.
func TestClaim(t *testing.T) {
	r := start(t, flowemu.Options{Capture: "lo"})
	before := r.enis()
	if len(before) != 1 {
		t.Fatalf("%v", before)
	}
	own := before[0]
	mine := r.create()
	tagging := func(change string, do func() error, want string, lack string) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		if got := r.enis(); !slices.Contains(got, want) || slices.Contains(got, lack) {
			t.Errorf("%s: %v", change, got)
		}
	}
	tag := func() error {
		_, err := r.ec2.CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: []string{mine}, Tags: []types.Tag{captureLo}})
		return err
	}
	tagging("tag", tag, mine, own)
	tagging("untag", func() error {
		_, err := r.ec2.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: []string{mine}, Tags: []types.Tag{captureLo}})
		return err
	}, own, "")
	tagging("tag again", tag, mine, own)
	second := r.create(captureLo)
	if status := r.get("/_flowemu/status"); !strings.Contains(status, "lo is claimed by the tag flowemu:capture of") {
		t.Errorf("two claims: %s", status)
	}
	tagging("delete the second", func() error {
		_, err := r.ec2.DeleteNetworkInterface(t.Context(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: aws.String(second)})
		return err
	}, mine, own)
	tagging("delete the first", func() error {
		_, err := r.ec2.DeleteNetworkInterface(t.Context(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: aws.String(mine)})
		return err
	}, own, mine)
}

// TestClaimedPackets: packets are records of the network interface that the
// capture was bound to when they came.
func TestClaimedPackets(t *testing.T) {
	r := start(t, flowemu.Options{Capture: "lo", Data: t.TempDir()})
	if notes := r.Notes(); len(notes) > 0 {
		t.Skip(notes[0])
	}
	own := r.enis()[0]
	conn, err := net.ListenPacket("udp", "127.0.0.1:0") //nolint:noctx // it does not block
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	send := func(n int) {
		for range n {
			if _, err := conn.WriteTo([]byte("x"), conn.LocalAddr()); err != nil {
				t.Fatal(err)
			}
		}
	}
	send(3)
	mine := r.create(captureLo)
	send(5)
	if _, err := r.ec2.DeleteNetworkInterface(t.Context(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: aws.String(mine)}); err != nil {
		t.Fatal(err)
	}
	send(7)
	r.post("/_flowemu/flush", nil)
	port := conn.LocalAddr().(*net.UDPAddr).Port
	got := map[string]int{}
	for line := range strings.Lines(r.get("/_flowemu/records")) {
		var record struct {
			Interface string `json:"interface-id"`
			Port      int    `json:"srcport"`
			Packets   int    `json:"packets"`
			Protocol  int    `json:"protocol"`
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if record.Port == port && record.Protocol == 17 {
			got[record.Interface] += record.Packets
		}
	}
	if got[mine] != 5 || got[own] != 10 || len(got) != 2 {
		t.Errorf("packets by interface: %v; own %s, mine %s", got, own, mine)
	}
}

// TestLaterInterface: a VPC's flow log has the records of an interface that came after it.
func TestLaterInterface(t *testing.T) {
	r := start(t, flowemu.Options{})
	vpcs, err := r.ec2.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("is-default"), Values: []string{"true"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("logs")}); err != nil {
		t.Fatal(err)
	}
	_, err = r.ec2.CreateFlowLogs(t.Context(), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{*vpcs.Vpcs[0].VpcId}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeAll,
		LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:aws:s3:::logs"),
	})
	if err != nil {
		t.Fatal(err)
	}
	eni := r.create()
	r.post("/_flowemu/packets?sample=1&interface-id="+eni, nil)
	r.post("/_flowemu/flush", nil)
	list, err := r.s3.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("logs")})
	if err != nil || len(list.Contents) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	object, err := r.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("logs"), Key: list.Contents[0].Key})
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(object.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if n := bytes.Count(text, []byte(fmt.Sprintf("2 %s %s ", flowemu.DefaultAccount, eni))); err != nil || n == 0 || n != bytes.Count(text, []byte("\n"))-1 {
		t.Errorf("%s %v", text, err)
	}
}
