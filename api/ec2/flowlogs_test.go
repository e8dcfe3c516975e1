package ec2_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

func s3Form(kind, id string) url.Values {
	return url.Values{
		"Action": {"CreateFlowLogs"}, "ResourceType": {kind}, "ResourceId.1": {id}, "TrafficType": {"ALL"},
		"LogDestinationType": {"s3"}, "LogDestination": {"arn:aws:s3:::flow-logs"},
	}
}

const vpcID = "vpc-00000000000000001"

// TestQuotas. Source: "Amazon VPC quotas" (250 flow logs per resource); EC2 API,
// CreateFlowLogs (ids), DescribeFlowLogs and DeleteFlowLogs (1000 ids).
func TestQuotas(t *testing.T) {
	h, inv := newGolden(t)
	for i := range 250 {
		form := s3Form("VPC", vpcID)
		form.Set("LogDestination", fmt.Sprintf("arn:aws:s3:::flow-logs/%d", i))
		if status, body := post(h, form); status != http.StatusOK {
			t.Fatalf("flow log %d: %s", i, body)
		}
	}
	if status, body := post(h, s3Form("VPC", vpcID)); status != http.StatusBadRequest || !strings.Contains(body, "<Code>FlowLogsLimitExceeded<") {
		t.Errorf("the 251st: %d %s", status, body)
	}
	if n := len(vpc.Referring[flowlog.FlowLog](inv.Snapshot(), vpcID)); n != 250 {
		t.Errorf("%d flow logs", n)
	}
	tests := []struct {
		action, parameter, prefix string
		most                      int
		form                      url.Values
	}{
		{"CreateFlowLogs", "ResourceId", "vpc", 1000, s3Form("VPC", vpcID)},
		{"CreateFlowLogs", "ResourceId", "tgw", 25, url.Values{"ResourceType": {"TransitGateway"}, "LogDestinationType": {"s3"}, "LogDestination": {"arn:aws:s3:::flow-logs"}}},
		{"DescribeFlowLogs", "FlowLogId", "fl", 1000, url.Values{}},
		{"DeleteFlowLogs", "FlowLogId", "fl", 1000, url.Values{}},
	}
	for _, tt := range tests {
		tt.form.Set("Action", tt.action)
		for i := range tt.most + 1 {
			tt.form.Set(fmt.Sprintf("%s.%d", tt.parameter, i+1), fmt.Sprintf("%s-%017x", tt.prefix, 0xf000+i))
		}
		if status, body := post(h, tt.form); status != http.StatusBadRequest || !strings.Contains(body, "must not exceed") {
			t.Errorf("%s of %d: %d %s", tt.action, tt.most+1, status, body)
		}
		tt.form.Del(fmt.Sprintf("%s.%d", tt.parameter, tt.most+1))
		if _, body := post(h, tt.form); strings.Contains(body, "must not exceed") {
			t.Errorf("%s of %d: %s", tt.action, tt.most, body)
		}
	}
}

// TestTokenAtOnce: of many requests with one token at the same time one makes a
// flow log, and all get its id.
func TestTokenAtOnce(t *testing.T) {
	h, inv := newGolden(t)
	form := s3Form("VPC", vpcID)
	form.Set("ClientToken", "once")
	bodies := make([]string, 8)
	var wg sync.WaitGroup
	for i := range bodies {
		own, err := url.ParseQuery(form.Encode())
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { _, bodies[i] = post(h, own) })
	}
	wg.Wait()
	for _, body := range bodies {
		if !strings.Contains(body, "<clientToken>once</clientToken><flowLogIdSet><item>fl-00000000000000001</item></flowLogIdSet>") {
			t.Errorf("%s", body)
		}
	}
	if n := len(vpc.All[flowlog.FlowLog](inv.Snapshot())); n != 1 {
		t.Errorf("%d flow logs", n)
	}
	form.Set("DryRun", "true")
	if status, body := post(h, form); status != http.StatusPreconditionFailed || !strings.Contains(body, "DryRunOperation") {
		t.Errorf("dry run of what was done: %d %s", status, body)
	}
}

// TestTokenAfterNothing: a request that made nothing can be sent again with its token.
func TestTokenAfterNothing(t *testing.T) {
	h, _ := newGolden(t)
	form := s3Form("VPC", vpcID)
	form.Set("ClientToken", "again")
	form.Set("LogDestination", "arn:aws:s3:::nowhere")
	for range 2 {
		if _, body := post(h, form); !strings.Contains(body, "nowhere does not exist") {
			t.Errorf("%s", body)
		}
	}
	form.Set("LogDestination", "arn:aws:s3:::flow-logs")
	if _, body := post(h, form); !strings.Contains(body, "<item>fl-") {
		t.Errorf("%s", body)
	}
}

// TestPlaces: accounts and Regions do not see each other.
func TestPlaces(t *testing.T) {
	h, inv := newGolden(t)
	if status, body := post(h, s3Form("VPC", vpcID)); status != http.StatusOK {
		t.Fatalf("%s", body)
	}
	f := vpc.All[flowlog.FlowLog](inv.Snapshot())[0]
	for _, place := range []vpc.Head{{Account: "999999999999", Region: region}, {Account: account, Region: "us-east-1"}} {
		for _, tt := range []struct{ form, want string }{
			{"Action=DescribeFlowLogs", "<flowLogSet></flowLogSet>"},
			{"Action=DescribeFlowLogs&FlowLogId.1=" + f.ID, "<flowLogSet></flowLogSet>"},
			{"Action=DeleteFlowLogs&FlowLogId.1=" + f.ID, "InvalidFlowLogId.NotFound"},
			{"Action=CreateTags&Tag.1.Key=k&ResourceId.1=" + f.ID, "InvalidFlowLogId.NotFound"},
			{"Action=DescribeTags", "<tagSet></tagSet>"},
			{s3Form("VPC", vpcID).Encode(), "InvalidVpcID.NotFound"},
		} {
			form, err := url.ParseQuery(tt.form)
			if err != nil {
				t.Fatal(err)
			}
			if _, body := postAs(h, place.Account, place.Region, form); !strings.Contains(body, tt.want) {
				t.Errorf("%s %s %s: %s", place.Account, place.Region, tt.form, body)
			}
		}
	}
}
