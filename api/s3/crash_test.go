package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/flowemu/flowemu/api/s3"
	"github.com/flowemu/flowemu/object"
	"github.com/flowemu/flowemu/store"
)

// crashDir makes the test binary a server that overwrites an object in this directory until it is killed.
const crashDir = "FLOWEMU_S3_CRASH_DIR"

func crashChild(dir string) {
	err := func() error {
		ctx := context.Background()
		db, err := store.Open(ctx, store.Options{Dir: dir})
		if err != nil {
			return err
		}
		s, err := s3.New(s3.Options{Index: db, Dir: filepath.Join(dir, "objects")})
		if err != nil {
			return err
		}
		if err := db.CreateBucket(ctx, object.Bucket{Name: "bkt", Region: "us-east-1"}); err != nil && !errors.Is(err, object.ErrBucketExists) {
			return err
		}
		for i := 0; ; i++ {
			body := bytes.Repeat([]byte{byte('a' + i%26)}, 1<<20)
			if err := s.PutDelivery(ctx, "bkt", "k", body, "text/plain", 0); err != nil {
				return err
			}
			if i == 0 {
				fmt.Println("ready")
			}
		}
	}()
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	for round := range 8 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fscanln(out, new(string)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(round*7+1) * time.Millisecond) // where it dies should differ
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed

		s := newServiceIn(t, dir, s3.Options{})
		body := s.get("k") // the server says the size and the SDK checks it
		if len(body) != 1<<20 || bytes.Count([]byte(body), []byte(body[:1])) != 1<<20 {
			t.Fatalf("round %d: %d bytes, not one of those that were written", round, len(body))
		}
		if n := s.files(); n != 1 {
			t.Fatalf("round %d: %d files for one object", round, n)
		}
		s.db.Close()
	}
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	small := filepath.Join(dir, "objects")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) })
	s := newServiceIn(t, dir, s3.Options{})
	s.bucket("bkt")
	s.put("k", "old")
	big := string(bytes.Repeat([]byte("x"), 3<<20))
	res, body := s.raw("PUT", "/bkt/k", big)
	if res.StatusCode != http.StatusInsufficientStorage || !bytes.Contains([]byte(body), []byte("no space left")) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if err := s.server.PutDelivery(t.Context(), "bkt", "k", []byte(big), "", 0); !errors.Is(err, object.ErrNoSpace) {
		t.Error(err)
	}
	if got := s.get("k"); got != "old" || s.files() != 1 {
		t.Errorf("%q, %d files", got, s.files())
	}
	s.put("k", "new") // there is room for this
}
