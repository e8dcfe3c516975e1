package s3_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// subResources are AWS's, some of the future, and some of nobody.
var subResources = []string{
	"accelerate", "acl", "analytics", "attributes", "cors", "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging",
	"metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment",
	"restore", "retention", "select", "session", "tagging", "torrent", "versioning", "versions", "website", "partNumber", "foo", "Delete", "UPLOADS", "append",
}

// answered are the questions that have an answer.
func answered(method, target, sub string) bool {
	if method != "GET" {
		return false
	}
	if target == "/bkt/k" {
		return sub == "acl" || sub == "tagging"
	}
	return slices.Contains(strings.Fields("policy cors website lifecycle replication object-lock tagging publicAccessBlock ownershipControls encryption requestPayment logging accelerate notification acl versioning"), sub)
}

func TestUnknownSubResourcesChangeNothing(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	s.bucket("empty")
	s.put("k", "v")
	for _, sub := range subResources {
		for _, method := range []string{"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"} {
			for _, target := range []string{"/", "/bkt", "/empty", "/empty/", "/bkt/k", "/bkt/new"} {
				if answered(method, target, sub) || target == "/bkt/new" && answered(method, "/bkt/k", sub) || target == "/" && answered(method, target, sub) {
					continue
				}
				for _, query := range []string{sub, sub + "=", sub + "=1", "x-id=Y&" + sub, "prefix=a&" + sub} {
					res, body := s.raw(method, target+"?"+query, "<x/>")
					if res.StatusCode != http.StatusNotImplemented || method != "HEAD" && !strings.Contains(body, "<Code>NotImplemented</Code>") {
						t.Errorf("%s %s?%s: %d %s", method, target, query, res.StatusCode, body)
					}
				}
			}
		}
	}
	if s.get("k") != "v" {
		t.Error("the object changed")
	}
	if res, body := s.raw("GET", "/bkt?list-type=2", ""); !strings.Contains(body, "<KeyCount>1</KeyCount>") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res, _ := s.raw("HEAD", "/empty", ""); res.StatusCode != http.StatusOK {
		t.Error("a bucket is gone")
	}
}

