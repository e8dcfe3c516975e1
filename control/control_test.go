package control

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// fake is a backend with one interface, eni-1, and two records.
type fake struct{ shifted, sample bool }

func (f *fake) Flush(context.Context) Flushed {
	return Flushed{Records: 2, Objects: []Object{{"b", "k"}}, Errors: []string{}}
}

func (f *fake) Inject(_ context.Context, id string, shift bool, packets io.Reader) (Stats, error) {
	if id != "eni-1" {
		return Stats{}, ErrNoInterface
	}
	f.shifted, f.sample = shift, packets == nil
	if packets != nil {
		if text, _ := io.ReadAll(packets); string(text) == "broken" {
			return Stats{}, &BadInput{errors.New("not a pcap or pcapng file")}
		}
	}
	return Stats{Counts: flow.Counts{Frames: 3, Recorded: 2, Excluded: 1}, Reasons: map[string]uint64{"not-ip": 1}}, nil
}

func (f *fake) Records(context.Context, bool) iter.Seq[*flowlog.Record] {
	return func(yield func(*flowlog.Record) bool) {
		for i, action := range []flow.Action{flow.Accept, flow.Reject} {
			r := flowlog.Record{
				Flow: flow.Flow{
					Tuple:   flow.Tuple{Src: [16]byte{192, 0, 2, 1}, Dst: [16]byte{10, 0, 0, 5}, SrcPort: uint16(i + 1), DstPort: 80, Protocol: 6, IPVersion: 4},
					Verdict: flow.Verdict{Action: action}, Direction: flow.Ingress, Counters: flow.Counters{Packets: 1, Bytes: 40},
				},
				Interface: &flowlog.Interface{ENI: vpc.ENI{Head: vpc.Head{ID: "eni-1"}, PrivateIP: netip.MustParseAddr("10.0.0.5")}},
				Start:     time.Unix(1, 0), End: time.Unix(2, 0),
			}
			if !yield(&r) {
				return
			}
		}
	}
}

func (f *fake) Status(context.Context) (Status, error) {
	return Status{Interfaces: []Interface{{Name: "lo", InterfaceID: "eni-1"}}}, nil
}

func (f *fake) Now() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestRequests(t *testing.T) {
	tests := []struct {
		name, method, target, body string
		status                     int
		says                       string
	}{
		{"health", "GET", "/_flowemu/health", "", 200, `"services":{"ec2":"running"},"status":"ok","version":"v1"`},
		{"LocalStack's health", "GET", "/_localstack/health", "", 200, `"status":"ok"`},
		{"flush", "POST", "/_flowemu/flush", "", 200, `{"records":2,"objects":[{"bucket":"b","key":"k"}],"logEvents":0,"firehoseRecords":0,"errors":[]}`},
		{"flush by GET", "GET", "/_flowemu/flush", "", 404, `{"error":`},
		{"packets", "POST", "/_flowemu/packets?interface-id=eni-1", "pcap", 200, `{"frames":3,"recorded":2,"excluded":1,"undecodable":0,"lost":0,"reasons":{"not-ip":1}}`},
		{"packets of nobody", "POST", "/_flowemu/packets", "pcap", 400, `{"error":"the parameter interface-id is missing`},
		{"packets of an unknown interface", "POST", "/_flowemu/packets?interface-id=eni-2", "pcap", 404, `{"error":"no such network interface: eni-2"}`},
		{"packets that are none", "POST", "/_flowemu/packets?interface-id=eni-1", "broken", 400, `{"error":"not a pcap or pcapng file"}`},
		{"a shift that is none", "POST", "/_flowemu/packets?interface-id=eni-1&shift=later", "pcap", 400, `it can be now or none`},
		{"interfaces", "GET", "/_flowemu/interfaces", "", 200, `"interfaceId":"eni-1"`},
		{"clock", "GET", "/_flowemu/clock", "", 200, `{"now":"2026-01-01T00:00:00Z"}`},
		{"unknown", "GET", "/_flowemu/nope", "", 404, `{"error":"there is no GET /_flowemu/nope"}`},
		{"records", "GET", "/_flowemu/records?action=REJECT", "", 200, `"srcaddr":"192.0.2.1","dstaddr":"10.0.0.5","srcport":2,"dstport":80,`},
		{"records as text", "GET", "/_flowemu/records?format=text&interface-id=eni-1", "", 200, "192.0.2.1 10.0.0.5 1 80 6 1 40 1 2 ACCEPT OK\n"},
		{"an action that is none", "GET", "/_flowemu/records?action=reject", "", 400, "it can be ACCEPT or REJECT"},
		{"follow that is none", "GET", "/_flowemu/records?follow=yes", "", 400, "it can be 0 or 1"},
	}
	h := Handler(Options{Backend: &fake{}, Version: "v1", Services: []string{"ec2"}, Logger: slog.New(slog.DiscardHandler)})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body)))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRecordsFilter(t *testing.T) {
	h := Handler(Options{Backend: &fake{}, Logger: slog.New(slog.DiscardHandler)})
	for query, want := range map[string]int{"": 2, "?action=ACCEPT": 1, "?interface-id=eni-2": 0, "?follow=1": 2} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_flowemu/records"+query, nil))
		if got := strings.Count(w.Body.String(), "\n"); got != want {
			t.Errorf("%q: %d records, want %d", query, got, want)
		}
	}
}

func TestInjectOptions(t *testing.T) {
	for query, want := range map[string]fake{"": {true, false}, "&shift=now": {true, false}, "&shift=none": {false, false}, "&sample=1": {true, true}} {
		f := &fake{}
		h := Handler(Options{Backend: f, Logger: slog.New(slog.DiscardHandler)})
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/_flowemu/packets?interface-id=eni-1"+query, strings.NewReader("x")))
		if *f != want {
			t.Errorf("%q: %+v, want %+v", query, *f, want)
		}
	}
}
