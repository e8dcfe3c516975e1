package ec2_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

func post(h http.Handler, form url.Values) (int, string) { return postAs(h, account, region, form) }

// postAs sends a form as SDKs do that have an account's number as their access key.
func postAs(h http.Handler, account, region string, form url.Values) (int, string) {
	form.Set("Version", "2016-11-15")
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20260101/"+region+"/ec2/aws4_request, SignedHeaders=host, Signature=0")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	return w.Code, string(body)
}

// BenchmarkDescribeFlowLogs answers a filtered page of 1000 of 10,000 flow logs; the target is 20 ms.
func BenchmarkDescribeFlowLogs(b *testing.B) {
	h, inv := newRouter(b, false, func(*ec2.Options) {})
	err := inv.Update(b.Context(), func(tx *vpc.Tx) error {
		for i := range 10_000 {
			f := &flowlog.FlowLog{
				Head: vpc.Head{ID: fmt.Sprintf("fl-%017x", i), Account: account, Region: region}, ResourceID: fmt.Sprintf("vpc-%017x", i/100),
				ResourceType: flowlog.VPC, TrafficType: []flowlog.TrafficType{flowlog.AllTraffic, flowlog.RejectTraffic}[i%2], DestinationType: flowlog.S3,
				Destination: fmt.Sprintf("arn:aws:s3:::flow-logs/%d/", i), Format: flowlog.DefaultFormat(flowlog.VPC), Interval: 600, FileFormat: flowlog.PlainText, Created: time.Unix(1767225600, 0),
			}
			tx.Put(f)
			tx.SetTags(f, []vpc.Tag{{Key: "Name", Value: fmt.Sprint("log ", i)}, {Key: "team", Value: "net"}})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	form := url.Values{"Action": {"DescribeFlowLogs"}, "MaxResults": {"1000"}, "Filter.1.Name": {"tag:team"}, "Filter.1.Value.1": {"n?t*"}, "Filter.2.Name": {"traffic-type"}, "Filter.2.Value.1": {"ALL"}}
	b.ReportAllocs()
	for b.Loop() {
		code, body := post(h, form)
		if code != http.StatusOK || strings.Count(body, "<flowLogId>") != 1000 {
			b.Fatalf("%d %.200s", code, body)
		}
		_, rest, _ := strings.Cut(body, "<nextToken>")
		token, _, ok := strings.Cut(rest, "</nextToken>")
		if form.Del("NextToken"); ok {
			form.Set("NextToken", token)
		}
	}
}

// BenchmarkCreateFlowLogs makes flow logs, each durable when answered, from 16
// clients at once; the target is 1000 a second.
func BenchmarkCreateFlowLogs(b *testing.B) {
	h, inv := newRouter(b, true, func(*ec2.Options) {})
	if err := inv.EnsureDefault(context.Background(), account, region); err != nil {
		b.Fatal(err)
	}
	subnets := vpc.List[vpc.Subnet](inv.Snapshot(), account, region)
	enis := make([]string, 1000)
	resources := make([]vpc.Resource, len(enis))
	for i := range enis {
		enis[i] = fmt.Sprintf("eni-%017x", i)
		resources[i] = &vpc.ENI{Head: vpc.Head{ID: enis[i], Account: account, Region: region}, VPCID: subnets[0].VPCID, SubnetID: subnets[0].ID}
	}
	put(b, inv, resources...)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				code, body := post(h, url.Values{
					"Action": {"CreateFlowLogs"}, "ResourceType": {"NetworkInterface"}, "ResourceId.1": {enis[i%1000]}, "TrafficType": {"ALL"},
					"LogDestinationType": {"s3"}, "LogDestination": {fmt.Sprintf("arn:aws:s3:::flow-logs/%d/", i)}, "ClientToken": {fmt.Sprint(i)},
					"TagSpecification.1.ResourceType": {"vpc-flow-log"}, "TagSpecification.1.Tag.1.Key": {"n"}, "TagSpecification.1.Tag.1.Value": {"v"},
				})
				if code != http.StatusOK || !strings.Contains(body, "<item>fl-") {
					b.Errorf("%d %s", code, body)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flowlogs/s")
}

// BenchmarkCreateNetworkInterfaces fills a /20 subnet with 4000 interfaces, one
// after the other; the target is 10 s.
func BenchmarkCreateNetworkInterfaces(b *testing.B) {
	const n = 4000
	for b.Loop() {
		h, inv := newRouter(b, false, func(*ec2.Options) {})
		if err := inv.EnsureDefault(b.Context(), account, region); err != nil {
			b.Fatal(err)
		}
		subnet := vpc.List[vpc.Subnet](inv.Snapshot(), account, region)[0]
		for range n {
			if code, body := post(h, url.Values{"Action": {"CreateNetworkInterface"}, "SubnetId": {subnet.ID}}); code != http.StatusOK {
				b.Fatalf("%d %s", code, body)
			}
		}
		if free := 4091 - n; free != 4091-n { // AWS: a /20 has 4091 addresses for use
			b.Errorf("%d addresses are free", free)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "interfaces/s")
}
