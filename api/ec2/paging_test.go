package ec2_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/flowemu/flowemu/vpc"
)

// crowd is a network with many interfaces, and its clients.
type crowd struct {
	*sdk.Client
	http            *http.Client
	account, region string // of who reads
	network         *vpc.Inventory
	subnet          *vpc.Subnet
	enis            []string // that stay
}

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c, inv, _ := newNetwork(t)
	return &crowd{
		Client: c, network: inv, subnet: vpc.List[vpc.Subnet](inv.Snapshot(), account, region)[0], http: http.DefaultClient, account: account, region: region,
	}
}

// add makes interfaces of a description.
func (c *crowd) add(t *testing.T, n int, description string) (ids []string) {
	t.Helper()
	err := c.network.Update(t.Context(), func(tx *vpc.Tx) error {
		for range n {
			id := vpc.RandomID("eni")
			tx.Put(&vpc.ENI{Head: vpc.Head{ID: id, Account: account, Region: region}, VPCID: c.subnet.VPCID, SubnetID: c.subnet.ID, Zone: c.subnet.Zone, Description: description})
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return ids
}

func (c *crowd) remove(t *testing.T, ids []string) {
	t.Helper()
	err := c.network.Update(t.Context(), func(tx *vpc.Tx) error {
		for _, id := range ids {
			tx.Remove(vpc.Get[vpc.ENI](tx.Snapshot, id))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// listing is one of the actions with pages, and how what it lists is made and deleted.
// Small items are a few among all, which a filter finds.
type listing struct {
	action string
	filter url.Values // that finds the small items
	names  []string   // the elements of an answer's item that name it, in their order
	create func(t *testing.T, n int, small bool) []string
	remove func(t *testing.T, items []string)
}

func sizeName(small bool) string {
	if small {
		return "small"
	}
	return "large"
}

func (c *crowd) interfaces() listing {
	return listing{
		"DescribeNetworkInterfaces", formFilter("description", "small"),
		[]string{"networkInterfaceId"},
		func(t *testing.T, n int, small bool) []string { return c.add(t, n, sizeName(small)) },
		c.remove,
	}
}

func (c *crowd) flowLogs() listing {
	var folders counter
	create := func(t *testing.T, n int, small bool) []string {
		in := s3Input("")
		in.ResourceIds, in.LogDestination = c.enis[:n], aws.String(fmt.Sprintf("arn:aws:s3:::flow-logs/%d/", folders.next()))
		if small {
			in.TrafficType = types.TrafficTypeReject
		}
		out, err := c.CreateFlowLogs(t.Context(), in)
		if err != nil {
			t.Error(err)
			return nil
		}
		return out.FlowLogIds
	}
	remove := func(t *testing.T, ids []string) {
		if out, err := c.DeleteFlowLogs(t.Context(), &sdk.DeleteFlowLogsInput{FlowLogIds: ids}); err != nil || len(out.Unsuccessful) > 0 {
			t.Errorf("%+v %v", out, err)
		}
	}
	return listing{"DescribeFlowLogs", formFilter("traffic-type", "REJECT"), []string{"flowLogId"}, create, remove}
}

// tags lists tags of interfaces, named by id and key.
func (c *crowd) tags() listing {
	var keys counter
	create := func(t *testing.T, n int, small bool) (items []string) {
		key := fmt.Sprintf("key%04d", keys.next())
		in := &sdk.CreateTagsInput{Resources: c.enis[:n], Tags: []types.Tag{{Key: &key, Value: aws.String(sizeName(small))}}}
		if _, err := c.CreateTags(t.Context(), in); err != nil {
			t.Error(err)
			return nil
		}
		for _, id := range c.enis[:n] {
			items = append(items, id+" "+key)
		}
		return items
	}
	remove := func(t *testing.T, items []string) {
		for _, item := range items {
			id, key, _ := strings.Cut(item, " ")
			if _, err := c.DeleteTags(t.Context(), &sdk.DeleteTagsInput{Resources: []string{id}, Tags: []types.Tag{{Key: &key}}}); err != nil {
				t.Error(err)
			}
		}
	}
	return listing{"DescribeTags", formFilter("value", "small"), []string{"resourceId", "key"}, create, remove}
}

func (c *crowd) listings() []listing { return []listing{c.interfaces(), c.flowLogs(), c.tags()} }

func formFilter(name, value string) url.Values {
	return url.Values{"Filter.1.Name": {name}, "Filter.1.Value.1": {value}}
}

// page reads a page, without the SDK: with the race detector that takes a second
// for a thousand interfaces. code is "" unless the request was refused.
func (c *crowd) page(t *testing.T, l listing, size int, token string, small bool) (items []string, next, code string) {
	t.Helper()
	form := url.Values{"Action": {l.action}, "Version": {"2016-11-15"}, "MaxResults": {strconv.Itoa(size)}}
	if small {
		maps.Copy(form, l.filter)
	}
	if token != "" {
		form.Set("NextToken", token)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *c.Options().BaseEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/ec2/aws4_request, SignedHeaders=host, Signature=0", c.account, c.region))
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	next, _ = element(body, "nextToken")
	code, _ = element(body, "Code")
	for {
		var name []string
		for _, n := range l.names {
			var text string
			text, body = element(body, n)
			name = append(name, text)
		}
		if body == nil {
			return items, next, code
		}
		items = append(items, strings.Join(name, " "))
	}
}

// element gives the text of the first element of that name and what follows it, nil if there is none.
func element(body []byte, name string) (text string, rest []byte) {
	_, rest, found := bytes.Cut(body, []byte("<"+name+">"))
	if !found {
		return "", nil
	}
	inside, rest, _ := bytes.Cut(rest, []byte("</"+name+">"))
	return string(inside), rest
}

// counter counts from 1 and may be used by several at a time.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

// life is when an item was: before born it may not have been yet, from dying on it
// may be no more, after dead it is no more. The times are a counter's; 0 is never.
type life struct {
	small             bool
	born, dying, dead int
}

// register knows the life of every item.
type register struct {
	*crowd
	listing
	clock counter
	mu    sync.Mutex
	lives map[string]life
}

func (r *register) made(t *testing.T, n int, small bool) []string {
	items := r.create(t, n, small)
	born := r.clock.next()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, item := range items {
		r.lives[item] = life{small: small, born: born}
	}
	return items
}

func (r *register) unmade(t *testing.T, items []string) {
	set := func(now int, f func(l *life, now int)) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, item := range items {
			l := r.lives[item]
			f(&l, now)
			r.lives[item] = l
		}
	}
	set(r.clock.next(), func(l *life, now int) { l.dying = now })
	r.listing.remove(t, items)
	set(r.clock.next(), func(l *life, now int) { l.dead = now })
}

// walk is all pages of one reader.
type walk struct {
	size       int
	small      bool
	seen       map[string]int
	start, end int
}

// walk reads all pages and lets between do something after each.
func (r *register) walk(t *testing.T, size int, small bool, between func()) walk {
	t.Helper()
	w := walk{size: size, small: small, seen: map[string]int{}, start: r.clock.next()}
	for token := ""; ; {
		items, next, code := r.page(t, r.listing, size, token, small)
		if code != "" {
			t.Fatalf("size %d: %s", size, code)
		}
		if len(items) > size || next != "" && len(items) < size {
			t.Errorf("size %d: a page of %d, the next token is %q", size, len(items), next)
		}
		for _, item := range items {
			w.seen[item]++
		}
		between()
		if token = next; token == "" {
			w.end = r.clock.next()
			return w
		}
	}
}

// check holds that a walk saw what was there all the time, not what was deleted before,
// and nothing twice. All that was begun while it went on must be done.
func (r *register) check(t *testing.T, w walk) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	what := fmt.Sprintf("size %d, small %t", w.size, w.small)
	stayed := 0
	for item, l := range r.lives {
		switch n := w.seen[item]; {
		case w.small && !l.small:
			if n > 0 {
				t.Errorf("%s: %s does not fit the filter", what, item)
			}
		case l.born < w.start && (l.dying == 0 || l.dying > w.end):
			stayed++
			if n != 1 {
				t.Errorf("%s: %s, which was there all the time, was seen %d times", what, item, n)
			}
		case n > 0 && l.dead > 0 && l.dead < w.start:
			t.Errorf("%s: %s was deleted before", what, item)
		case n > 1:
			t.Errorf("%s: %s was seen %d times", what, item, n)
		}
	}
	for item := range w.seen {
		if _, known := r.lives[item]; !known {
			t.Errorf("%s: %s was never made", what, item)
		}
	}
	if stayed < 50 {
		t.Errorf("%s: only %d items stayed, which proves little", what, stayed)
	}
}

// walks are the sizes of pages, and whether they are of the small items only.
var walks = []struct {
	size  int
	small bool
}{{5, true}, {17, true}, {64, true}, {300, false}, {1000, false}}

func TestPagingWhileItemsComeAndGo(t *testing.T) {
	c := newCrowd(t)
	c.enis = c.add(t, 970, "large")
	for _, l := range c.listings() {
		t.Run(l.action, func(t *testing.T) {
			r := &register{crowd: c, listing: l, lives: map[string]life{}}
			if l.action == "DescribeNetworkInterfaces" {
				for _, id := range c.enis {
					r.lives[id] = life{}
				}
			} else {
				r.made(t, len(c.enis), false)
			}
			r.made(t, 60, true)
			churn := r.churn(t, rand.New(rand.NewPCG(1, 2)))
			for _, w := range walks { // the same at every run: changes are between pages
				r.check(t, r.walk(t, w.size, w.small, churn))
			}
			r.alongside(t)
		})
	}
}

// churn gives a function that makes a few items and deletes a few that it made before.
func (r *register) churn(t *testing.T, random *rand.Rand) func() {
	var mine []string
	return func() {
		mine = append(mine, r.made(t, 1+random.IntN(4), random.IntN(2) == 0)...)
		var gone []string
		for range random.IntN(min(len(mine), 4)) {
			i := random.IntN(len(mine))
			gone, mine = append(gone, mine[i]), slices.Delete(mine, i, i+1)
		}
		if len(gone) > 0 {
			r.unmade(t, gone)
		}
	}
}

// alongside walks while others make and delete items at the same time.
func (r *register) alongside(t *testing.T) {
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for seed := range uint64(2) {
		churn := r.churn(t, rand.New(rand.NewPCG(seed, 3)))
		writers.Go(func() {
			for range 20 { // tags have a limit
				select {
				case <-stop:
					return
				default:
					churn()
				}
			}
		})
	}
	done := []walk{r.walk(t, 5, true, func() {}), r.walk(t, 17, true, func() {}), r.walk(t, 1000, false, func() {})}
	close(stop)
	writers.Wait()
	for _, w := range done {
		r.check(t, w)
	}
}

// TestTokens: a token is good as it was given, for the action, account and Region that it was given to.
func TestTokens(t *testing.T) {
	c := newCrowd(t)
	c.enis = c.add(t, 10, "stays")
	account, region, process := *c, *c, newCrowd(t)
	account.account, region.region = "210987654321", "us-east-1"
	tokens := map[string]string{}
	for _, l := range c.listings() {
		l.create(t, 10, false)
		_, next, code := c.page(t, l, 5, "", false)
		if _, _, again := c.page(t, l, 5, next, false); next == "" || code+again != "" {
			t.Fatalf("%s: token %q: %s %s", l.action, next, code, again)
		}
		tokens[l.action] = next
	}
	for _, l := range c.listings() {
		refused := func(c *crowd, what, token string) {
			t.Helper()
			if _, _, code := c.page(t, l, 5, token, false); code != "InvalidNextToken" {
				t.Errorf("%s: %s: %q: %q", l.action, what, token, code)
			}
		}
		token := tokens[l.action]
		for action, other := range tokens {
			if action != l.action {
				refused(c, "the token of "+action, other)
			}
		}
		for i := range len(token) {
			refused(c, fmt.Sprintf("byte %d changed", i), changed(token, i))
		}
		for _, wrong := range []string{"nonsense", token + "A", token + "=", token + " ", token + token, token[1:], token[:len(token)-1], token[:9] + token[10:], token[:9] + "\n" + token[9:]} {
			refused(c, "not the token", wrong)
		}
		refused(&account, "another account", token)
		refused(&region, "another Region", token)
		refused(process, "another process", token)
	}
}

// changed gives a token with another byte at i that may be in one, too.
func changed(token string, i int) string {
	b := []byte(token)
	if b[i]++; b[i] == '9'+1 || b[i] == 'Z'+1 || b[i] == 'z'+1 || b[i] == '-'+1 || b[i] == '_'+1 {
		b[i] = 'A'
	}
	return string(b)
}
