package s3_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func urlEscape(s string) string { return url.QueryEscape(s) }

// model is what a whole listing should be: keys and common prefixes, each in order.
func model(keys []string, prefix, delimiter, after string) (objects, prefixes []string) {
	for _, k := range slices.Sorted(slices.Values(keys)) {
		rest, ok := strings.CutPrefix(k, prefix)
		if !ok || k <= after {
			continue
		}
		if i := strings.Index(rest, delimiter); delimiter != "" && i >= 0 {
			p := prefix + rest[:i+len(delimiter)]
			if p != after && !slices.Contains(prefixes, p) {
				prefixes = append(prefixes, p)
			}
			continue
		}
		objects = append(objects, k)
	}
	return objects, prefixes
}

func TestListingIsTheModel(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	rnd := rand.New(rand.NewPCG(1, 2))
	atoms := []string{"a", "b", "/", "//", "ab", " ", "ä", "🙂", "-", "~"}
	word := func(n int) (w string) {
		for range rnd.IntN(n) {
			w += atoms[rnd.IntN(len(atoms))]
		}
		return w
	}
	have := map[string]bool{}
	for len(have) < 120 {
		if k := word(6) + atoms[rnd.IntN(2)]; !have[k] {
			have[k] = true
			if err := s.server.PutDelivery(ctx, "bkt", k, nil, "", 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	var keys []string
	for k := range have {
		keys = append(keys, k)
	}
	for range 300 {
		prefix, delimiter, after, size := word(3), []string{"", "/", "b", "ab", "//"}[rnd.IntN(5)], word(4), int32(1+rnd.IntN(40))
		name := fmt.Sprintf("prefix %q delimiter %q after %q pages of %d", prefix, delimiter, after, size)
		objects, prefixes := model(keys, prefix, delimiter, after)
		encoding := []types.EncodingType{"", types.EncodingTypeUrl}[rnd.IntN(2)]

		var gotObjects, gotPrefixes []string
		v1 := &awss3.ListObjectsInput{Bucket: aws.String("bkt"), Prefix: &prefix, Delimiter: &delimiter, Marker: &after, MaxKeys: &size, EncodingType: encoding}
		for {
			out, err := s.ListObjects(ctx, v1)
			if err != nil {
				t.Fatal(name, err)
			}
			n := len(out.Contents) + len(out.CommonPrefixes)
			if n > int(size) || *out.IsTruncated && n < int(size) {
				t.Fatalf("%s: a page has %d", name, n)
			}
			o, p := pageText(t, encoding, out.Contents, out.CommonPrefixes)
			gotObjects, gotPrefixes = append(gotObjects, o...), append(gotPrefixes, p...)
			if !*out.IsTruncated {
				break
			}
			next := ""
			if delimiter != "" {
				next = unescape(t, encoding, *out.NextMarker)
			} else {
				next = o[len(o)-1]
			}
			v1.Marker = &next
		}
		compare(t, "v1 "+name, gotObjects, objects, gotPrefixes, prefixes)

		gotObjects, gotPrefixes = nil, nil
		v2 := &awss3.ListObjectsV2Input{Bucket: aws.String("bkt"), Prefix: &prefix, Delimiter: &delimiter, StartAfter: &after, MaxKeys: &size, EncodingType: encoding}
		for {
			out, err := s.ListObjectsV2(ctx, v2)
			if err != nil {
				t.Fatal(name, err)
			}
			o, p := pageText(t, encoding, out.Contents, out.CommonPrefixes)
			if int(*out.KeyCount) != len(o)+len(p) {
				t.Fatalf("%s: KeyCount %d", name, *out.KeyCount)
			}
			gotObjects, gotPrefixes = append(gotObjects, o...), append(gotPrefixes, p...)
			if v2.ContinuationToken = out.NextContinuationToken; !*out.IsTruncated {
				break
			}
		}
		compare(t, "v2 "+name, gotObjects, objects, gotPrefixes, prefixes)
	}
}

func pageText(t *testing.T, e types.EncodingType, contents []types.Object, common []types.CommonPrefix) (objects, prefixes []string) {
	t.Helper()
	for _, o := range contents {
		objects = append(objects, unescape(t, e, *o.Key))
	}
	for _, p := range common {
		prefixes = append(prefixes, unescape(t, e, *p.Prefix))
	}
	return objects, prefixes
}

func unescape(t *testing.T, e types.EncodingType, s string) string {
	t.Helper()
	if e == "" {
		return s
	}
	out, err := url.QueryUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, name string, gotObjects, objects, gotPrefixes, prefixes []string) {
	t.Helper()
	if !slices.Equal(gotObjects, objects) || !slices.Equal(gotPrefixes, prefixes) {
		t.Fatalf("%s:\n got %q %q\nwant %q %q", name, gotObjects, gotPrefixes, objects, prefixes)
	}
}

func TestListingEdges(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	s.put("a\x01", "control") // the SDK cannot read it back in plain XML, as with AWS
	for _, row := range []struct {
		query  string
		status int
		want   string
	}{
		{"max-keys=0", 200, "<IsTruncated>false</IsTruncated>"},
		{"list-type=2&max-keys=0", 200, "<KeyCount>0</KeyCount>"},
		{"max-keys=-1", 400, "InvalidArgument"},
		{"max-keys=x", 400, "InvalidArgument"},
		{"list-type=3", 400, "InvalidArgument"},
		{"encoding-type=x", 400, "InvalidArgument"},
		{"list-type=2&continuation-token=x", 400, "continuation token"},
		{"list-type=2&continuation-token=", 400, "continuation token"},
		{"list-type=2", 200, "<Key>a&#x1;</Key>"},
		{"list-type=2&encoding-type=url", 200, "<Key>a%01</Key>"},
		{"list-type=2&fetch-owner=true", 200, "<Owner>"},
	} {
		if res, body := s.raw("GET", "/bkt?"+row.query, ""); res.StatusCode != row.status || !strings.Contains(body, row.want) {
			t.Errorf("%s: %d %s", row.query, res.StatusCode, body)
		}
	}
}
