package s3

import (
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/flowemu/flowemu/object"
)

const usEast1 = "us-east-1"

// createBucket adds a bucket in the region of its location constraint. In us-east-1,
// and only there, it is no error to create a bucket again:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func (c *call) createBucket() error {
	if !validBucketName(c.bucket) {
		return fail(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.")
	}
	if acl := c.r.Header.Get("X-Amz-Acl"); acl != "" && acl != "private" {
		return notImplemented("x-amz-acl: " + acl)
	}
	region, err := c.constraint()
	if err != nil {
		return err
	}
	b := object.Bucket{Name: c.bucket, Region: region, Account: c.server.opt.Account}
	err = c.server.index.CreateBucket(c.r.Context(), b)
	if errors.Is(err, object.ErrBucketExists) {
		err = c.createAgain(b)
	}
	if err != nil {
		return err
	}
	c.out.Header().Set("Location", "/"+c.bucket)
	c.out.Header().Set("Content-Length", "0")
	return nil
}

// validBucketName follows https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
// (gofakes3's check refuses names like a.b.logs).
func validBucketName(name string) bool {
	if len(name) < 3 || len(name) > 63 || net.ParseIP(name) != nil || strings.Contains(name, "..") {
		return false
	}
	const alnum = "abcdefghijklmnopqrstuvwxyz0123456789"
	return strings.Trim(name, alnum+".-") == "" && strings.Contains(alnum, name[:1]) && strings.Contains(alnum, name[len(name)-1:])
}

func (c *call) createAgain(b object.Bucket) error {
	have, err := c.server.index.Bucket(c.r.Context(), b.Name)
	switch {
	case err != nil:
		return err
	case have.Account != b.Account:
		return fail(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.")
	case have.Region != usEast1 || b.Region != usEast1:
		return fail(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	}
	return nil
}

// constraint is the region that the body of CreateBucket asks for.
func (c *call) constraint() (string, error) {
	body, err := c.document()
	if err != nil {
		return "", err
	}
	var in struct {
		XMLName            xml.Name `xml:"CreateBucketConfiguration"`
		LocationConstraint string
		Other              []struct{ XMLName xml.Name } `xml:",any"`
	}
	if len(body) > 0 && xml.Unmarshal(body, &in) != nil {
		return "", known("MalformedXML")
	}
	if len(in.Other) > 0 {
		return "", notImplemented(in.Other[0].XMLName.Local + " of a new bucket")
	}
	switch region := in.LocationConstraint; {
	case region == "":
		return c.server.opt.Region, nil
	case region == "EU":
		return "eu-west-1", nil
	case region == usEast1 || !isRegion(region): // us-east-1 is asked for by asking for nothing
		return "", fail(http.StatusBadRequest, "InvalidLocationConstraint", "The specified location-constraint is not valid")
	default:
		return region, nil
	}
}

func (c *call) location() error {
	out := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: c.region}
	if c.region == usEast1 {
		out.Region = ""
	}
	return c.out.xml(out)
}

type bucketList struct {
	XMLName xml.Name     `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
	Owner   owner        `xml:"Owner"`
	Buckets []bucketItem `xml:"Buckets>Bucket"`
	Prefix  string       `xml:"Prefix,omitempty"`
	Next    string       `xml:"ContinuationToken,omitempty"`
}

type bucketItem struct {
	Name         string
	CreationDate string
	BucketRegion string
}

type owner struct {
	ID          string
	DisplayName string
}

// listBuckets answers GET /. Its continuation token is the last name.
func (c *call) listBuckets() error {
	limit := 10000
	if v := c.query.Get("max-buckets"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > limit {
			return invalid("max-buckets must be between 1 and %d", limit)
		}
		limit = n
	}
	all, err := c.server.index.Buckets(c.r.Context())
	if err != nil {
		return err
	}
	out := bucketList{Owner: c.server.self(), Prefix: c.query.Get("prefix")}
	region, after := c.query.Get("bucket-region"), c.query.Get("continuation-token")
	for _, b := range all {
		if b.Name <= after || !strings.HasPrefix(b.Name, out.Prefix) || region != "" && region != b.Region {
			continue
		}
		if len(out.Buckets) == limit {
			out.Next = out.Buckets[limit-1].Name
			break
		}
		out.Buckets = append(out.Buckets, bucketItem{b.Name, listTime(b.Created), b.Region})
	}
	return c.out.xml(out)
}

func (s *Server) self() owner { return owner{ID: s.owner, DisplayName: s.opt.Account} }

// listTime is a time as listings have it: S3 keeps seconds.
func listTime(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}
