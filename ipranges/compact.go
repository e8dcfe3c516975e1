package ipranges

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// compact is the table that is built in, made by ipranges/gen: compressed text,
// a line with the edition, then a line for each boundary:
//
//	ADDRESS SERVICE [SERVICE OF TRANSIT GATEWAYS]
//
// with - for no service, and the third column where it differs from the second.
//
//go:embed ranges.txt.gz
var compact []byte

// Embedded gives the table that is built in.
func Embedded() (*Table, error) {
	t, err := readCompact(bytes.NewReader(compact))
	if err != nil {
		return nil, fmt.Errorf("read the built-in IP ranges: %w", err)
	}
	return t, nil
}

func readCompact(r io.Reader) (*Table, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(z)
	lines.Scan()
	t := new(Table)
	if _, err := fmt.Sscanf(lines.Text(), head, &t.SyncToken, &t.CreateDate); err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	for n := 2; lines.Scan(); n++ {
		start, b, err := parseBoundary(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if start.Is4() {
			t.ipv4 = append(t.ipv4, b)
		} else {
			t.ipv6 = append(t.ipv6, b)
		}
	}
	return t, lines.Err()
}

const head = "syncToken %q createDate %q"

func parseBoundary(line string) (netip.Addr, boundary, error) {
	text, codes, _ := strings.Cut(line, " ")
	start, err := netip.ParseAddr(text)
	if err != nil {
		return start, boundary{}, err
	}
	vpc, transit, differs := strings.Cut(codes, " ")
	if !differs {
		transit = vpc
	}
	b := boundary{start: keyOf(start)}
	if b.vpc, err = column(vpc); err != nil {
		return start, b, err
	}
	b.transit, err = column(transit)
	return start, b, err
}

func column(text string) (service, error) {
	if text == "-" {
		return none, nil
	}
	s, ok := named(text)
	if !ok {
		return none, fmt.Errorf("unknown service %q", text)
	}
	return s, nil
}

// Compact writes the table as Embedded reads it.
func (t *Table) Compact(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	fmt.Fprintf(z, head+"\n", t.SyncToken, t.CreateDate)
	for _, b := range slices.Concat(t.ipv4, t.ipv6) {
		fmt.Fprintf(z, "%s %s", b.start.address(), b.vpc.column())
		if b.transit != b.vpc {
			fmt.Fprintf(z, " %s", b.transit.column())
		}
		fmt.Fprintln(z)
	}
	return z.Close()
}

// address gives the address of a key: IPv4 has its keys in the IPv6 addresses
// that are kept for it.
func (k key) address() netip.Addr {
	b := binary.BigEndian.AppendUint64(nil, k.high)
	return netip.AddrFrom16([16]byte(binary.BigEndian.AppendUint64(b, k.low))).Unmap()
}

func (s service) column() string {
	if s == none {
		return "-"
	}
	return s.code()
}
