package vpc

import (
	"fmt"
	"strings"
	"time"
)

// Afterlife is how long EC2 shows what has ended: about an hour.
// Source: "Terminate Amazon EC2 instances", EC2 user guide; "Delete a NAT gateway"
// and "Troubleshoot NAT gateways", VPC user guide. For transit gateway attachments,
// which Terraform expects to see as deleted, it is a guess.
const Afterlife = time.Hour

// Expiring is a resource that goes by itself.
type Expiring interface {
	Resource
	// Expires gives when it goes, with its tags; zero if it stays.
	Expires() time.Time
}

// afterlife gives when a resource goes that ended then; zero if it did not.
func afterlife(ended time.Time) time.Time {
	if ended.IsZero() {
		return ended
	}
	return ended.Add(Afterlife)
}

// expiryKey is the place of a resource in the order of expiry, "" if it stays.
func expiryKey(r Resource) string {
	e, ok := r.(Expiring)
	if !ok || e.Expires().IsZero() {
		return ""
	}
	return key(moment(e.Expires()), string(r.Kind()), r.Header().ID)
}

// moment orders as time does.
func moment(t time.Time) string { return fmt.Sprintf("%020d", t.UnixNano()) }

// Expired says whether anything should have gone by now.
func (s *Snapshot) Expired(now time.Time) bool { return s.firstExpired(now) != nil }

func (s *Snapshot) firstExpired(now time.Time) (first Resource) {
	s.expiry.Scan(func(at string, r Resource) bool {
		if when, _, _ := strings.Cut(at, "\x00"); when <= moment(now) {
			first = r
		}
		return false
	})
	return first
}

// RemoveExpired removes what should have gone by now.
func (tx *Tx) RemoveExpired(now time.Time) {
	for r := tx.firstExpired(now); r != nil; r = tx.firstExpired(now) {
		tx.Remove(r)
	}
}
