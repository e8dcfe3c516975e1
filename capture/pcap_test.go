package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

type sample struct {
	at   int64
	link linkType
	data string
	len  uint32
}

func readAll(r io.Reader) ([]sample, error) {
	packets, err := openPackets(r, nil)
	if err != nil {
		return nil, err
	}
	var all []sample
	for {
		var f frame
		if err := packets.next(&f); err != nil {
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return all, err
		}
		all = append(all, sample{f.at, f.link, string(f.data), f.length})
	}
}

// pcapFile makes a classic file; frac is in the magic's unit.
func pcapFile(order binary.AppendByteOrder, magic, link uint32, frac uint32, packets ...string) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	for _, v := range []uint32{0, 0, 65535, link} {
		b = order.AppendUint32(b, v)
	}
	for i, p := range packets {
		for _, v := range []uint32{uint32(100 + i), frac, uint32(len(p)), uint32(len(p) + 5)} {
			b = order.AppendUint32(b, v)
		}
		b = append(b, p...)
	}
	return b
}

func TestPcapMagics(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for magic, unit := range map[uint32]int64{0xa1b2c3d4: 1000, 0xa1b23c4d: 1} {
			file := pcapFile(order, magic, 276, 7, "one", "", "three")
			// one byte at a time: nothing may depend on how a stream is cut
			got, err := readAll(iotest.OneByteReader(bytes.NewReader(file)))
			if err != nil {
				t.Fatal(err)
			}
			want := []sample{
				{100e9 + 7*unit, 276, "one", 8},
				{101e9 + 7*unit, 276, "", 5},
				{102e9 + 7*unit, 276, "three", 10},
			}
			if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
				t.Errorf("%v %x: %v", order, magic, got)
			}
		}
	}
}

func TestPcapAcrossBlocks(t *testing.T) {
	long, huge := strings.Repeat("x", 300_000), strings.Repeat("y", 3<<20)
	file := pcapFile(binary.LittleEndian, 0xa1b2c3d4, 1, 0, long, long, long, long, "s", huge, "t", long)
	got, err := readAll(bytes.NewReader(file))
	if err != nil || len(got) != 8 || got[5].data != huge || got[6].data != "t" || got[7].data != long {
		t.Errorf("%d packets, %v", len(got), err)
	}
}

