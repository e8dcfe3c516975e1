package discovery

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

// CaptureTag is the tag by which a network interface claims a captured interface.
const CaptureTag = "flowemu:capture"

// Bind says which ENI each captured interface is, by the interface's name: the
// one that claims it by CaptureTag or, without the tag, by an address that the
// interface carries, if exactly one of the host's account and Region does. What
// nothing claims is its own ENI, and so is what several claim; notes say why.
func Bind(h Host, found []Found, s *vpc.Snapshot) (owners map[string]string, notes []string) {
	owners = map[string]string{}
	taken := map[string]string{} // ENI -> the interface that has it
	for i := range found {
		f := &found[i]
		how, claims := claimants(h, f, s)
		owner := f.ENI.ID
		switch {
		case len(claims) > 1:
			notes = append(notes, fmt.Sprintf("%s is claimed by %s %s, so none of them is bound to it", f.Name, how, strings.Join(claims, " and ")))
		case len(claims) == 1 && taken[claims[0]] != "":
			notes = append(notes, fmt.Sprintf("%s is claimed by %s %s, which is bound to %s already: a network interface has one capture", f.Name, how, claims[0], taken[claims[0]]))
		case len(claims) == 1:
			owner = claims[0]
			taken[owner] = f.Name
		}
		owners[f.Name] = owner
	}
	return owners, notes
}

// claimants gives the ENIs that claim f, and by what. Discovered ones, also of an
// earlier name of the host, are their own interface's and claim nothing.
func claimants(h Host, f *Found, s *vpc.Snapshot) (how string, ids []string) {
	for _, e := range vpc.All[vpc.ENI](s) {
		if name, ok := s.Tag(e.ID, CaptureTag); ok && name == f.Name && !e.Discovered {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) > 0 {
		return "the tag " + CaptureTag + " of", ids
	}
	for _, e := range vpc.List[vpc.ENI](s, h.Account, h.Region) {
		if _, tagged := s.Tag(e.ID, CaptureTag); tagged || e.Discovered {
			continue
		}
		if slices.ContainsFunc(e.Addresses(), f.carries) {
			ids = append(ids, e.ID)
		}
	}
	return "an address of", ids
}

// MayClaim says whether the ENI of that id has the tag or an address that claims one of the interfaces.
func MayClaim(found []Found, s *vpc.Snapshot, id string) bool {
	e := s.ENI(id)
	if e == nil || e.Discovered {
		return false
	}
	_, tagged := s.Tag(id, CaptureTag)
	return tagged || slices.ContainsFunc(found, func(f Found) bool { return slices.ContainsFunc(e.Addresses(), f.carries) })
}

func (i *Interface) carries(a netip.Addr) bool {
	return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Addr() == a })
}
