package ec2_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

var update = flag.Bool("update", false, "rewrite golden files")

// newGolden gives a server whose ids and time are known, with a transit gateway,
// an attachment, a regional and a zonal NAT gateway.
func newGolden(t *testing.T) (http.Handler, *vpc.Inventory) {
	t.Helper()
	n := 0
	h, inv := newRouter(t, false, func(o *ec2.Options) {
		o.NewID = func(prefix string) string { n++; return fmt.Sprintf("%s-%017x", prefix, n) }
		o.Now = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 123e6, time.UTC) }
	})
	head := func(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }
	put(t, inv,
		&vpc.VPC{Head: head("vpc-00000000000000001")}, &vpc.VPC{Head: vpc.Head{ID: "vpc-0f000000000000001", Account: "999999999999", Region: region}},
		&vpc.Subnet{Head: head("subnet-00000000000000001"), VPCID: "vpc-00000000000000001"},
		&vpc.ENI{Head: head("eni-00000000000000001"), VPCID: "vpc-00000000000000001", SubnetID: "subnet-00000000000000001"},
		&vpc.ENI{Head: head("eni-00000000000000002"), VPCID: "vpc-00000000000000001", SubnetID: "subnet-00000000000000001"},
		&vpc.TransitGateway{Head: head("tgw-00000000000000001")}, &vpc.TransitGatewayAttachment{Head: head("tgw-attach-00000000000000001")},
		&vpc.NATGateway{Head: head("nat-00000000000000001"), Regional: true}, &vpc.NATGateway{Head: head("nat-00000000000000002")},
	)
	return h, inv
}

// volatileXML is what differs from run to run: request ids, tokens that the
// server makes, page tokens.
var volatileXML = regexp.MustCompile(`<(requestId|RequestID)>[^<]*</|<clientToken>[A-Za-z0-9+/]{43}=</|<nextToken>[^<]*</`)

// TestGolden holds every reply and error of the flow log actions, as text.
// testdata/flowlogs.golden is a list of requests, one line each, with the status
// and the XML that AWS would answer; `-update` writes what flowemu answers, to be
// read against AWS's documentation.
func TestGolden(t *testing.T) {
	const path = "testdata/flowlogs.golden"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, inv := newGolden(t)
	var out strings.Builder
	for block := range strings.SplitSeq(string(text), "\n\n") {
		title, rest, _ := strings.Cut(strings.TrimSpace(block), "\n")
		request, want, _ := strings.Cut(rest, "\n")
		if !strings.HasPrefix(title, "# ") {
			t.Fatalf("a block without a title: %q", block)
		}
		form, err := url.ParseQuery(request)
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		if failure := form.Get("-failure"); failure != "" { // not a request: a delivery that fails
			if err := flowlog.SetFailure(t.Context(), inv, form.Get("-id"), failure); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s\n%s\n\n", title, request)
			continue
		}
		status, body := post(h, form)
		got := fmt.Sprintf("%d %s", status, pretty(body))
		fmt.Fprintf(&out, "%s\n%s\n%s\n\n", title, request, got)
		if !*update && got != want {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", title, request, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.TrimSpace(out.String())+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// pretty breaks XML into a line per element that is not inside another value, and drops what differs.
func pretty(body string) string {
	body = strings.TrimPrefix(body, `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
	body = volatileXML.ReplaceAllStringFunc(body, func(s string) string { return s[:strings.IndexByte(s, '>')+1] + "*</" })
	return strings.ReplaceAll(body, "><", ">\n<")
}
