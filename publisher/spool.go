package publisher

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
)

// A spool file holds sealed windows until every flow log that wants them has
// them. It speaks for itself: nothing that it needs is elsewhere.
//
//	magic    8 bytes "flowspl2"
//	length   4 bytes, little-endian
//	header   JSON: {"slot": Unix seconds, "entries": [entry]}
//	flows    entry by entry, flowSize bytes each, or hopSize more with Hops
//	CRC-32   4 bytes, little-endian, IEEE, of all before
//
// A flow: source 16, destination 16, ports 2 and 2, protocol, IP version,
// direction, verdict, TCP flags 1 each, packets 8, bytes 8, little-endian, and
// where in Hops its hop is. The verdict is the action and, in the upper four bits,
// the reason. Files of the first version, "flowspl1", have no hops and no reasons.
const (
	spoolMagic  = "flowspl2"
	firstMagic  = "flowspl1"
	spoolSuffix = ".spool"
	flowSize    = 57
	hopSize     = 4
)

// entry is what one interface has for some flow logs: a window's flows, or the
// word that it had none or lost some.
type entry struct {
	Interface flowlog.Interface
	Start     int64 // Unix nanoseconds
	End       int64
	Status    flowlog.Status
	FlowLogs  []string      // ids of those that want it
	Count     int           // flows that follow
	Hops      []flowlog.Hop `json:",omitempty"`
	flows     []flow.Flow
	hop       []uint32 // of each flow, in Hops; nil is the first one for all
}

// size is how many bytes one of its flows has in a file.
func (e *entry) size() int64 {
	if len(e.Hops) > 0 {
		return flowSize + hopSize
	}
	return flowSize
}

// hopIndex gives where the hop of flow i is.
func (e *entry) hopIndex(i int) uint32 {
	if e.hop == nil {
		return 0
	}
	return e.hop[i]
}

type spoolHeader struct {
	Slot    int64   `json:"slot"`
	Entries []entry `json:"entries"`
}

// flowLogs gives the ids of all flow logs that want something of the entries.
func flowLogs(entries []entry) []string {
	var ids []string
	for i := range entries {
		ids = append(ids, entries[i].FlowLogs...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// spool is the folder of spool files.
type spool struct {
	dir      string
	services flowlog.Services // that the records are looked up in
}

func (s spool) path(file int64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%016d%s", file, spoolSuffix))
}

// write makes a spool file durable before it returns: written, synced, renamed, the folder synced.
func (s spool) write(file int64, slot time.Time, entries []entry) (size int64, err error) {
	tmp := s.path(file) + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("write spool file %d: %w", file, err)
	}
	size, err = encodeSpool(f, slot, entries)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(tmp, s.path(file))
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("write spool file %d: %w", file, err), os.Remove(tmp))
	}
	return size, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// list gives the numbers of the spool files on disk in order, with their sizes,
// and removes what a crash left half written.
func (s spool) list() (files []int64, sizes map[int64]int64, err error) {
	all, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read the spool: %w", err)
	}
	sizes = map[int64]int64{}
	for _, e := range all {
		if strings.HasSuffix(e.Name(), ".tmp") {
			if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
				return nil, nil, fmt.Errorf("read the spool: %w", err)
			}
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(e.Name(), spoolSuffix), 10, 64)
		if err != nil {
			continue // not ours
		}
		info, err := e.Info()
		if err != nil {
			return nil, nil, fmt.Errorf("read the spool: %w", err)
		}
		files, sizes[n] = append(files, n), info.Size()
	}
	return files, sizes, nil
}

func encodeSpool(w io.Writer, slot time.Time, entries []entry) (int64, error) {
	for i := range entries {
		entries[i].Count = len(entries[i].flows)
	}
	header, err := json.Marshal(spoolHeader{Slot: slot.Unix(), Entries: entries})
	if err != nil {
		return 0, err
	}
	sum := crc32.NewIEEE()
	b := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	head := binary.LittleEndian.AppendUint32([]byte(spoolMagic), uint32(len(header)))
	n := int64(len(head) + len(header) + 4)
	put := func(p []byte) { _, _ = b.Write(p) } // a bufio.Writer keeps its first error for Flush
	put(head)
	put(header)
	buf := make([]byte, 0, flowSize+hopSize)
	for i := range entries {
		e := &entries[i]
		for j := range e.flows {
			b := appendFlow(buf, &e.flows[j])
			if len(e.Hops) > 0 {
				b = binary.LittleEndian.AppendUint32(b, e.hopIndex(j))
			}
			put(b)
		}
		n += int64(len(e.flows)) * e.size()
	}
	if err := b.Flush(); err != nil {
		return 0, err
	}
	_, err = w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return n, err
}

func appendFlow(b []byte, f *flow.Flow) []byte {
	b = append(append(b, f.Src[:]...), f.Dst[:]...)
	b = binary.LittleEndian.AppendUint16(b, f.SrcPort)
	b = binary.LittleEndian.AppendUint16(b, f.DstPort)
	b = append(b, f.Protocol, f.IPVersion, byte(f.Direction), byte(f.Verdict.Action)|byte(f.Verdict.Reason)<<4, f.TCPFlags)
	b = binary.LittleEndian.AppendUint64(b, f.Packets)
	return binary.LittleEndian.AppendUint64(b, f.Bytes)
}

func parseFlow(b []byte, f *flow.Flow) {
	copy(f.Src[:], b)
	copy(f.Dst[:], b[16:])
	f.SrcPort, f.DstPort = binary.LittleEndian.Uint16(b[32:]), binary.LittleEndian.Uint16(b[34:])
	f.Protocol, f.IPVersion, f.Direction = b[36], b[37], flow.Direction(b[38])
	f.Verdict, f.TCPFlags = flow.Verdict{Action: flow.Action(b[39] & 15), Reason: flow.Reason(b[39] >> 4)}, b[40]
	f.Packets, f.Bytes = binary.LittleEndian.Uint64(b[41:]), binary.LittleEndian.Uint64(b[49:])
}
