package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	snapLength = 256 // headers only: payload would fill the ring
	// A block that is not full is handed over after one to two of these.
	retireMillis = 20
	ringLatency  = 2*retireMillis*time.Millisecond + 10*time.Millisecond
	vnetHeader   = 10 // struct virtio_net_hdr
	addressAt    = (unix.SizeofTpacket3Hdr + 15) &^ 15
)

// ring is a TPACKET_V3 ring (Documentation/networking/packet_mmap.rst): the
// kernel fills blocks of frames in memory that both see. Waiting goes through the
// runtime's poller, so an idle ring holds no thread.
type ring struct {
	file      *os.File
	raw       syscall.RawConn
	fd        int // valid until file is closed
	index     int
	mem       []byte
	blockSize int
	blocks    int

	block     atomic.Uint32 // that next reads or waits for
	left, off int           // frames left in it, and where the next is

	ready func(fd uintptr) bool
	err   error // of ready
}

// openRings makes n rings that share t's packets by a hash of their flows. Both
// directions of a flow come to one, and so do all fragments of a packet, since
// their hash is of the addresses only. (That the kernel puts fragments together
// first, PACKET_FANOUT_FLAG_DEFRAG, would count other packets than there were.)
// Nothing is let in until all take part.
func openRings(t Tap, bytes, n int) ([]source, error) {
	rings, err := joinRings(t, bytes, n)
	for _, r := range rings {
		if err == nil {
			err = r.attach(cutFilter(t.Loopback))
		}
	}
	sources := make([]source, len(rings))
	for i, r := range rings {
		if sources[i] = r; err != nil {
			r.close()
		}
	}
	if err != nil {
		return nil, err
	}
	return sources, nil
}

// joinRings gives the rings made so far with an error.
func joinRings(t Tap, bytes, n int) (rings []*ring, err error) {
	group := unix.PACKET_FANOUT_FLAG_UNIQUEID << 16
	for range n {
		r, err := openRing(t, bytes/n)
		if err != nil {
			return rings, err
		}
		rings = append(rings, r)
		if n == 1 {
			return rings, nil
		}
		err = unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT, group|unix.PACKET_FANOUT_HASH<<16)
		if err == nil && len(rings) == 1 {
			group, err = unix.GetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT)
			group &= 0xffff
		}
		if err != nil {
			return rings, fmt.Errorf("share packets among %d rings: %w", n, err)
		}
	}
	return rings, nil
}

// openRing makes a ring that lets nothing in before it gets another filter, and
// then only what comes from the one interface.
func openRing(t Tap, bytes int) (*ring, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket (needs CAP_NET_RAW): %w", err)
	}
	r := &ring{fd: fd, index: t.Index}
	r.ready = r.isReady
	if err := r.setup(bytes); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	r.file = os.NewFile(uintptr(fd), "packet socket")
	if r.raw, err = r.file.SyscallConn(); err == nil {
		err = r.bind()
	}
	if err == nil {
		err = r.socketError() // an interface that is down lets bind succeed
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *ring) setup(bytes int) error {
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("set TPACKET_V3: %w", err)
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VNET_HDR, 1); err != nil {
		return fmt.Errorf("set PACKET_VNET_HDR: %w", err)
	}
	if err := r.attach(refuse()); err != nil {
		return err
	}
	return r.mapRing(bytes)
}

// refuse lets nothing in.
func refuse() []unix.SockFilter { return []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}} }

func (r *ring) attach(program []unix.SockFilter) error {
	if err := unix.SetsockoptSockFprog(r.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}); err != nil {
		return fmt.Errorf("attach packet filter: %w", err)
	}
	return nil
}

// cutFilter keeps the first snapLength bytes. On a loopback interface each packet
// is seen when it is sent and when it is received: the first is dropped.
func cutFilter(loopback bool) []unix.SockFilter {
	keep := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: snapLength}
	if !loopback {
		return []unix.SockFilter{keep}
	}
	const packetType = 0xfffff000 + 4 // SKF_AD_OFF + SKF_AD_PKTTYPE
	return []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: packetType},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: typeOutgoing, Jt: 1},
		keep,
		refuse()[0],
	}
}

