package ec2

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"

	"github.com/flowemu/flowemu/api"
)

// paging is the paging members of an action that gives lists.
type paging struct {
	MaxResults *int    `query:"MaxResults"`
	NextToken  *string `query:"NextToken"`
}

// pageSize is the bounds of an action's MaxResults, of which the upper one is what
// a request without it gets. Source: EC2 API, MaxResults of each action.
type pageSize struct{ least, most int }

func (b pageSize) of(p *paging) (int, error) {
	if p.MaxResults == nil {
		return b.most, nil
	}
	if n := *p.MaxResults; n < b.least || n > b.most {
		return 0, invalidValue("Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", n, b.least, b.most)
	}
	return *p.MaxResults, nil
}

// page gives the page that p asks for of what after gives: all that comes after a
// position, in the order of the positions, of which each has its own. A token is
// good for the action, the caller and scope, which tells lists of the action apart.
func page[T any](v *view, p *paging, bounds pageSize, scope string, position func(T) string, after func(position string) iter.Seq[T]) (items []T, next string, err error) {
	size, err := bounds.of(p)
	if err != nil {
		return nil, "", err
	}
	at, err := v.position(scope, p)
	if err != nil {
		return nil, "", err
	}
	for item := range after(at) {
		if len(items) == size {
			return items, v.token(scope, position(items[size-1])), nil
		}
		items = append(items, item)
	}
	return items, "", nil
}

// pageOf is page of a list, which is in the order of the positions.
func pageOf[T any](v *view, p *paging, bounds pageSize, scope string, list []T, position func(T) string) ([]T, string, error) {
	return page(v, p, bounds, scope, position, func(after string) iter.Seq[T] {
		return func(yield func(T) bool) {
			for _, item := range list {
				if position(item) > after && !yield(item) {
					return
				}
			}
		}
	})
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

// context is what a token is good for.
func (v *view) context(scope string) []byte {
	return []byte(v.Account + "\x00" + v.Region + "\x00" + v.action + "\x00" + scope)
}

// token makes the token of the page after the item at position.
func (v *view) token(scope, position string) string {
	return base64.RawURLEncoding.EncodeToString(v.pages.aead.Seal(nil, nil, []byte(position), v.context(scope)))
}

// position gives the last item of the page before the one that p asks for, "" for the first page.
func (v *view) position(scope string, p *paging) (string, error) {
	if p.NextToken == nil {
		return "", nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(*p.NextToken)
	if err == nil && base64.RawURLEncoding.EncodeToString(sealed) != *p.NextToken {
		err = errors.New("it is not as it was made")
	}
	if err == nil {
		sealed, err = v.pages.aead.Open(nil, nil, sealed, v.context(scope))
	}
	if err != nil {
		return "", &api.Error{Code: "InvalidNextToken", Message: fmt.Sprintf("The token '%s' is invalid", *p.NextToken)}
	}
	return string(sealed), nil
}
