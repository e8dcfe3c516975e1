//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const burst = 64

// mmsghdr is sendmmsg's; package unix has none.
type mmsghdr struct {
	unix.Msghdr
	n uint32
	_ [4]byte
}

// send writes frames of 60 bytes to an interface at a fixed rate, of up to a
// million flows in random order, and prints how many were sent: the part of the program that runs in a
// namespace as a process of its own.
func send(args []string) error {
	flags := flag.NewFlagSet("send", flag.ExitOnError)
	name := flags.String("i", "", "interface")
	mac := flags.String("to", "", "hardware address of its peer")
	flows := flags.Int("flows", 10_000, "")
	rate := flags.Int("rate", 800_000, "packets per second")
	seconds := flags.Int("seconds", 5, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	to, err := net.ParseMAC(*mac)
	if err != nil {
		return err
	}
	i, err := net.InterfaceByName(*name)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1),
		unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: i.Index}),
	); err != nil {
		return err
	}
	g := newGenerator(i.HardwareAddr, to)
	sent, took, err := g.run(fd, *flows, *rate, time.Duration(*seconds)*time.Second)
	fmt.Println(sent, took.Milliseconds())
	return err
}

// generator has the frames of a burst, of which only the source address and port change.
type generator struct {
	frames   [burst][60]byte
	iov      [burst]unix.Iovec
	messages [burst]mmsghdr
}

func newGenerator(from, to net.HardwareAddr) *generator {
	g := &generator{}
	for i := range g.frames {
		f := g.frames[i][:]
		copy(f, to)
		copy(f[6:], from)
		copy(f[12:], []byte{8, 0, 0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, unix.IPPROTO_UDP, 0, 0})
		copy(f[26:], []byte{198, 18, 0, 0, 198, 19, 0, 1}) // RFC 2544's benchmark networks
		binary.BigEndian.PutUint16(f[36:], 53)
		binary.BigEndian.PutUint16(f[38:], 26)
		g.iov[i] = unix.Iovec{Base: &f[0], Len: uint64(len(f))}
		g.messages[i].Iov, g.messages[i].Iovlen = &g.iov[i], 1
	}
	return g
}

func (g *generator) run(fd, flows, rate int, d time.Duration) (sent int, took time.Duration, err error) {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	for want := int(int64(rate) * int64(d) / int64(time.Second)); sent < want && took < 2*d; took = time.Since(start) {
		if ahead := time.Duration(int64(sent)*int64(time.Second)/int64(rate)) - took; ahead > 100*time.Microsecond {
			pauseShort(ahead)
		}
		for i := range g.frames {
			g.address(i, random.IntN(flows))
		}
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&g.messages[0])), burst, 0, 0, 0)
		switch errno {
		case 0:
			sent += int(n)
		case unix.ENOBUFS, unix.EAGAIN:
		default:
			return sent, took, fmt.Errorf("sendmmsg: %w", errno)
		}
	}
	return sent, took, nil
}

// address makes frame i one of a flow. Neighbours among a million flows are far
// apart in their addresses.
func (g *generator) address(i, flow int) {
	const bits, odd = 20, 0x9e3779b1
	n := flow * odd & (1<<bits - 1)
	binary.BigEndian.PutUint16(g.frames[i][28:], uint16(n>>12))
	binary.BigEndian.PutUint16(g.frames[i][34:], uint16(1024+n&0xfff))
}

func pauseShort(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil) // an early return only makes the burst early
}
