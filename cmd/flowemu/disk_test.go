package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/flowemu/flowemu/control"
)

// TestFullDisk: while the data directory has no room S3 answers an error and
// sealed windows wait; with room again they arrive, each once.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a file system of its own needs root")
	}
	dir := publicDir(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("tmpfs cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	p := start(t, false, "--data", dir, "--capture", "none", "--window", "60s")
	id := *p.eni(t).NetworkInterfaceId
	p.createS3Log(t, id, nil)
	p.createGroupLog(t, id, nil)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	client := p.s3()
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("flow-logs"), Key: aws.String("k"), Body: bytes.NewReader(make([]byte, 1<<20))}, func(o *s3.Options) { o.RetryMaxAttempts = 1 }); err == nil {
		t.Error("a full disk took an object")
	}
	p.post(t, "packets?sample=1&interface-id="+id, nil)
	if done := p.flush(t); done.Records != 0 || len(done.Errors) == 0 {
		t.Errorf("on a full disk: %+v", done)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if done := p.flush(t); len(done.Errors) != 0 {
		t.Errorf("with room again: %+v", done)
	}
	if lines, events := p.objectLines(t), p.eventLines(t); len(lines) != 8 || len(events) != 8 {
		t.Errorf("%d records in the bucket, %d in the log group, want 8", len(lines), len(events))
	}
	if status := p.stop(t); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.stderr)
	}
}

func (p *process) flush(t *testing.T) (done control.Flushed) {
	t.Helper()
	c := client{Endpoint: p.endpoint}
	if err := c.decode(t.Context(), "POST", "flush", nil, nil, &done); err != nil {
		t.Fatal(err)
	}
	return done
}

// fill writes a file until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
