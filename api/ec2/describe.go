package ec2

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// paging is the paging members of a Describe action.
type paging struct {
	MaxResults *int    `query:"MaxResults"`
	NextToken  *string `query:"NextToken"`
}

// describing is the members that Describe actions have in common, besides ids.
type describing struct {
	dryRun
	paging
	Filters []filter `query:"Filter"`
}

// Bounds of MaxResults. Source: EC2 API, DescribeNetworkInterfaces and others.
const (
	minResults = 5
	maxResults = 1000
)

func (p *paging) size() (int, error) {
	if p.MaxResults == nil {
		return maxResults, nil
	}
	if n := *p.MaxResults; n < minResults || n > maxResults {
		return 0, invalidValue("Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", n, minResults, maxResults)
	}
	return *p.MaxResults, nil
}

// pages makes and reads page tokens. They are sealed with a key of this process:
// nobody can make or change one, or tell what is in it.
type pages struct{ aead cipher.AEAD }

func newPages() *pages {
	var key [32]byte
	_, _ = rand.Read(key[:])                       // never fails
	block, _ := aes.NewCipher(key[:])              // fails only for a key of the wrong length
	aead, _ := cipher.NewGCMWithRandomNonce(block) // fails only for a cipher that is not AES
	return &pages{aead}
}

// context is what a token is good for: an action of a caller.
func (v *view) context(action string) []byte {
	return []byte(v.Account + "\x00" + v.Region + "\x00" + action)
}

// token makes the token of the page after the item at position.
func (v *view) token(action, position string) string {
	return base64.RawURLEncoding.EncodeToString(v.pages.aead.Seal(nil, nil, []byte(position), v.context(action)))
}

// position gives the last item of the page before the one that p asks for, "" for the first page.
func (v *view) position(action string, p *paging) (string, error) {
	if p.NextToken == nil {
		return "", nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(*p.NextToken)
	if err == nil && base64.RawURLEncoding.EncodeToString(sealed) != *p.NextToken {
		err = errors.New("it is not as it was made")
	}
	if err == nil {
		sealed, err = v.pages.aead.Open(nil, nil, sealed, v.context(action))
	}
	if err != nil {
		return "", &api.Error{Code: "InvalidNextToken", Message: fmt.Sprintf("The token '%s' is invalid", *p.NextToken)}
	}
	return string(sealed), nil
}

// describe gives the page of the caller's resources that in asks for, in order
// of their ids: those of ids or, without ids, all, as far as they fit the
// filters. idParameter is the name of the ids' parameter in errors.
func describe[T any, P vpc.Pointer[T]](v *view, in *describing, idParameter string, ids []string, filters filters[T]) (page []P, next string, err error) {
	size, err := in.size()
	if err != nil {
		return nil, "", err
	}
	if err := filters.check(in.Filters); err != nil {
		return nil, "", err
	}
	if len(ids) > 0 {
		page, err := describeIDs[T, P](v, in, idParameter, ids, filters)
		return page, "", err
	}
	action := string(P(new(T)).Kind())
	after, err := v.position(action, &in.paging)
	if err != nil {
		return nil, "", err
	}
	vpc.After(v.Snapshot, v.Account, v.Region, after, func(r P) bool {
		if !filters.match(v, r, r.Header().ID, in.Filters) {
			return true
		}
		if len(page) == size {
			next = v.token(action, page[size-1].Header().ID)
			return false
		}
		page = append(page, r)
		return true
	})
	return page, next, nil
}

func describeIDs[T any, P vpc.Pointer[T]](v *view, in *describing, idParameter string, ids []string, filters filters[T]) (page []P, err error) {
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
		if filters.match(v, r, id, in.Filters) {
			page = append(page, r)
		}
	}
	return page, nil
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
		return invalidCombination("The parameter %s cannot be used with the parameter maxResults", idParameter)
	case len(ids) > maxIDs:
		return invalidValue("The number of values for the parameter %s must not exceed %d.", idParameter, maxIDs)
	}
	return nil
}
