package capture

import (
	"math/bits"
	"unsafe"

	"github.com/flowemu/flowemu/flow"
)

// linkType is a number of https://www.tcpdump.org/linktypes.html. Sixteen bits:
// gopacket's own LinkType has eight and takes LINUX_SLL2 (276) for 20.
type linkType uint16

const (
	linkNull     linkType = 0
	linkEthernet linkType = 1
	linkPPP      linkType = 9
	linkRawBSD   linkType = 12
	linkRawOpen  linkType = 14
	linkPPPHDLC  linkType = 50
	linkPPPoE    linkType = 51
	linkRaw      linkType = 101
	linkCHDLC    linkType = 104
	linkLoop     linkType = 108
	linkSLL      linkType = 113
	linkIPv4     linkType = 228
	linkIPv6     linkType = 229
	linkSLL2     linkType = 276
)

// Packet types of Linux's packet sockets and of the SLL headers.
const (
	typeOtherHost = 3
	typeOutgoing  = 4
)

// frame is what a source saw. The source owns data, which is valid until the
// next frame is asked for.
type frame struct {
	data     []byte
	at       int64  // nanoseconds since 1970
	length   uint32 // before any cut by a snap length
	link     linkType
	gso      uint16 // segment size, when the frame is a super-packet of known size
	gsoType  uint8  // what its segments are
	outgoing bool
	other    bool // for another host's hardware address
}

// key is a flow's identity: 40 bytes without padding or pointers. In fragments
// after the first the ports are those of the first, with later set.
type key struct {
	_ [0]uint64 // aligned as words are
	flow.Tuple
	direction flow.Direction
	later     uint8 // 0 or 1: every byte counts in words
}

// words gives the key as numbers, for hashing and comparing.
func (k *key) words() *[5]uint64 { return (*[5]uint64)(unsafe.Pointer(k)) }

// hashSeed is random per engine, so that nobody can aim packets at one slot.
type hashSeed [4]uint64

func (k *key) hash(s *hashSeed) uint64 {
	w := k.words()
	x := fold(w[0]^s[0], w[1]^s[1])
	y := fold(w[2]^s[2], w[3]^s[3])
	return fold(x^s[1]^w[4], y^s[2])
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func (k *key) equal(o *key) bool {
	v, w := k.words(), o.words()
	return (v[0]^w[0])|(v[1]^w[1])|(v[2]^w[2])|(v[3]^w[3])|(v[4]^w[4]) == 0
}

// packet is what decoding keeps of a frame.
type packet struct {
	key     key
	hash    uint64 // the table's
	bytes   uint64 // IP total length, summed over the packets on the wire
	packets uint32
	l3      uint16 // offset of the IP header
	flags   uint8
	part    part
}

// part says whether a packet is a fragment.
type part uint8

const (
	whole part = iota
	firstPart
	laterPart
)
