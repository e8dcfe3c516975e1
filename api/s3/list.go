package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/object"
)

// maxKeys is the longest page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
const maxKeys = 1000

// listing is the answer to both versions of ListObjects. What only one has is a pointer.
type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                keyText
	Marker                *keyText
	StartAfter            *keyText
	ContinuationToken     string `xml:",omitempty"`
	NextMarker            *keyText
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              *int
	MaxKeys               int
	Delimiter             *keyText
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []listItem
	CommonPrefixes        []prefixItem
}

type listItem struct {
	Key               keyText
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	Owner             *owner
	StorageClass      string
}

type prefixItem struct{ Prefix keyText }

// keyText is a key as XML. Control characters become references, as S3 writes
// them, although XML 1.0 has no such characters: encoding-type=url is the way out.
type keyText struct {
	XML string `xml:",innerxml"`
}

// list answers ListObjects.
func (c *call) list() error {
	out, page, err := c.page(c.query.Get("marker"))
	if err != nil {
		return err
	}
	text := c.keyEncoding()
	out.Marker = text(c.query.Get("marker"))
	if page.Truncated && out.Delimiter != nil { // without one, clients go on after the last key
		out.NextMarker = text(page.Next)
	}
	return c.out.xml(out)
}

// tokenMark begins a continuation token before it is encoded, so that other strings are found out.
const tokenMark = "1:"

// list2 answers ListObjectsV2.
func (c *call) list2() error {
	if c.query.Get("list-type") != "2" {
		return invalid("Invalid List Type specified in Query")
	}
	after, token := c.query.Get("start-after"), c.query.Get("continuation-token")
	if c.query.Has("continuation-token") {
		b, err := base64.URLEncoding.DecodeString(token)
		next, ok := strings.CutPrefix(string(b), tokenMark)
		if err != nil || !ok {
			return invalid("The continuation token provided is incorrect")
		}
		after = next
	}
	out, page, err := c.page(after)
	if err != nil {
		return err
	}
	if v := c.query.Get("start-after"); v != "" {
		out.StartAfter = c.keyEncoding()(v)
	}
	n := len(out.Contents) + len(out.CommonPrefixes)
	out.KeyCount, out.ContinuationToken = &n, token
	if page.Truncated {
		out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(tokenMark + page.Next))
	}
	if c.query.Get("fetch-owner") != "true" {
		for i := range out.Contents {
			out.Contents[i].Owner = nil
		}
	}
	return c.out.xml(out)
}

// page lists what both versions have.
func (c *call) page(after string) (out listing, page object.Page, err error) {
	limit := maxKeys
	if v := c.query.Get("max-keys"); v != "" {
		if limit, err = strconv.Atoi(v); err != nil || limit < 0 {
			return out, page, invalid("Provided max-keys not an integer or within integer range")
		}
		limit = min(limit, maxKeys)
	}
	if v := c.query.Get("encoding-type"); v != "" && v != "url" {
		return out, page, invalid("Invalid Encoding Method specified in Request")
	}
	q := object.Query{Prefix: c.query.Get("prefix"), Delimiter: c.query.Get("delimiter"), After: after, Limit: limit}
	if limit > 0 {
		if page, err = c.server.index.Objects(c.r.Context(), c.bucket, q); err != nil {
			return out, page, err
		}
	}
	text := c.keyEncoding()
	out = listing{Name: c.bucket, Prefix: *text(q.Prefix), MaxKeys: limit, EncodingType: c.query.Get("encoding-type"), IsTruncated: page.Truncated}
	if q.Delimiter != "" {
		out.Delimiter = text(q.Delimiter)
	}
	self := c.server.self()
	for _, o := range page.Objects {
		out.Contents = append(out.Contents, newListItem(o, text(o.Key), &self))
	}
	for _, p := range page.Prefixes {
		out.CommonPrefixes = append(out.CommonPrefixes, prefixItem{*text(p)})
	}
	return out, page, nil
}

func newListItem(o object.Object, key *keyText, self *owner) listItem {
	item := listItem{Key: *key, LastModified: listTime(o.Modified), ETag: `"` + o.ETag + `"`, Size: o.Size, Owner: self, StorageClass: o.Metadata[storageClass]}
	if item.StorageClass == "" {
		item.StorageClass = standard
	}
	for name := range algorithms {
		if o.Metadata[checksumPrefix+name] != "" {
			item.ChecksumAlgorithm, item.ChecksumType = strings.ToUpper(name), o.Metadata[checksumTypeKey]
		}
	}
	return item
}

// keyEncoding is how this request wants keys to be written.
func (c *call) keyEncoding() func(string) *keyText {
	if c.query.Get("encoding-type") == "url" {
		return func(s string) *keyText { return &keyText{strings.ReplaceAll(url.QueryEscape(s), "%2F", "/")} }
	}
	return func(s string) *keyText { return &keyText{escapeXML(s)} }
}

func escapeXML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f || r == '"' || r == '&' || r == '<' || r == '>' || r == 0xfffe || r == 0xffff:
			b.WriteString("&#x" + strconv.FormatInt(int64(r), 16) + ";")
		default:
			b.WriteString(string(r))
		}
	}
	return strings.ToValidUTF8(b.String(), string(utf8.RuneError))
}
