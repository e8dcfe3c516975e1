package ec2

import (
	"iter"
	"slices"

	"github.com/flowemu/flowemu/vpc"
)

// describing is the members that Describe actions have in common, besides ids.
type describing struct {
	dryRun
	paging
	Filters []filter `query:"Filter"`
}

// describe gives the page of the caller's resources that in asks for, in order
// of their ids: those of ids or, without ids, all, as far as they fit the
// filters. idParameter is the name of the ids' parameter in errors.
func describe[T any, P vpc.Pointer[T]](v *view, in *describing, bounds pageSize, idParameter string, ids []string, filters filters[T]) ([]P, string, error) {
	return describeAmong(v, in, bounds, idParameter, ids, filters, func(P) bool { return true })
}

// describeAmong is describe for those resources that has says are among those asked about.
func describeAmong[T any, P vpc.Pointer[T]](v *view, in *describing, bounds pageSize, idParameter string, ids []string, filters filters[T], has func(P) bool) ([]P, string, error) {
	if _, err := bounds.of(&in.paging); err != nil {
		return nil, "", err
	}
	if err := filters.check(in.Filters); err != nil {
		return nil, "", err
	}
	fits := func(r P) bool { return has(r) && filters.match(v, r, r.Header().ID, in.Filters) }
	if len(ids) > 0 {
		found, err := describeIDs[T, P](v, in, idParameter, ids)
		return slices.DeleteFunc(found, func(r P) bool { return !fits(r) }), "", err
	}
	return page(v, &in.paging, bounds, "", func(r P) string { return r.Header().ID }, func(after string) iter.Seq[P] {
		return func(yield func(P) bool) {
			vpc.After(v.Snapshot, v.Account, v.Region, after, func(r P) bool { return !fits(r) || yield(r) })
		}
	})
}

func describeIDs[T any, P vpc.Pointer[T]](v *view, in *describing, idParameter string, ids []string) (found []P, err error) {
	if err := in.noPaging(idParameter, ids); err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		r, err := find[T, P](v, id)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// maxIDs is how many ids a Describe or Delete action takes.
// Source: EC2 API, DescribeFlowLogs and others.
const maxIDs = 1000

// noPaging refuses a page of given ids, and too many ids.
// Source: "Paginating EC2 API requests": MaxResults and ids exclude each other.
func (p *paging) noPaging(idParameter string, ids []string) error {
	switch {
	case len(ids) == 0:
		return nil
	case p.MaxResults != nil:
		return exclusive(idParameter, "maxResults")
	case len(ids) > maxIDs:
		return invalidValue("The number of values for the parameter %s must not exceed %d.", idParameter, maxIDs)
	}
	return nil
}
