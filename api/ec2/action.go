package ec2

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// dryRun is the DryRun member of a request.
type dryRun struct {
	DryRun bool `query:"DryRun" json:"-"`
}

func (d dryRun) isDryRun() bool { return d.DryRun }

// clientToken is the ClientToken member of a request. A request that has it is
// answered once: see once.
type clientToken struct {
	ClientToken string `query:"ClientToken"`
}

func (c clientToken) token() string { return c.ClientToken }

// place is where an action is done: an account in a Region of a network.
type place interface {
	in() (*vpc.Snapshot, api.Caller)
}

// view is the network as a reading action sees it.
type view struct {
	*vpc.Snapshot
	api.Caller
	action string
	pages  *pages
}

func (v *view) in() (*vpc.Snapshot, api.Caller) { return v.Snapshot, v.Caller }

// tx is a change of the network under way. What it puts is kept if the action
// does not fail, all or nothing.
type tx struct {
	*vpc.Tx
	api.Caller
	now   time.Time
	newID func(prefix string) string
	again bool // a client token of this request does not stand for its reply
}

func (t *tx) in() (*vpc.Snapshot, api.Caller) { return t.Snapshot, t.Caller }

// head makes the head of a new resource.
func (t *tx) head(prefix string) vpc.Head {
	return vpc.Head{ID: t.newID(prefix), Account: t.Account, Region: t.Region}
}

// read makes an action that only looks. Its input may have dryRun.
func read[In, Out any](s *server, name string, h func(*view, *In) (*Out, error)) api.Action {
	return api.Query(name, func(ctx context.Context, in *In) (*Out, error) {
		c, err := s.caller(ctx)
		if err != nil {
			return nil, err
		}
		out, err := h(&view{Snapshot: s.Network.Snapshot(), Caller: c, action: name, pages: s.pages}, in)
		if err != nil {
			return nil, err
		}
		return out, api.DryRun(isDryRun(in))
	})
}

// change makes an action that changes the network. Its input may have dryRun and
// clientToken: h needs to look at neither, since with DryRun what it put is not kept.
func change[In, Out any](s *server, name string, h func(*tx, *In) (*Out, error)) api.Action {
	return api.Query(name, func(ctx context.Context, in *In) (*Out, error) { return update(ctx, s, name, in, h) })
}

// update runs h as the change that action asks for.
func update[In, Out any](ctx context.Context, s *server, action string, in *In, h func(*tx, *In) (*Out, error)) (*Out, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	var out *Out
	err = s.keep(ctx, func(vt *vpc.Tx) error {
		var err error
		out, err = once(&tx{Tx: vt, Caller: c, now: s.Now().UTC(), newID: s.NewID}, action, in, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// once runs h, or gives the reply that the same client token had before.
// Source: "Ensuring idempotency in Amazon EC2 API requests".
func once[In, Out any](t *tx, action string, in *In, h func(*tx, *In) (*Out, error)) (*Out, error) {
	token, hash, err := tokenOf(in)
	if err != nil {
		return nil, err
	}
	id := vpc.TokenID(t.Account, t.Region, action, token)
	if seen := vpc.Get[vpc.ClientToken](t.Snapshot, id); token != "" && seen != nil {
		if seen.Hash != hash {
			return nil, &api.Error{
				Code: "IdempotentParameterMismatch", Message: "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
			}
		}
		if err := api.DryRun(isDryRun(in)); err != nil {
			return nil, err
		}
		out := new(Out)
		return out, json.Unmarshal(seen.Reply, out)
	}
	out, err := h(t, in)
	if err != nil {
		return nil, err
	}
	if err := api.DryRun(isDryRun(in)); err != nil || token == "" || t.again {
		return out, err
	}
	reply, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	t.Put(&vpc.ClientToken{Head: vpc.Head{ID: id, Account: t.Account, Region: t.Region}, Hash: hash, Reply: reply, Created: t.now})
	return out, nil
}

// maxToken is the length of a client token. Source: EC2 API, CreateFlowLogs, ClientToken.
const maxToken = 64

// tokenOf gives a request's client token, if it has one, and a hash of its parameters.
func tokenOf(in any) (token, hash string, err error) {
	r, ok := in.(interface{ token() string })
	if !ok || r.token() == "" {
		return "", "", nil
	}
	if len(r.token()) > maxToken {
		return "", "", invalidValue("Value (%s) for parameter clientToken is invalid. It must not exceed %d characters.", r.token(), maxToken)
	}
	body, err := json.Marshal(in)
	sum := sha256.Sum256(body)
	return r.token(), hex.EncodeToString(sum[:]), err
}

func isDryRun(in any) bool {
	r, ok := in.(interface{ isDryRun() bool })
	return ok && r.isDryRun()
}

// returnOutput is the reply of actions that only say that it was done.
type returnOutput struct {
	Return bool `xml:"return"`
}

func done() (*returnOutput, error) { return &returnOutput{Return: true}, nil }
