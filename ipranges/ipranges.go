// Package ipranges says which AWS service a public address belongs to.
package ipranges

import (
	"encoding/binary"
	"net/netip"
	"sort"
)

// Table knows the services of AWS's addresses. It never changes. A nil *Table
// knows none.
type Table struct {
	// SyncToken and CreateDate say which edition of AWS's file it was made of.
	SyncToken, CreateDate string

	ipv4, ipv6 []boundary // by start
}

// boundary is where a range starts, which ends where the next one starts. A
// range between those of AWS has none as its services.
type boundary struct {
	start key
	pair
}

// key is an address that is fast to compare.
type key struct{ high, low uint64 }

func keyOf(a netip.Addr) key {
	b := a.As16()
	return key{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (k key) less(other key) bool {
	return k.high < other.high || k.high == other.high && k.low < other.low
}

// pair is the services of an address for each of the fields: they are of
// different lists.
type pair struct{ vpc, transit service }

// Service gives the service of an address as the fields pkt-src-aws-service and
// pkt-dst-aws-service of a VPC flow log have it, "" if AWS publishes none.
func (t *Table) Service(a netip.Addr) string { return t.find(a).vpc.code() }

// TransitGatewayService gives the service of an address as the fields of the
// same names of a transit gateway flow log have it, whose list is shorter.
func (t *Table) TransitGatewayService(a netip.Addr) string { return t.find(a).transit.code() }

func (t *Table) find(a netip.Addr) pair {
	if t == nil || !a.IsValid() {
		return pair{}
	}
	ranges := t.ipv6
	if a = a.Unmap(); a.Is4() {
		ranges = t.ipv4
	}
	k := keyOf(a)
	after := sort.Search(len(ranges), func(i int) bool { return k.less(ranges[i].start) })
	if after == 0 {
		return pair{}
	}
	return ranges[after-1].pair
}