// mapRing takes less memory than asked for if the system has not got it.
func (r *ring) mapRing(bytes int) error {
	r.blockSize = 1 << 20
	if bytes < 8<<20 {
		r.blockSize = 1 << 17
	}
	const frameSize = 2048 // of no meaning in version 3, but checked
	var err error
	for r.blocks = bytes / r.blockSize; r.blocks >= 2; r.blocks /= 2 {
		req := unix.TpacketReq3{
			Block_size: uint32(r.blockSize), Block_nr: uint32(r.blocks),
			Frame_size: frameSize, Frame_nr: uint32(r.blockSize / frameSize * r.blocks),
			Retire_blk_tov: retireMillis,
		}
		if err = unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); !errors.Is(err, unix.ENOMEM) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("make ring of %d bytes: %w", bytes, err)
	}
	r.mem, err = unix.Mmap(r.fd, 0, r.blockSize*r.blocks, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map ring: %w", err)
	}
	return nil
}

func (r *ring) bind() error {
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in network byte order
	address := &unix.SockaddrLinklayer{Protocol: all, Ifindex: r.index}
	if err := unix.Bind(r.fd, address); err != nil {
		return fmt.Errorf("bind to interface %d: %w", r.index, err)
	}
	return nil
}

func (r *ring) socketError() error {
	n, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && n != 0 {
		err = unix.Errno(n)
	}
	if err != nil {
		return fmt.Errorf("interface %d: %w", r.index, err)
	}
	return nil
}

// status is the word by which the kernel and we hand a block to each other.
func (r *ring) status(block uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.mem[int(block)*r.blockSize+8]))
}

func (r *ring) blockReady() bool {
	return atomic.LoadUint32(r.status(r.block.Load()))&unix.TP_STATUS_USER != 0
}

func (r *ring) isReady(uintptr) bool {
	if r.blockReady() {
		return true
	}
	r.err = r.socketError()
	return r.err != nil
}

func (r *ring) wait() error {
	r.err = nil
	if err := r.raw.Read(r.ready); err != nil {
		return os.ErrClosed
	}
	return r.err
}

func (r *ring) next(f *frame) bool {
	ne := binary.NativeEndian
	for r.left == 0 {
		if r.off != 0 {
			r.handBack()
		}
		if !r.blockReady() {
			return false
		}
		b := r.mem[int(r.block.Load())*r.blockSize:]
		r.left, r.off = int(ne.Uint32(b[12:])), int(ne.Uint32(b[16:]))
	}
	r.fill(f, r.mem[int(r.block.Load())*r.blockSize+r.off:])
	return true
}

// handBack gives the block that was read to the kernel.
func (r *ring) handBack() {
	block := r.block.Load()
	atomic.StoreUint32(r.status(block), unix.TP_STATUS_KERNEL)
	r.off = 0
	r.block.Store((block + 1) % uint32(r.blocks))
}

// fill describes the frame whose header h starts with, and goes on to the next.
// The data stays valid until the call of next after this one.
func (r *ring) fill(f *frame, h []byte) {
	header := (*unix.Tpacket3Hdr)(unsafe.Pointer(&h[0]))
	address := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&h[addressAt]))
	mac := int(header.Mac)
	*f = frame{
		data:     h[mac : mac+int(header.Snaplen)],
		at:       int64(header.Sec)*1e9 + int64(header.Nsec),
		length:   header.Len,
		link:     hardwareLink(address.Hatype),
		outgoing: address.Pkttype == typeOutgoing,
		other:    address.Pkttype == typeOtherHost,
	}
	if v := h[mac-vnetHeader : mac]; v[1] != 0 { // gso_type, then at 4 gso_size
		f.gso, f.gsoType = binary.NativeEndian.Uint16(v[4:]), v[1]
	}
	r.off += int(header.Next_offset)
	r.left--
}

// hardwareLink tells how a device's frames begin.
func hardwareLink(hardware uint16) linkType {
	switch hardware {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return linkEthernet
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT,
		unix.ARPHRD_IPGRE, unix.ARPHRD_IP6GRE, unix.ARPHRD_PPP:
		return linkRaw
	}
	return 0xffff // of no use: counted as undecodable
}

// drops reads the counters, which resets them.
func (r *ring) drops() uint64 {
	s, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0 // of a valid socket it cannot fail
	}
	return uint64(s.Drops)
}

func (r *ring) latency() time.Duration { return ringLatency }

// stop lets nothing more in. The kernel goes on handing over blocks.
func (r *ring) stop() error { return r.attach(refuse()) }

// interrupt makes wait return, now and later. The socket stays open for its
// counters.
func (r *ring) interrupt() {
	_ = r.file.SetReadDeadline(time.Unix(1, 0)) // it fails only after close
}

func (r *ring) close() {
	_ = r.file.Close()
	if r.mem != nil {
		_ = unix.Munmap(r.mem)
		r.mem = nil
	}
}
