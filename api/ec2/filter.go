package ec2

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowemu/flowemu/api"
)

// filter is a filter of a Describe action. Its values are alternatives, several
// filters must all fit, and * and ? are wildcards.
// Source: "List and filter using the CLI and API", EC2 user guide.
type filter struct {
	Name   string   `query:"Name"`
	Values []string `query:"Value"`
}

// attributes gives a resource's values of each filter that its kind has, by the
// filter's name. tag:KEY and tag-key are filled in from tags.
type attributes map[string][]string

// withTags adds the filters that every tagged resource has.
func (a attributes) withTags(tags []tag) attributes {
	a["tag-key"] = nil
	for _, t := range tags {
		a["tag-key"] = append(a["tag-key"], t.Key)
		a["tag:"+t.Key] = []string{t.Value}
	}
	return a
}

// one makes the values of an attribute that has a single one; "" is none.
func one(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

// checkFilters refuses a filter that none of the known names is.
func checkFilters(filters []filter, known ...string) error {
	for _, f := range filters {
		if !slices.Contains(known, f.Name) && f.Name != "tag-key" && !strings.HasPrefix(f.Name, "tag:") {
			return invalidValue(fmt.Sprintf("The filter '%s' is invalid", f.Name))
		}
	}
	return nil
}

// matches says whether a resource fits all filters.
func (a attributes) matches(filters []filter) bool {
	for _, f := range filters {
		if !slices.ContainsFunc(f.Values, func(pattern string) bool {
			return slices.ContainsFunc(a[f.Name], func(v string) bool { return wildcard(pattern, v) })
		}) {
			return false
		}
	}
	return true
}

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

// paging is the paging members of a Describe action.
type paging struct {
	MaxResults *int    `query:"MaxResults"`
	NextToken  *string `query:"NextToken"`
}

const (
	minResults  = 5
	maxResults  = 1000
	tokenPrefix = "flowemu:"
)

// page gives the part of items that p asks for, and the token of the next part, "" at the end.
func page[T any](p paging, items []T) ([]T, string, error) {
	from := 0
	if p.NextToken != nil {
		raw, err := base64.RawURLEncoding.DecodeString(*p.NextToken)
		digits, ok := strings.CutPrefix(string(raw), tokenPrefix)
		n, nerr := strconv.Atoi(digits)
		if err != nil || !ok || nerr != nil || n < 0 {
			return nil, "", &api.Error{Code: "InvalidNextToken", Message: fmt.Sprintf("The token '%s' is invalid", *p.NextToken)}
		}
		from = min(n, len(items))
	}
	size := maxResults
	if p.MaxResults != nil {
		if size = *p.MaxResults; size < minResults || size > maxResults {
			return nil, "", invalidValue(fmt.Sprintf("Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", size, minResults, maxResults))
		}
	}
	to := min(from+size, len(items))
	if to == len(items) {
		return items[from:], "", nil
	}
	return items[from:to], base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + strconv.Itoa(to))), nil
}
