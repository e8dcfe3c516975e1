package vpc

import (
	"strings"

	"github.com/tidwall/btree"
)

// tree is ordered by key. Copies share what none of them has changed since, so
// that a copy costs nothing and a change the path to it.
type tree = btree.Map[string, Resource]

// Snapshot is every resource of every account and Region at one moment. Nothing
// in it is written to. The zero Snapshot is empty.
type Snapshot struct {
	ids    tree // by kind and id
	places tree // by kind, account, Region and id
	refs   tree // by the id of a resource, kind and id of what refers to it
	expiry tree // by the time, kind and id of what expires
}

func key(parts ...string) string { return strings.Join(parts, "\x00") }

func idKey(k Kind, id string) string { return key(string(k), id) }

func placeKey(k Kind, h *Head) string { return key(string(k), h.Account, h.Region, h.ID) }

func (s *Snapshot) copy() *Snapshot {
	return &Snapshot{ids: *s.ids.Copy(), places: *s.places.Copy(), refs: *s.refs.Copy(), expiry: *s.expiry.Copy()}
}

// put and remove change a copy that nobody else has yet.
func (s *Snapshot) put(r Resource) {
	s.remove(r.Kind(), r.Header().ID)
	h := r.Header()
	s.ids.Set(idKey(r.Kind(), h.ID), r)
	s.places.Set(placeKey(r.Kind(), h), r)
	for _, id := range r.Refs() {
		s.refs.Set(key(id, string(r.Kind()), h.ID), r)
	}
	if at := expiryKey(r); at != "" {
		s.expiry.Set(at, r)
	}
}

func (s *Snapshot) remove(k Kind, id string) Resource {
	r, ok := s.ids.Delete(idKey(k, id))
	if !ok {
		return nil
	}
	s.places.Delete(placeKey(k, r.Header()))
	for _, ref := range r.Refs() {
		s.refs.Delete(key(ref, string(k), id))
	}
	if at := expiryKey(r); at != "" {
		s.expiry.Delete(at)
	}
	return r
}

func kindOf[T any, P Pointer[T]]() Kind { return P(new(T)).Kind() }

// Get gives the resource of that kind and id, or nil.
func Get[T any, P Pointer[T]](s *Snapshot, id string) P {
	r, ok := s.ids.Get(idKey(kindOf[T, P](), id))
	if !ok {
		return nil
	}
	return r.(P)
}

// List gives an account's resources of a kind in a Region, in order of their ids.
func List[T any, P Pointer[T]](s *Snapshot, account, region string) []P {
	return collect[T, P](&s.places, key(string(kindOf[T, P]()), account, region, ""))
}

// All gives the resources of a kind of all accounts and Regions, in order of their ids.
func All[T any, P Pointer[T]](s *Snapshot) []P {
	return collect[T, P](&s.ids, key(string(kindOf[T, P]()), ""))
}

// Referring gives the resources of a kind that refer to id, in order of their ids.
func Referring[T any, P Pointer[T]](s *Snapshot, id string) []P {
	return collect[T, P](&s.refs, key(id, string(kindOf[T, P]()), ""))
}

// Refers says whether anything of that kind refers to id.
func (s *Snapshot) Refers(id string, k Kind) bool {
	found := false
	prefix := key(id, string(k), "")
	s.refs.Ascend(prefix, func(at string, _ Resource) bool {
		found = strings.HasPrefix(at, prefix)
		return false
	})
	return found
}

// After calls f for an account's resources of a kind in a Region whose ids come
// after id, in order of their ids, until f says stop by false.
func After[T any, P Pointer[T]](s *Snapshot, account, region, id string, f func(P) bool) {
	prefix := key(string(kindOf[T, P]()), account, region, "")
	s.places.Ascend(prefix+id, func(at string, r Resource) bool {
		switch {
		case !strings.HasPrefix(at, prefix):
			return false
		case at == prefix+id:
			return true
		}
		return f(r.(P))
	})
}

func collect[T any, P Pointer[T]](t *tree, prefix string) []P {
	var out []P
	t.Ascend(prefix, func(at string, r Resource) bool {
		if !strings.HasPrefix(at, prefix) {
			return false
		}
		out = append(out, r.(P))
		return true
	})
	return out
}

// VPC gives the VPC with that id, or nil.
func (s *Snapshot) VPC(id string) *VPC { return Get[VPC](s, id) }

// Subnet gives the subnet with that id, or nil.
func (s *Snapshot) Subnet(id string) *Subnet { return Get[Subnet](s, id) }

// ENI gives the network interface with that id, or nil.
func (s *Snapshot) ENI(id string) *ENI { return Get[ENI](s, id) }

// Tags gives a resource's tags in order of their keys.
func (s *Snapshot) Tags(id string) []Tag {
	if set := Get[TagSet](s, id); set != nil {
		return set.Tags
	}
	return nil
}

// Resource gives the resource of that kind and id, or nil.
func (s *Snapshot) Resource(k Kind, id string) Resource {
	r, ok := s.ids.Get(idKey(k, id))
	if !ok {
		return nil
	}
	return r
}
