package ec2_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/vpc"
)

// TestExpiry: what was deleted is shown for about an hour. Sources: "Terminate
// Amazon EC2 instances", EC2 user guide; "Delete a NAT gateway", VPC user guide.
func TestExpiry(t *testing.T) {
	ended := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		r                         vpc.Resource
		describe, idParameter     string
		change, changed, notFound string
	}{
		{
			&vpc.Instance{Head: head("i-0123456789abcdef0"), ReservationID: "r-1", State: vpc.Terminated, Ended: ended},
			"DescribeInstances", "InstanceId.1", "TerminateInstances", "InstanceId.1", "InvalidInstanceID.NotFound",
		},
		{
			&vpc.NATGateway{Head: head("nat-0123456789abcdef0"), Ended: ended},
			"DescribeNatGateways", "NatGatewayId.1", "DeleteNatGateway", "NatGatewayId", "NatGatewayNotFound",
		},
		{
			&vpc.TransitGatewayAttachment{Head: head("tgw-attach-0123456789abcdef0"), Ended: ended},
			"DescribeTransitGatewayAttachments", "TransitGatewayAttachmentIds.1", "DeleteTransitGatewayVpcAttachment", "TransitGatewayAttachmentId", "InvalidTransitGatewayAttachmentID.NotFound",
		},
	}
	for _, tt := range tests {
		t.Run(tt.describe, func(t *testing.T) {
			now := ended.Add(59 * time.Minute)
			h, inv := newRouter(t, false, func(o *ec2.Options) { o.Now = func() time.Time { return now } })
			id := tt.r.Header().ID
			tags := &vpc.TagSet{Head: *tt.r.Header(), Of: tt.r.Kind(), Tags: []vpc.Tag{{Key: "Name", Value: "old"}}}
			put(t, inv, tt.r, tags)
			asked := []url.Values{
				{"Action": {tt.describe}},
				{"Action": {tt.describe}, tt.idParameter: {id}},
				{"Action": {"DescribeTags"}},
				{"Action": {tt.change}, tt.changed: {id}, "DryRun": {"true"}},
				{"Action": {"CreateTags"}, "ResourceId.1": {id}, "Tag.1.Key": {"a"}, "DryRun": {"true"}},
			}
			for _, form := range asked[:3] {
				if status, body := post(h, form); status != http.StatusOK || !strings.Contains(body, id) {
					t.Errorf("%v within the hour: %d %s", form, status, body)
				}
			}
			for i, form := range asked { // whichever is the first after the hour
				now = ended.Add(59 * time.Minute)
				put(t, inv, tt.r, tags)
				now = ended.Add(time.Hour)
				status, body := post(h, form)
				if list := i == 0 || i == 2; list && (status != http.StatusOK || strings.Contains(body, id)) || !list && !strings.Contains(body, "<Code>"+tt.notFound+"</Code>") {
					t.Errorf("%v after the hour: %d %s", form, status, body)
				}
				if s := inv.Snapshot(); s.Resource(tt.r.Kind(), id) != nil || len(s.Tags(id)) != 0 {
					t.Errorf("after %v it is still there, with tags %v", form, s.Tags(id))
				}
			}
		})
	}
}

// TestTokenExpiry: a client token stands for its reply as long as it is remembered.
func TestTokenExpiry(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h, inv := newRouter(t, false, func(o *ec2.Options) { o.Now = func() time.Time { return now } })
	made := func() int {
		t.Helper()
		form := url.Values{"Action": {"CreateNetworkAcl"}, "ClientToken": {"token"}}
		if err := inv.EnsureDefault(t.Context(), account, region); err != nil {
			t.Fatal(err)
		}
		form.Set("VpcId", inv.Snapshot().DefaultVPC(account, region).ID)
		if status, body := post(h, form); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		return len(vpc.All[vpc.NetworkACL](inv.Snapshot())) - 1 // one comes with the default VPC
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {vpc.TokenLife - time.Second, 1}, {time.Second, 2}} {
		now = now.Add(step.after)
		if got := made(); got != step.want {
			t.Errorf("after another %v there are %d, want %d", step.after, got, step.want)
		}
	}
}
