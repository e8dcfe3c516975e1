package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/flowemu/flowemu/capture"
)

// TestOnePcapOneObject: a pcap with its own time becomes one object, on every
// machine and run with the same bytes.
func TestOnePcapOneObject(t *testing.T) {
	sample, err := capture.Sample(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for range 2 {
		p := start(t, false, "--data", "memory", "--capture", "none", "--window", "10s")
		id := *p.eni(t).NetworkInterfaceId
		p.createS3Log(t, id, nil)
		p.post(t, "packets?shift=none&interface-id="+id, sample)
		p.post(t, "flush", nil)
		list, err := p.s3().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("flow-logs")})
		if err != nil || len(list.Contents) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		// the sample is of 2026-01-01 00:00:01
		if key := *list.Contents[0].Key; !strings.HasPrefix(key, "AWSLogs/000000000000/vpcflowlogs/us-east-1/2026/01/01/") || !strings.Contains(key, "_20260101T0000Z_") {
			t.Errorf("key %s", key)
		}
		got, err := p.s3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("flow-logs"), Key: list.Contents[0].Key})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = body
		}
		if !bytes.Equal(body, first) {
			t.Error("the bytes differ")
		}
	}
}

// TestStopDelivers: what was captured before SIGTERM is in the bucket after it,
// and a restart finds the flow log and goes on.
func TestStopDelivers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("live capture needs root")
	}
	dir := dataDir(t)
	var sent []string
	for round := range 2 {
		p := start(t, false, "--data", dir, "--capture", "lo", "--window", "60s")
		if round == 0 {
			p.createS3Log(t, *p.eni(t).NetworkInterfaceId, nil)
		}
		sent = append(sent, datagrams(t, 1))
		if status := p.stop(t); status != 0 {
			t.Fatalf("exit status %d\n%s", status, p.stderr)
		}
	}
	p := start(t, false, "--data", dir, "--capture", "none")
	text := strings.Join(p.objectLines(t), "\n")
	for _, want := range sent {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is %d times in\n%s", want, strings.Count(text, want), text)
		}
	}
	if strings.Contains(text, "SKIPDATA") {
		t.Errorf("a proper stop lost something:\n%s", text)
	}
}

// datagrams sends n of 100 bytes over loopback and gives the middle of their record.
func datagrams(t *testing.T, n int) string {
	t.Helper()
	to, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	from, err := net.Dial("udp4", to.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for range n {
		if _, err := from.Write(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	_, dst, _ := net.SplitHostPort(to.LocalAddr().String())
	_, src, _ := net.SplitHostPort(from.LocalAddr().String())
	return fmt.Sprintf(" 127.0.0.1 127.0.0.1 %s %s 17 %d %d ", src, dst, n, n*(20+8+100)) // IP and UDP headers
}
