package flowemu

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockFile is locked by the process that uses a data directory.
const lockFile = "lock"

// How the folders of Memory are called. Each is locked like any data directory,
// so one without an owner is what a killed process left; until it is locked it
// has another name, lest one that starts at the same time takes it for that.
const (
	memoryPrefix     = "flowemu-memory-"
	newMemoryPrefix  = "flowemu-new-"
	newMemoryPattern = newMemoryPrefix + "*"
)

// dataDir is a data directory that this process holds.
type dataDir struct {
	path     string
	volatile bool // removed at the end
	lock     *os.File
}

// openDataDir makes the directory if need be and locks it. Memory is a new
// directory that close removes.
func openDataDir(data string) (*dataDir, error) {
	if data != Memory {
		return lockDataDir(data)
	}
	sweepMemory()
	path, err := os.MkdirTemp("", newMemoryPattern)
	if err != nil {
		return nil, fmt.Errorf("make a directory for --data %s: %w", Memory, err)
	}
	d, err := lockDataDir(path)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	d.volatile = true
	d.path = strings.Replace(path, newMemoryPrefix, memoryPrefix, 1)
	if err := os.Rename(path, d.path); err != nil { // now it is locked, and others may see it
		d.path = path
		return nil, errors.Join(fmt.Errorf("make a directory for --data %s: %w", Memory, err), d.close())
	}
	return d, nil
}

// errLocked says that another process holds the data directory.
var errLocked = errors.New("another flowemu uses it; stop that one, or choose another directory with --data")

func lockDataDir(path string) (*dataDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open the data directory %s: %w; choose another with --data", path, unwrapPath(err))
	}
	f, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the data directory %s: %w; choose another with --data", path, unwrapPath(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errLocked
		}
		return nil, errors.Join(fmt.Errorf("open the data directory %s: %w", path, err), f.Close())
	}
	return &dataDir{path: path, lock: f}, nil
}

// unwrapPath drops the path that the os package repeats.
func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// sweepMemory removes directories of Memory whose process is gone. Another's
// cannot be locked and is left alone; so is what cannot be removed.
func sweepMemory() {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), memoryPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range old {
		if d, err := lockDataDir(path); err == nil {
			d.volatile = true
			_ = d.close()
		}
	}
}

func (d *dataDir) close() error {
	var err error
	if d.volatile {
		err = os.RemoveAll(d.path)
	}
	return errors.Join(err, d.lock.Close())
}
