package recordfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/flowemu/flowemu/flowlog"
)

// File is a Writer of a file on disk, which has its name only when it is complete.
type File struct {
	*Writer
	file *os.File
	path string // "" for what cannot be renamed
}

// Create starts the file that Close puts at path, beside it and under a name
// that starts with a dot. A device or a pipe is written as it is.
func Create(path string, kind Kind, format flowlog.Format) (*File, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f := &File{path: path}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		f.path = ""
		f.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	case err == nil:
		if f.file, err = beside(path); err == nil {
			err = f.file.Chmod(info.Mode().Perm()) // as if it had been overwritten
		}
	case errors.Is(err, fs.ErrNotExist):
		f.file, err = beside(path)
	}
	if err != nil {
		f.remove()
		return nil, err
	}
	f.Writer = New(f.file, kind, format)
	return f, nil
}

// beside makes a file for what will be path.
func beside(path string) (*os.File, error) {
	name := fmt.Sprintf(".%s.%016x.tmp", filepath.Base(path), rand.Uint64())
	return os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// Close ends the file and gives it its name. After an error there is none.
func (f *File) Close() error {
	err := f.Writer.Close()
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	if f.path == "" {
		return err
	}
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		f.remove()
	}
	return err
}

// Discard forgets what was written: what was at the path stays there.
func (f *File) Discard() error {
	if f.path == "" {
		return f.file.Close()
	}
	f.remove()
	return nil
}

// remove forgets what was written.
func (f *File) remove() {
	if f.file != nil && f.path != "" {
		f.file.Close()
		_ = os.Remove(f.file.Name()) // the error that led here says more
	}
}
