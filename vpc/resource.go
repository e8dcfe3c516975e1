package vpc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// Kind is the kind of a resource. For what can be tagged it is the resource type
// of DescribeTags.
type Kind string

// Head is what every resource has.
type Head struct {
	ID      string
	Account string
	Region  string
}

// Header gives the head itself; it makes what embeds a Head a Resource.
func (h *Head) Header() *Head { return h }

// Resource is something that EC2 keeps for an account in a Region. What is in a
// Snapshot is never written to: a change puts a changed copy.
type Resource interface {
	Header() *Head
	Kind() Kind
	// Refs gives the ids of the resources that it lies in, is attached to or
	// names, so that Referring finds it there.
	Refs() []string
}

// Pointer is a *T that is a Resource.
type Pointer[T any] interface {
	*T
	Resource
}

// Clone gives a copy that shares nothing with r. Resources are documents: what
// their JSON form does not hold is not theirs.
func Clone[T any, P Pointer[T]](r P) P {
	body, err := json.Marshal(r)
	out := P(new(T))
	if err == nil {
		err = json.Unmarshal(body, out)
	}
	if err != nil {
		//nolint:forbidigo // a type that cannot be kept is a mistake of the program, which the first test finds
		panic("vpc: a " + string(r.Kind()) + " is no document: " + err.Error())
	}
	return out
}

// NewID makes a resource id in AWS's form, prefix-0123456789abcdef0, from a hash
// of prefix and parts: the same give the same id on every start.
func NewID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(prefix + "\x00" + strings.Join(parts, "\x00")))
	return prefix + "-" + hex.EncodeToString(sum[:])[:17]
}

// RandomID makes a new resource id in AWS's form.
func RandomID(prefix string) string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + "-" + hex.EncodeToString(b[:])[:17]
}

// noRefs is embedded by what names no other resource.
type noRefs struct{}

// Refs gives nothing.
func (noRefs) Refs() []string { return nil }

// refs gives the ids that are not empty.
func refs(ids ...string) []string {
	out := ids[:0]
	for _, id := range ids {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

// New gives an empty resource of a kind of this package, or nil.
func New(k Kind) Resource {
	for _, r := range []Resource{
		&VPC{}, &Subnet{}, &DHCPOptions{}, &Place{}, &ENI{}, &Address{}, &Instance{}, &SecurityGroup{}, &SecurityGroupRule{}, &NetworkACL{}, &PrefixList{},
		&PrefixListVersion{}, &Volume{},
		&RouteTable{}, &InternetGateway{}, &EgressOnlyGateway{}, &NATGateway{}, &TransitGateway{}, &TransitGatewayAttachment{}, &TransitGatewayRouteTable{},
		&EncryptionControl{}, &PublicAccess{}, &PublicAccessExclusion{},
		&TagSet{}, &ClientToken{},
	} {
		if r.Kind() == k {
			return r
		}
	}
	return nil
}
