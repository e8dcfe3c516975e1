package capture

// recent remembers something of a fixed number of keys, from its making on
// without allocating. For a new key the oldest of a few is forgotten.
type recent[V any] struct {
	seed hashSeed
	sets [][recentWays]memory[V]
}

const recentWays = 4

type memory[V any] struct {
	id    key
	at    int64 // when it was put, in packet time
	used  bool
	value V
}

// newRecent makes place for n keys, a multiple of recentWays.
func newRecent[V any](seed hashSeed, n int) recent[V] {
	return recent[V]{seed: seed, sets: make([][recentWays]memory[V], n/recentWays)}
}

func (c *recent[V]) set(id *key) *[recentWays]memory[V] {
	// Identifications that count up are evenly spaced in the hash: mix it once more.
	h := id.hash(&c.seed)
	h = (h ^ h>>32) * 0x9e3779b97f4a7c15
	return &c.sets[h>>32%uint64(len(c.sets))]
}

// find gives what is remembered of id, or nil.
func (c *recent[V]) find(id *key) *memory[V] {
	set := c.set(id)
	for i := range set {
		if set[i].used && set[i].id.equal(id) {
			return &set[i]
		}
	}
	return nil
}

// put remembers v of id.
func (c *recent[V]) put(id *key, at int64, v V) {
	place := c.find(id)
	if place == nil {
		set := c.set(id)
		place = &set[0]
		for i := range set {
			if place.used && (!set[i].used || set[i].at < place.at) {
				place = &set[i]
			}
		}
	}
	*place = memory[V]{id: *id, at: at, used: true, value: v}
}
