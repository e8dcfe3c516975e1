package publisher

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/flowemu/flowemu/flowlog"
)

// errSpool says that a spool file is not one, or is damaged.
var errSpool = errors.New("damaged spool file")

// spoolError says which spool file cannot be read.
type spoolError struct {
	file int64
	err  error
}

func (e *spoolError) Error() string { return fmt.Sprintf("spool file %d: %s", e.file, e.err) }

func (e *spoolError) Unwrap() error { return e.err }

// lost says whether what the file held will never be read: it is damaged or gone.
func (e *spoolError) lost() bool {
	return errors.Is(e.err, errSpool) || errors.Is(e.err, os.ErrNotExist)
}

// spoolIndex says what is where in a spool file, whose sum was checked.
type spoolIndex struct {
	slot    time.Time
	entries []entry
	at      []int64          // of an entry's first flow
	of      map[string][]int // entries by the flow log that wants them
}

// readIndex checks a spool file of that size as a whole and makes its index.
func readIndex(r io.ReaderAt, size int64) (*spoolIndex, error) {
	if err := checkSum(r, size); err != nil {
		return nil, err
	}
	head := make([]byte, len(spoolMagic)+4)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, errSpool
	}
	if magic := string(head[:len(spoolMagic)]); magic != spoolMagic && magic != firstMagic {
		return nil, errSpool
	}
	n := int64(binary.LittleEndian.Uint32(head[len(spoolMagic):]))
	at := int64(len(head)) + n
	if at > size {
		return nil, errSpool
	}
	var h spoolHeader
	if err := json.NewDecoder(io.NewSectionReader(r, int64(len(head)), n)).Decode(&h); err != nil {
		return nil, fmt.Errorf("%w: %w", errSpool, err)
	}
	x := &spoolIndex{slot: time.Unix(h.Slot, 0), entries: h.Entries, of: map[string][]int{}}
	for i := range h.Entries {
		e := &h.Entries[i]
		if e.Count < 0 || int64(e.Count) > (size-at)/e.size() {
			return nil, errSpool
		}
		x.at = append(x.at, at)
		at += int64(e.Count) * e.size()
		for _, id := range e.FlowLogs {
			x.of[id] = append(x.of[id], i)
		}
	}
	return x, nil
}

// checkSum checks the sum at the end of a file of that size.
func checkSum(r io.ReaderAt, size int64) error {
	if size < 4 {
		return errSpool
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size-4)); err != nil {
		return err
	}
	var want [4]byte
	if _, err := r.ReadAt(want[:], size-4); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(want[:]) != sum.Sum32() {
		return errSpool
	}
	return nil
}

// records gives a flow log's records, entry by entry. False says that the caller is to stop.
func (x *spoolIndex) records(r io.ReaderAt, f *flowlog.FlowLog, services flowlog.Services, yield func(*flowlog.Record, error) bool) (more bool, err error) {
	buf := make([]byte, flowSize+hopSize)
	var in *bufio.Reader
	lookup := &flowlog.Lookup{TagFields: f.TagFields, Services: services}
	for _, i := range x.of[f.ID] {
		e := &x.entries[i]
		rec := flowlog.Record{Interface: &e.Interface, Start: time.Unix(0, e.Start), End: time.Unix(0, e.End), Status: e.Status, Lookup: lookup}
		if e.Status != flowlog.OK && !yield(&rec, nil) {
			return false, nil
		}
		flows := io.NewSectionReader(r, x.at[i], int64(e.Count)*e.size())
		if in == nil {
			in = bufio.NewReaderSize(flows, 1<<16)
		} else {
			in.Reset(flows)
		}
		for range e.Count {
			if _, err := io.ReadFull(in, buf[:e.size()]); err != nil {
				return false, errSpool
			}
			parseFlow(buf, &rec.Flow)
			if len(e.Hops) > 0 {
				n := binary.LittleEndian.Uint32(buf[flowSize:])
				if int(n) >= len(e.Hops) {
					return false, errSpool
				}
				rec.Hop = &e.Hops[n]
			}
			if f.Wants(rec.Verdict.Action.String()) && !yield(&rec, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// index opens a spool file and makes its index.
func (s spool) index(file int64) (*spoolIndex, error) {
	f, err := os.Open(s.path(file))
	if err != nil {
		return nil, &spoolError{file, err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, &spoolError{file, err}
	}
	x, err := readIndex(f, info.Size())
	if err != nil {
		return nil, &spoolError{file, err}
	}
	return x, nil
}

// keptIndexes is how many indexes a round of deliveries keeps: flow logs mostly
// want the same few files, while a sink that was down leaves many.
const keptIndexes = 16

// spoolReader reads spool files for many flow logs at once, each file's index
// once as long as it is kept. Safe for concurrent use.
type spoolReader struct {
	spool
	mu   sync.Mutex
	kept map[int64]func() (*spoolIndex, error)
	old  []int64 // the files of kept, oldest first
}

func newSpoolReader(s spool) *spoolReader {
	return &spoolReader{spool: s, kept: map[int64]func() (*spoolIndex, error){}}
}

func (s *spoolReader) index(file int64) (*spoolIndex, error) {
	s.mu.Lock()
	get, ok := s.kept[file]
	if !ok {
		get = sync.OnceValues(func() (*spoolIndex, error) { return s.spool.index(file) })
		if len(s.old) == keptIndexes {
			delete(s.kept, s.old[0])
			s.old = slices.Delete(s.old, 0, 1)
		}
		s.kept[file], s.old = get, append(s.old, file)
	}
	s.mu.Unlock()
	return get()
}

// records gives a flow log's records of spool files, file by file, entry by
// entry. The record is valid until the next one. It ends after an error.
func (s *spoolReader) records(files []int64, f *flowlog.FlowLog) iter.Seq2[*flowlog.Record, error] {
	return func(yield func(*flowlog.Record, error) bool) {
		for _, file := range files {
			more, err := s.fileRecords(file, f, yield)
			if err != nil {
				yield(nil, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// fileRecords says with false that the caller is to stop.
func (s *spoolReader) fileRecords(file int64, f *flowlog.FlowLog, yield func(*flowlog.Record, error) bool) (more bool, err error) {
	x, err := s.index(file)
	if err != nil {
		return false, err
	}
	in, err := os.Open(s.path(file))
	if err != nil {
		return false, &spoolError{file, err}
	}
	defer in.Close()
	if more, err = x.records(in, f, s.services, yield); err != nil {
		return false, &spoolError{file, err}
	}
	return more, nil
}
