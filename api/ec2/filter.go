package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// filter is a filter of a Describe action. Its values are alternatives, several
// filters must all fit, and * and ? are wildcards.
// Source: "List and filter using the CLI and API", EC2 user guide.
type filter struct {
	Name   string   `query:"Name"`
	Values []string `query:"Value"`
}

// filters says, for each filter that a kind of resource has, which values a
// resource has for it. tag:KEY and tag-key need not be among them.
type filters[T any] map[string]func(v *view, r *T) []string

// Limits on filters. Source: "Filter considerations", EC2 user guide.
const (
	maxFilters      = 50
	maxFilterValues = 200
)

func (fs filters[T]) check(asked []filter) error {
	values := 0
	for _, f := range asked {
		if fs[f.Name] == nil && f.Name != "tag-key" && !strings.HasPrefix(f.Name, "tag:") {
			return invalidValue("The filter '%s' is invalid", f.Name)
		}
		values += len(f.Values)
	}
	if len(asked) > maxFilters {
		return &api.Error{Code: "FilterLimitExceeded", Message: fmt.Sprintf("The maximum number of filters specified on a single call is %d", maxFilters)}
	}
	if values > maxFilterValues {
		return &api.Error{Code: "FilterLimitExceeded", Message: fmt.Sprintf("The maximum number of filter values specified on a single call is %d", maxFilterValues)}
	}
	return nil
}

// match says whether the resource r of that id fits all filters.
func (fs filters[T]) match(v *view, r *T, id string, asked []filter) bool {
	for _, f := range asked {
		var values []string
		switch key, isTag := strings.CutPrefix(f.Name, "tag:"); {
		case isTag:
			if value, ok := v.Tag(id, key); ok {
				values = []string{value}
			}
		case f.Name == "tag-key":
			values = tagKeys(v.Tags(id))
		default:
			values = fs[f.Name](v, r)
		}
		if !f.fits(values) {
			return false
		}
	}
	return true
}

func tagKeys(tags []vpc.Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.Key
	}
	return out
}

func (f *filter) fits(values []string) bool {
	return slices.ContainsFunc(f.Values, func(pattern string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return wildcard(pattern, v) })
	})
}

// one makes the values of a filter that has a single one; "" is none.
func one(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

func oneBool(v bool) []string { return []string{strconv.FormatBool(v)} }

func oneInt(v int) []string { return []string{strconv.Itoa(v)} }

func oneAddr(a netip.Addr) []string { return one(addrText(a)) }

func onePrefix(p netip.Prefix) []string { return one(prefixText(p)) }

// wildcard matches s with a pattern in which * is any text and ? any character;
// a backslash takes the next character as it is.
func wildcard(pattern, s string) bool {
	p, t := []rune(pattern), []rune(s)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
			continue
		case i+1 < len(p) && p[i] == '\\' && p[i+1] == t[j]:
			i += 2
			j++
			continue
		case i < len(p) && p[i] != '\\' && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
			continue
		case star < 0:
			return false
		}
		mark++
		i, j = star+1, mark
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