func TestUnsetSettings(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	s.put("k", "v")
	for target, want := range map[string]string{
		"/bkt?policy": "404 NoSuchBucketPolicy", "/bkt?cors": "404 NoSuchCORSConfiguration", "/bkt?website": "404 NoSuchWebsiteConfiguration",
		"/bkt?lifecycle": "404 NoSuchLifecycleConfiguration", "/bkt?replication": "404 ReplicationConfigurationNotFoundError",
		"/bkt?object-lock": "404 ObjectLockConfigurationNotFoundError", "/bkt?tagging": "404 NoSuchTagSet",
		"/bkt?publicAccessBlock": "404 NoSuchPublicAccessBlockConfiguration", "/bkt?ownershipControls": "404 OwnershipControlsNotFoundError",
		"/bkt?encryption": "200 AES256", "/bkt?requestPayment": "200 BucketOwner", "/bkt?logging": "200 BucketLoggingStatus", "/bkt?accelerate": "200 AccelerateConfiguration",
		"/bkt?notification": "200 NotificationConfiguration", "/bkt?acl": "200 FULL_CONTROL", "/bkt?versioning": "200 VersioningConfiguration",
		"/bkt/k?acl": "200 FULL_CONTROL", "/bkt/k?tagging": "200 <TagSet/>", "/bkt/none?tagging": "404 NoSuchKey", "/none?policy": "404 NoSuchBucket",
	} {
		res, body := s.raw("GET", target, "")
		status, text, _ := strings.Cut(want, " ")
		if !strings.HasPrefix(res.Status, status) || !strings.Contains(body, text) || res.Header.Get("Content-Type") != "application/xml" {
			t.Errorf("%s: %s %s %v", target, res.Status, body, res.Header)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	s.put("k", "v")
	for _, row := range []struct {
		method, target, body string
		header               []string
		status               int
		code                 string
	}{
		{"PUT", "/bkt/k", "new", []string{"x-amz-tagging", "a=b"}, 501, "NotImplemented"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-server-side-encryption-customer-algorithm", "AES256"}, 501, "NotImplemented"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-acl", "public-read"}, 400, "AccessControlListNotSupported"},
		{"PUT", "/bkt/k", "new", []string{"If-None-Match", `"x"`}, 501, "NotImplemented"},
		{"PUT", "/bkt/k", "new", []string{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}, 400, "BadDigest"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-checksum-xxhash64", "AAAAAAAAAAA="}, 501, "NotImplemented"},
		{"PUT", "/bkt/k", "new", []string{"Content-MD5", "x"}, 400, "InvalidDigest"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-content-sha256", strings.Repeat("0", 64)}, 400, "XAmzContentSHA256Mismatch"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-meta-a", strings.Repeat("x", 2100)}, 400, "MetadataTooLarge"},
		{"PUT", "/bkt/k", "new", []string{"x-amz-expected-bucket-owner", "111111111111"}, 403, "AccessDenied"},
		{"PUT", "/bkt/k", "", []string{"x-amz-copy-source", "/bkt/k"}, 400, "InvalidRequest"},
		{"PUT", "/bkt/k", "", []string{"x-amz-copy-source", "/bkt/none"}, 404, "NoSuchKey"},
		{"PUT", "/bkt/k", "", []string{"x-amz-copy-source", "/none/k"}, 404, "NoSuchBucket"},
		{"PUT", "/bkt/k", "", []string{"x-amz-copy-source", "/bkt/k?versionId=x"}, 400, "InvalidArgument"},
		{"PUT", "/bkt/new", "", []string{"x-amz-copy-source", "/bkt/k", "x-amz-copy-source-if-match", `"x"`}, 412, "PreconditionFailed"},
		{"GET", "/bkt/k?versionId=abc", "", nil, 400, "InvalidArgument"},
		{"DELETE", "/bkt/k?versionId=abc", "", nil, 400, "InvalidArgument"},
		{"DELETE", "/bkt/k", "", []string{"x-amz-if-match-size", "7"}, 501, "NotImplemented"},
		{"DELETE", "/bkt", "", []string{"x-minio-force-delete", "true"}, 501, "NotImplemented"},
		{"POST", "/bkt?delete", "<Delete><Object><Key>k</Key><VersionId>x</VersionId></Object></Delete>", nil, 400, "InvalidArgument"},
		{"POST", "/bkt?delete", "<Delete><Object><Key>k</Key><ETag>x</ETag></Object></Delete>", nil, 501, "NotImplemented"},
		{"POST", "/bkt?delete", "<Delete></Delete>", nil, 400, "MalformedXML"},
		{"POST", "/bkt?delete", "<Delete><Object><Key>k</Key></Object></Delete>", []string{"x-amz-checksum-crc32", "AAAAAA=="}, 400, "BadDigest"},
		{"POST", "/bkt", "", nil, 501, "NotImplemented"},
		{"PATCH", "/bkt/k", "", nil, 405, "MethodNotAllowed"},
		{"OPTIONS", "/bkt/k", "", []string{"Origin", "http://x", "Access-Control-Request-Method", "GET"}, 403, "AccessForbidden"},
		{"PUT", "/new-bucket", "<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>", nil, 400, "InvalidLocationConstraint"},
		{"PUT", "/new-bucket", "<CreateBucketConfiguration><Bucket><Type>Directory</Type></Bucket></CreateBucketConfiguration>", nil, 501, "NotImplemented"},
		{"PUT", "/new-bucket", "<x", nil, 400, "MalformedXML"},
		{"PUT", "/bkt/%ff", "x", nil, 400, "InvalidURI"},
		{"GET", "/%2Fk", "", nil, 400, "InvalidBucketName"},
	} {
		res, body := s.raw(row.method, row.target, row.body, row.header...)
		if res.StatusCode != row.status || !strings.Contains(body, "<Code>"+row.code+"</Code>") {
			t.Errorf("%s %s %v: %d %s", row.method, row.target, row.header, res.StatusCode, body)
		}
	}
	if s.get("k") != "v" || s.files() != 1 {
		t.Errorf("the object changed; %d files", s.files())
	}
}
