package s3

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
)

// blobs are immutable files with random names: <dir>/<first two digits>/<32 hex digits>,
// and <dir>/tmp/<name> while they are written.
type blobs struct {
	dir string
	log *slog.Logger
}

// blob is a file that is complete and durable.
type blob struct {
	id   string
	size int64
	md5  []byte
}

const tmpDir = "tmp"

func openBlobs(dir string, log *slog.Logger) (*blobs, error) {
	b := &blobs{dir: dir, log: log}
	if err := os.MkdirAll(filepath.Join(dir, tmpDir), 0o700); err != nil {
		return nil, err
	}
	for i := range 256 {
		err := os.Mkdir(filepath.Join(dir, fmt.Sprintf("%02x", i)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return b, errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)))
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (b *blobs) path(id string) string { return filepath.Join(b.dir, id[:2], id) }

func (b *blobs) open(id string) (*os.File, error) { return os.Open(b.path(id)) }

// write makes a blob of all that is in in. With an error nothing is left behind.
func (b *blobs) write(in io.Reader) (blob, error) {
	out := blob{id: newID()}
	tmp := filepath.Join(b.dir, tmpDir, out.id)
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return out, err
	}
	sum := md5.New()
	out.size, err = io.CopyBuffer(io.MultiWriter(f, sum), onlyReader{in}, make([]byte, 128<<10))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return out, errors.Join(err, os.Remove(tmp))
	}
	out.md5 = sum.Sum(nil)
	if err := os.Rename(tmp, b.path(out.id)); err != nil {
		return out, errors.Join(err, os.Remove(tmp))
	}
	if err := syncDir(filepath.Dir(b.path(out.id))); err != nil {
		return out, errors.Join(err, os.Remove(b.path(out.id)))
	}
	return out, nil
}

// onlyReader hides WriterTo, so that the copy goes through the buffer.
type onlyReader struct{ io.Reader }

// remove removes blobs that nothing refers to. Who has one open can still read it.
func (b *blobs) remove(ids ...string) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		if err := os.Remove(b.path(id)); err != nil {
			b.log.Warn("cannot remove a blob; the next start tries again", "blob", id, "err", err)
		}
	}
}

// sweep removes what is in no use: unfinished files, and blobs not among used.
func (b *blobs) sweep(used iter.Seq2[string, error]) error {
	known := map[[16]byte]struct{}{}
	for id, err := range used {
		if err != nil {
			return err
		}
		if key, ok := parseID(id); ok {
			known[key] = struct{}{}
		}
	}
	n := 0
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, ours := parseID(d.Name())
		unfinished := filepath.Base(filepath.Dir(path)) == tmpDir
		if _, inUse := known[key]; !ours || inUse && !unfinished {
			return nil
		}
		n++
		return os.Remove(path)
	})
	if n > 0 {
		b.log.Info("removed blobs that a crash had left over", "count", n)
	}
	return err
}

func parseID(s string) (id [16]byte, ok bool) {
	b, err := hex.DecodeString(s)
	ok = err == nil && len(b) == len(id) && bytes.Equal([]byte(hex.EncodeToString(b)), []byte(s))
	copy(id[:], b)
	return id, ok
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
