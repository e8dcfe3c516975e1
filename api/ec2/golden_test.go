package ec2_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/store"
	"github.com/flowemu/flowemu/vpc"
)

var update = flag.Bool("update", false, "rewrite golden files")

// newGolden gives a server whose ids and time are known, with a transit gateway,
// an attachment, a regional and a zonal NAT gateway.
func newGolden(t *testing.T) (http.Handler, *vpc.Inventory) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	inv, err := vpc.NewInventory(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	head := func(id string) vpc.Head { return vpc.Head{ID: id, Account: account, Region: region} }
	foreign := &vpc.VPC{Head: vpc.Head{ID: "vpc-0f000000000000001", Account: "999999999999", Region: region}}
	err = inv.Update(t.Context(), func(tx *vpc.Tx) error {
		for _, r := range []vpc.Resource{
			&vpc.VPC{Head: head("vpc-00000000000000001")}, foreign, &vpc.Subnet{Head: head("subnet-00000000000000001"), VPCID: "vpc-00000000000000001"},
			&vpc.ENI{Head: head("eni-00000000000000001"), VPCID: "vpc-00000000000000001", SubnetID: "subnet-00000000000000001"},
			&vpc.ENI{Head: head("eni-00000000000000002"), VPCID: "vpc-00000000000000001", SubnetID: "subnet-00000000000000001"},
			&vpc.TransitGateway{Head: head("tgw-00000000000000001")}, &vpc.TransitGatewayAttachment{Head: head("tgw-attach-00000000000000001")},
			&vpc.NATGateway{Head: head("nat-00000000000000001"), Regional: true}, &vpc.NATGateway{Head: head("nat-00000000000000002")},
		} {
			tx.Put(r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	service := ec2.Service(ec2.Options{
		Network: inv, Buckets: buckets{"flow-logs"}, Sealer: &sealed{}, Logger: slog.New(slog.DiscardHandler),
		NewID: func(prefix string) string { n++; return fmt.Sprintf("%s-%017x", prefix, n) },
		Now:   func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 123e6, time.UTC) },
	})
	return api.NewRouter(api.RouterOptions{Services: []api.Service{service}, Account: account, Region: region}), inv
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
