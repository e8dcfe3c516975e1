package vpc

import (
	"crypto/sha256"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// AddBlock adds an address block to v, which nobody else has yet, and keeps it;
// pool is the address pool that the owner of an IPv6 block brought, or "". With its
// first IPv6 block the default network ACL and the default security group allow
// IPv6, too, as far as their rules are still those that AWS made.
// Source: "Default network ACL" and "Default security groups", VPC user guide.
func (tx *Tx) AddBlock(v *VPC, block netip.Prefix, pool string) {
	opens := isIPv6(block) && !v.hasIPv6()
	v.addBlock(block, pool)
	tx.Put(v)
	if opens {
		tx.openACL(v.ID)
		tx.openGroup(v.ID)
	}
}

func (v *VPC) addBlock(block netip.Prefix, pool string) {
	v.CIDRs = append(v.CIDRs, block)
	if pool == "" {
		return
	}
	if v.Pools == nil {
		v.Pools = map[netip.Prefix]string{}
	}
	v.Pools[block] = pool
}

// RemoveBlock takes an address block from v, which nobody else has yet, and keeps it.
func (tx *Tx) RemoveBlock(v *VPC, block netip.Prefix) {
	v.CIDRs = slices.DeleteFunc(v.CIDRs, func(p netip.Prefix) bool { return p == block })
	delete(v.Pools, block)
	tx.Put(v)
}

func (tx *Tx) openACL(vpcID string) {
	acl := tx.DefaultACL(vpcID)
	if acl == nil {
		return
	}
	acl = Clone(acl)
	var entries []ACLEntry
	for _, egress := range []bool{false, true} {
		var side []ACLEntry
		for _, e := range acl.Entries {
			if e.Egress == egress {
				side = append(side, e)
			}
		}
		if slices.Equal(side, []ACLEntry{allowAll(defaultIPv4Entry, egress, anyIPv4)}) {
			side = append(side, allowAll(defaultIPv6Entry, egress, anyIPv6))
		}
		entries = append(entries, side...)
	}
	acl.Entries = entries
	tx.Put(acl)
}

func (tx *Tx) openGroup(vpcID string) {
	group := tx.DefaultGroup(vpcID)
	if group == nil {
		return
	}
	var out []*SecurityGroupRule
	for _, r := range tx.GroupRules(group.ID) {
		if r.Egress {
			out = append(out, r)
		}
	}
	if len(out) == 1 && out[0].CIDR == anyIPv4 && out[0].Protocol == AllProtocols {
		tx.Put(allowOut(group, anyIPv6, defaultOut(tx.VPC(vpcID), anyIPv6)))
	}
}

// AmazonBlock gives an IPv6 block for v that no VPC has. It looks like one of
// us-east-1's and is, for the same VPC among the same others, the same.
// Source: "IPv6 VPC CIDR blocks", VPC user guide: Amazon gives a /56.
func (s *Snapshot) AmazonBlock(v *VPC) netip.Prefix {
	all := All[VPC](s)
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(v.ID + "\x00" + strconv.Itoa(n)))
		block := netip.PrefixFrom(netip.AddrFrom16([16]byte{0x26, 0x00, 0x1f, 0x18, sum[0], sum[1], sum[2]}), 56)
		if !slices.ContainsFunc(all, func(o *VPC) bool { return o.overlaps(block) }) {
			return block
		}
	}
}

// Within says whether one of the ranges contains all of a range.
func Within(ranges []netip.Prefix, p netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(outer netip.Prefix) bool { return Contains(outer, p) })
}

// Contains says whether all of inner lies in outer.
func Contains(outer, inner netip.Prefix) bool {
	return inner.IsValid() && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// Taken says whether a subnet of a VPC has addresses of a block.
func (s *Snapshot) Taken(vpcID string, block netip.Prefix) bool {
	return slices.ContainsFunc(Referring[Subnet](s, vpcID), func(n *Subnet) bool { return slices.ContainsFunc(n.Blocks(), block.Overlaps) })
}

// FreeBlock gives the first block of that many bits in a range of a VPC that no
// subnet has addresses of; false if there is none.
func (s *Snapshot) FreeBlock(vpcID string, own netip.Prefix, bits int) (netip.Prefix, bool) {
	for a := own.Masked().Addr(); own.Bits() <= bits && own.Contains(a); {
		block := netip.PrefixFrom(a, bits)
		if !s.Taken(vpcID, block) {
			return block, true
		}
		a = Last(block).Next()
	}
	return netip.Prefix{}, false
}

// IsBlock says whether a range is a block of a subnet of the VPC.
func (s *Snapshot) IsBlock(vpcID string, p netip.Prefix) bool {
	return slices.ContainsFunc(Referring[Subnet](s, vpcID), func(n *Subnet) bool { return slices.Contains(n.Blocks(), p) })
}

func (v *VPC) overlaps(block netip.Prefix) bool { return slices.ContainsFunc(v.CIDRs, block.Overlaps) }

// Referrers gives everything, of any kind, that refers to id.
func (s *Snapshot) Referrers(id string) []Resource {
	var out []Resource
	prefix := key(id, "")
	s.refs.Ascend(prefix, func(at string, r Resource) bool {
		if !strings.HasPrefix(at, prefix) {
			return false
		}
		out = append(out, r)
		return true
	})
	return out
}

// DefaultsOf gives what came with a VPC and goes with it: its default security
// group with its rules, its default network ACL and its main route table; or what
// only says how to treat it: its encryption control and its exclusion.
// Source: EC2 API, DeleteVpc.
func (s *Snapshot) DefaultsOf(vpcID string) []Resource {
	var out []Resource
	if g := s.DefaultGroup(vpcID); g != nil {
		out = append(out, g)
		for _, r := range s.GroupRules(g.ID) {
			out = append(out, r)
		}
	}
	if acl := s.DefaultACL(vpcID); acl != nil {
		out = append(out, acl)
	}
	if t := s.MainRouteTable(vpcID); t != nil {
		out = append(out, t)
	}
	if c := s.EncryptionControl(vpcID); c != nil {
		out = append(out, c)
	}
	if e := s.PublicAccessExclusion(vpcID); e != nil {
		out = append(out, e)
	}
	return out
}
