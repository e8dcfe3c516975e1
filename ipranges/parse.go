package ipranges

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
)

// maxSize bounds a file: AWS's had 2.5 MB in 2026.
const maxSize = 16 << 20

// file is AWS's ip-ranges.json.
// Source: "AWS IP address ranges" in the VPC user guide, JSON file syntax.
type file struct {
	SyncToken    string  `json:"syncToken"`
	CreateDate   string  `json:"createDate"`
	Prefixes     []entry `json:"prefixes"`
	IPv6Prefixes []entry `json:"ipv6_prefixes"`
}

type entry struct {
	IPv4    string `json:"ip_prefix"`
	IPv6    string `json:"ipv6_prefix"`
	Service string `json:"service"`
}

// prefix is an entry that was understood.
type prefix struct {
	netip.Prefix
	service service
}

// Parse reads AWS's ip-ranges.json. Services that the fields do not have are
// left out: their addresses are those of AMAZON too.
func Parse(r io.Reader) (*Table, error) {
	limited := &io.LimitedReader{R: r, N: maxSize + 1}
	d := json.NewDecoder(limited)
	var f file
	err := d.Decode(&f)
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("it has more than %d bytes", maxSize)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("it ends too early")
	case err != nil:
		return nil, fmt.Errorf("it is not AWS's ip-ranges.json: %w", err)
	case len(f.Prefixes)+len(f.IPv6Prefixes) == 0:
		return nil, errors.New("it is not AWS's ip-ranges.json: it has no prefixes")
	}
	t := &Table{SyncToken: f.SyncToken, CreateDate: f.CreateDate}
	if t.ipv4, err = ranges("prefixes", f.Prefixes, 32); err != nil {
		return nil, err
	}
	t.ipv6, err = ranges("ipv6_prefixes", f.IPv6Prefixes, 128)
	return t, err
}

func ranges(list string, entries []entry, bits int) ([]boundary, error) {
	prefixes := make([]prefix, 0, len(entries))
	for i, e := range entries {
		text := e.IPv4 + e.IPv6
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil || p.Addr().BitLen() != bits || p.Addr().Is4In6() || p != p.Masked():
			return nil, fmt.Errorf("%s[%d]: %q is no such prefix", list, i, text)
		case e.Service == "":
			return nil, fmt.Errorf("%s[%d]: %s has no service", list, i, text)
		}
		if s, ok := named(e.Service); ok {
			prefixes = append(prefixes, prefix{p, s})
		}
	}
	return flatten(prefixes), nil
}

// around is a prefix in which others may lie, and the services of its addresses
// that are in none of those.
type around struct {
	netip.Prefix
	pair
}

// flatten makes ranges of prefixes: of two prefixes one is in the other, or they
// have nothing in common.
func flatten(prefixes []prefix) []boundary {
	slices.SortFunc(prefixes, func(a, b prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()), cmp.Compare(a.service, b.service))
	})
	var out boundaries
	var open []around
	services := func() pair {
		if len(open) == 0 {
			return pair{}
		}
		return open[len(open)-1].pair
	}
	leave := func() {
		last := open[len(open)-1]
		open = open[:len(open)-1]
		out.add(after(last.Prefix), services())
	}
	for _, p := range prefixes {
		for len(open) > 0 && !open[len(open)-1].Contains(p.Addr()) {
			leave()
		}
		open = append(open, around{p.Prefix, services().within(p.service)})
		out.add(p.Addr(), services())
	}
	for len(open) > 0 {
		leave()
	}
	return out
}

// boundaries are in order.
type boundaries []boundary

// add notes that from start on the services are p. What was said of the same
// start before does not count. After the last address there is no start.
func (b *boundaries) add(start netip.Addr, p pair) {
	if !start.IsValid() {
		return
	}
	k := keyOf(start)
	if last := len(*b) - 1; last >= 0 && (*b)[last].start == k {
		*b = (*b)[:last]
	}
	if last := len(*b) - 1; last >= 0 && (*b)[last].pair == p {
		return
	}
	*b = append(*b, boundary{k, p})
}

// after gives the first address after a prefix, none after the last of all.
func after(p netip.Prefix) netip.Addr {
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(last); bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(last)
	return a.Next()
}

// Open reads a file of AWS's ip-ranges.json.
func Open(path string) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read IP ranges: %w", err)
	}
	defer f.Close()
	t, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("read IP ranges of %s: %w", path, err)
	}
	return t, nil
}
