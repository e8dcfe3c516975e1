package s3

import (
	"net/http"
	"slices"
	"strings"
)

// operation is something that a request can ask for.
type operation struct {
	method  string
	level   level
	sub     string   // the query key that names it, "" for the plain verb
	also    []string // what else its query may hold
	creates bool     // the bucket
	do      func(*call) error
}

// level is what the path names.
type level int

const (
	service level = iota
	inBucket
	inObject
)

// operations is everything that this S3 can do. What is not here is answered with
// NotImplemented: to take a request for less than it says could destroy data, as
// DELETE /bucket?policy would if the query were ignored.
func operations() []operation {
	listing := []string{"prefix", "delimiter", "marker", "max-keys", "encoding-type"}
	listing2 := append([]string{"continuation-token", "start-after", "fetch-owner"}, listing...)
	version := []string{"versionId"}
	get := []string{
		"versionId", "response-content-type", "response-content-language", "response-expires",
		"response-cache-control", "response-content-disposition", "response-content-encoding",
	}
	return []operation{
		{method: "GET", level: service, also: []string{"prefix", "max-buckets", "continuation-token", "bucket-region"}, do: (*call).listBuckets},

		{method: "PUT", level: inBucket, do: (*call).createBucket, creates: true},
		{method: "HEAD", level: inBucket, do: (*call).delegate},
		{method: "DELETE", level: inBucket, do: (*call).delegate},
		{method: "GET", level: inBucket, sub: "location", do: (*call).location},
		{method: "GET", level: inBucket, also: listing, do: (*call).list},
		{method: "GET", level: inBucket, sub: "list-type", also: listing2, do: (*call).list2},
		{method: "POST", level: inBucket, sub: "delete", do: (*call).multiDelete},
		{method: "GET", level: inBucket, sub: "uploads", also: []string{"prefix", "key-marker", "upload-id-marker", "max-uploads"}, do: (*call).delegate},

		{method: "GET", level: inObject, also: get, do: (*call).get},
		{method: "HEAD", level: inObject, also: get, do: (*call).get},
		{method: "PUT", level: inObject, do: (*call).putObject},
		{method: "DELETE", level: inObject, also: version, do: (*call).delegate},
		{method: "GET", level: inObject, sub: "acl", also: version, do: (*call).unsetObject},
		{method: "GET", level: inObject, sub: "tagging", also: version, do: (*call).unsetObject},

		{method: "POST", level: inObject, sub: "uploads", do: (*call).createUpload},
		{method: "PUT", level: inObject, sub: "uploadId", also: []string{"partNumber"}, do: (*call).uploadPart},
		{method: "GET", level: inObject, sub: "uploadId", also: []string{"max-parts", "part-number-marker"}, do: (*call).delegate},
		{method: "POST", level: inObject, sub: "uploadId", do: (*call).completeUpload},
		{method: "DELETE", level: inObject, sub: "uploadId", do: (*call).delegate},
	}
}

// signatureKeys are in the query of presigned URLs of any operation.
var signatureKeys = map[string]bool{
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-expires": true, "x-amz-signedheaders": true,
	"x-amz-signature": true, "x-amz-security-token": true, "x-amz-content-sha256": true, "x-amz-user-agent": true,
	"awsaccesskeyid": true, "signature": true, "expires": true, "x-id": true,
}

// operation finds what the request asks for.
func (c *call) operation() (*operation, error) {
	at := service
	if c.key != "" {
		at = inObject
	} else if c.bucket != "" {
		at = inBucket
	}
	var keys []string
	for k := range c.query {
		if !signatureKeys[strings.ToLower(k)] {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	if at == inBucket && c.r.Method == http.MethodGet && len(keys) == 1 {
		if answer, ok := unsetBucket[keys[0]]; ok {
			return &operation{do: answer.write}, nil
		}
	}
	verb := false
	for _, op := range operations() {
		if op.method != c.r.Method || op.level != at {
			continue
		}
		verb = true
		if op.understands(keys) {
			return &op, nil
		}
	}
	switch {
	case len(keys) > 0:
		return nil, notImplemented(c.r.Method + " with " + strings.Join(keys, ", "))
	case c.r.Method == http.MethodOptions:
		return nil, fail(http.StatusForbidden, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.")
	case !verb:
		return nil, known("MethodNotAllowed")
	}
	return nil, notImplemented(c.r.Method) // POST of a form
}

func (op *operation) understands(keys []string) bool {
	if op.sub != "" && !slices.Contains(keys, op.sub) {
		return false
	}
	return !slices.ContainsFunc(keys, func(k string) bool { return k != op.sub && !slices.Contains(op.also, k) })
}
