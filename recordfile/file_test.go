package recordfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/recordfile/recordfiletest"
)

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func mustCreate(t *testing.T, path string) *File {
	t.Helper()
	f, err := Create(path, Text, flowlog.Default())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(traffic(1)[0]); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFileHasItsNameAtTheEnd: what was there stays until then, with its mode.
func TestFileHasItsNameAtTheEnd(t *testing.T) {
	for _, before := range []string{"", "the old text\n"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "records.txt")
		if before != "" {
			if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		f := mustCreate(t, path)
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(path); string(text) != before {
			t.Errorf("before the end it is %q", text)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, lines := recordfiletest.Lines(t, text); len(lines) != 1 || !slices.Equal(names(t, dir), []string{"records.txt"}) {
			t.Errorf("%q in %q", lines, names(t, dir))
		}
		if info, err := os.Stat(path); err != nil || before != "" && info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
	}
}

// TestFileThroughLink: a symbolic link stays one.
func TestFileThroughLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(target, nil, 0o600), os.Symlink(target, link)); err != nil {
		t.Fatal(err)
	}
	if err := mustCreate(t, link).Close(); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("%s %v", to, err)
	}
	if text, _ := os.ReadFile(target); len(text) == 0 {
		t.Error("nothing is in the target")
	}
}

// TestFileOfPipe: what is no regular file is written and stays what it is.
func TestFileOfPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string)
	go func() {
		in, err := os.Open(path)
		if err != nil {
			read <- err.Error()
			return
		}
		defer in.Close()
		text, _ := io.ReadAll(in)
		read <- string(text)
	}()
	if err := mustCreate(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if text := <-read; strings.Count(text, "\n") != 2 {
		t.Errorf("%q", text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("%v %v", info, err)
	}
}

// TestFileOfFullDisk: a file that could not be written is not there.
func TestFileOfFullDisk(t *testing.T) {
	dir := t.TempDir()
	f := mustCreate(t, filepath.Join(dir, "records.txt"))
	f.Writer = New(&full{}, Text, flowlog.Default())
	if err := f.Close(); !errors.Is(err, errFull) || len(names(t, dir)) != 0 {
		t.Errorf("%v, and there is %q", err, names(t, dir))
	}
}

func TestCreateErrors(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "no", "file"), dir} {
		if f, err := Create(path, Text, flowlog.Default()); err == nil {
			t.Errorf("%s: %v", path, f)
		}
	}
}
