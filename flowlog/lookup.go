package flowlog

import (
	"net/netip"

	"github.com/flowemu/flowemu/vpc"
)

// The resource types of TagFieldSpecifications that fields have tags of.
const (
	taggedInstance  = "instance"
	taggedInterface = "network-interface"
)

// tag gives a getter of the value of the n-th tag key that the flow log names for
// a kind of resource.
// Source: "Flow log records", the fields of version 11.
func tag(resourceType string, n int) func([]byte, *Record) []byte {
	return func(b []byte, r *Record) []byte {
		if r.Lookup == nil {
			return b
		}
		tags := r.Interface.Tags
		if resourceType == taggedInstance {
			tags = r.Interface.InstanceTags
		}
		for i := range r.Lookup.TagFields {
			if f := &r.Lookup.TagFields[i]; f.ResourceType == resourceType && n < len(f.Keys) {
				return appendTag(b, tags, f.Keys[n])
			}
		}
		return b
	}
}

func appendTag(b []byte, tags []vpc.Tag, key string) []byte {
	for i := range tags {
		if tags[i].Key == key {
			return appendEncoded(b, tags[i].Value)
		}
	}
	return b
}

// appendEncoded percent-encodes the UTF-8 of everything but letters, digits and
// the unreserved marks of RFC 3986.
func appendEncoded(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// service gives a getter of the service that one of the packet's addresses is of.
func service(address func(*Record) netip.Addr) func([]byte, *Record) []byte {
	return func(b []byte, r *Record) []byte {
		if r.Lookup == nil || r.Lookup.Services == nil {
			return b
		}
		if r.Interface.Transit != nil {
			return append(b, r.Lookup.Services.TransitGatewayService(address(r))...)
		}
		return append(b, r.Lookup.Services.Service(address(r))...)
	}
}

func packetSrc(r *Record) netip.Addr { return r.Tuple.SrcAddr() }

func packetDst(r *Record) netip.Addr { return r.Tuple.DstAddr() }