func TestCutFiles(t *testing.T) {
	classic := pcapFile(binary.LittleEndian, 0xa1b2c3d4, 1, 0, "first", "second")
	ng := ngFile(binary.LittleEndian)
	for name, file := range map[string][]byte{"pcap": classic, "pcapng": ng} {
		whole, err := readAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for n := range file {
			got, err := readAll(bytes.NewReader(file[:n]))
			if len(got) > len(whole) || len(got) > 0 && got[0] != whole[0] {
				t.Fatalf("%s cut at %d: %v", name, n, got)
			}
			switch {
			case n < 4 && !errors.Is(err, errFormat):
				t.Errorf("%s cut at %d: %v", name, n, err)
			case err == nil && name == "pcap" && n != 24 && n != 24+16+5:
				t.Errorf("%s cut at %d: no error", name, n)
			case n >= 4 && err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
	_, err := readAll(bytes.NewReader(classic[:50]))
	if err == nil || !strings.Contains(err.Error(), "offset 45") {
		t.Errorf("the error does not say where: %v", err)
	}
}

func TestBadFiles(t *testing.T) {
	le := binary.LittleEndian
	long := pcapFile(le, 0xa1b2c3d4, 1, 0, "x")
	le.PutUint32(long[24+8:], maxCaptured+1)
	cases := map[string][]byte{
		"empty": nil, "text": []byte("hello, world"), "length": long,
		"pcapng without byte order": join(ngBlock(le, ngSection, make([]byte, 16))),
		"pcapng length":             join(ngFile(le)[:28], le.AppendUint32(le.AppendUint32(nil, 6), 13), make([]byte, 20)),
		"pcapng interface":          join(ngFile(le)[:28], ngBlock(le, ngEnhanced, make([]byte, 20))),
		"pcapng short packet":       join(ngFile(le)[:28], ngBlock(le, ngEnhanced, make([]byte, 16))),
		"pcapng short interface":    join(ngFile(le)[:28], ngBlock(le, ngInterface, make([]byte, 4))),
		"pcapng resolution":         join(ngFile(le)[:28], ngBlock(le, ngInterface, ngInfo(le, 1, 9, []byte{20}))),
	}
	for name, file := range cases {
		if _, err := readAll(bytes.NewReader(file)); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readAll(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a failing reader: %v", err)
	}
	if _, err := readAll(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(long)))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("a timeout: %v", err)
	}
}

func ngBlock(o binary.AppendByteOrder, typ uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n := uint32(len(body) + 12)
	b := o.AppendUint32(o.AppendUint32(nil, typ), n)
	return o.AppendUint32(append(b, body...), n)
}

func ngInfo(o binary.AppendByteOrder, link uint16, options ...any) []byte {
	b := o.AppendUint16(nil, link)
	b = o.AppendUint32(o.AppendUint16(b, 0), 4)
	for i := 0; i < len(options); i += 2 {
		v := options[i+1].([]byte)
		b = o.AppendUint16(o.AppendUint16(b, uint16(options[i].(int))), uint16(len(v)))
		b = append(b, append(v, make([]byte, (4-len(v)%4)%4)...)...)
	}
	return o.AppendUint32(b, 0)
}

func ngPacketBody(o binary.AppendByteOrder, id uint32, ticks uint64, data string) []byte {
	b := o.AppendUint32(nil, id)
	b = o.AppendUint32(o.AppendUint32(b, uint32(ticks>>32)), uint32(ticks))
	b = o.AppendUint32(o.AppendUint32(b, uint32(len(data))), uint32(len(data)+1))
	return append(b, data...)
}

// ngFile has three interfaces with different links and clocks, all kinds of
// packet block, and blocks to skip.
func ngFile(o binary.AppendByteOrder) []byte {
	section := o.AppendUint16(o.AppendUint16(o.AppendUint32(nil, 0x1a2b3c4d), 1), 0)
	section = append(section, bytes.Repeat([]byte{0xff}, 8)...)
	offset := make([]byte, 8)
	o.(binary.ByteOrder).PutUint64(offset, 50)
	old := ngPacketBody(o, 0, 3e6, "old")
	o.(binary.ByteOrder).PutUint16(old, 1)
	return join(
		ngBlock(o, ngSection, section),
		ngBlock(o, ngInterface, ngInfo(o, 1)),
		ngBlock(o, ngInterface, ngInfo(o, 276, 2, []byte("any"), 9, []byte{9}, 14, offset)),
		ngBlock(o, ngInterface, ngInfo(o, 101, 9, []byte{0x80 | 10})),
		ngBlock(o, 5, make([]byte, 12)), // statistics
		ngBlock(o, ngEnhanced, ngPacketBody(o, 0, 2_000_001, "micro")),
		ngBlock(o, ngEnhanced, ngPacketBody(o, 1, 2_000_000_001, "nano")),
		ngBlock(o, ngEnhanced, ngPacketBody(o, 2, 1536, "binary")),
		ngBlock(o, ngPacket, old),
		ngBlock(o, ngSimple, append(o.AppendUint32(nil, 9), "abcd"...)),
	)
}

func TestPcapng(t *testing.T) {
	want := []sample{
		{2_000_001_000, 1, "micro", 6},
		{52_000_000_001, 276, "nano", 5},
		{1_500_000_000, 101, "binary", 7},
		{50_003_000_000, 276, "old", 4},
		{0, 1, "abcd", 9},
	}
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		// a second section of the other byte order starts anew
		file := join(ngFile(o), ngFile(binary.LittleEndian))
		got, err := readAll(bytes.NewReader(file))
		if err != nil || len(got) != 2*len(want) {
			t.Fatalf("%v: %d packets, %v", o, len(got), err)
		}
		for i := range got {
			if got[i] != want[i%len(want)] {
				t.Errorf("%v: packet %d is %+v, want %+v", o, i, got[i], want[i%len(want)])
			}
		}
	}
}

func FuzzPcap(f *testing.F) {
	le := binary.LittleEndian
	ether := string(bytesOf(f, eth(layers.EthernetTypeIPv4), gopacket.Payload(tcp4(f))))
	f.Add(pcapFile(le, 0xa1b2c3d4, 1, 0, ether, ether))
	f.Add(pcapFile(binary.BigEndian, 0xa1b23c4d, 276, 0, "short"))
	f.Add(ngFile(le))
	f.Add(ngFile(binary.BigEndian))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := readAll(bytes.NewReader(file))
		again, err2 := readAll(iotest.OneByteReader(bytes.NewReader(file)))
		if len(got) != len(again) || (err == nil) != (err2 == nil) {
			t.Fatalf("%d packets, %v; byte by byte %d, %v", len(got), err, len(again), err2)
		}
		var captured int
		for _, s := range got {
			captured += len(s.data)
			if s.at < 0 || s.at >= 1<<33*1e9 {
				t.Fatalf("time %d", s.at)
			}
		}
		if captured > len(file) {
			t.Fatalf("%d bytes out of %d", captured, len(file))
		}
	})
}
