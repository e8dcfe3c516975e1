package s3_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"github.com/flowemu/flowemu/api/s3"
	"github.com/flowemu/flowemu/object"
	"github.com/flowemu/flowemu/store"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir)
	}
	goleak.VerifyTestMain(m)
}

// service is a server on disk with a real client.
type service struct {
	*awss3.Client
	t      *testing.T
	dir    string
	db     *store.DB
	server *s3.Server
	url    string
	http   *http.Client
}

func newService(t *testing.T) *service {
	t.Helper()
	return newServiceIn(t, t.TempDir(), s3.Options{})
}

func newServiceIn(t *testing.T, dir string, o s3.Options) *service {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.Index, o.Dir, o.Logger = db, filepath.Join(dir, "objects"), slog.New(slog.NewTextHandler(t.Output(), nil))
	server, err := s3.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	plain := &http.Client{Transport: transport}
	client := awss3.New(awss3.Options{
		Region: "us-east-1", BaseEndpoint: &h.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: plain,
	})
	return &service{Client: client, t: t, dir: dir, db: db, server: server, url: h.URL, http: plain}
}

func (s *service) bucket(name string) {
	s.t.Helper()
	if _, err := s.CreateBucket(s.t.Context(), &awss3.CreateBucketInput{Bucket: &name}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) put(key, body string) {
	s.t.Helper()
	if _, err := s.PutObject(s.t.Context(), &awss3.PutObjectInput{Bucket: aws.String("bkt"), Key: &key, Body: strings.NewReader(body)}); err != nil {
		s.t.Fatalf("put %q: %v", key, err)
	}
}

func (s *service) get(key string) string {
	s.t.Helper()
	out, err := s.GetObject(s.t.Context(), &awss3.GetObjectInput{Bucket: aws.String("bkt"), Key: &key})
	if err != nil {
		s.t.Fatalf("get %q: %v", key, err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// raw sends a request as it is; header is name, value, ...
func (s *service) raw(method, target, body string, header ...string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	path, query, _ := strings.Cut(target, "?")
	r.URL.Opaque, r.URL.RawQuery = path, query
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.http.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for name := range res.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			s.t.Errorf("%s %s answers %s", method, target, name)
		}
	}
	return res, string(b)
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func TestBuckets(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	s.bucket("bkt") // again: no error in us-east-1
	eu := &awss3.CreateBucketInput{Bucket: aws.String("a.b.logs"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}}
	if _, err := s.CreateBucket(ctx, eu); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateBucket(ctx, eu); code(err) != "BucketAlreadyOwnedByYou" {
		t.Errorf("create again: %v", err)
	}
	for bucket, want := range map[string]string{"bkt": "", "a.b.logs": "eu-west-1"} {
		loc, err := s.GetBucketLocation(ctx, &awss3.GetBucketLocationInput{Bucket: &bucket})
		if err != nil || string(loc.LocationConstraint) != want {
			t.Errorf("location of %s: %v %v", bucket, loc, err)
		}
	}
	head, err := s.HeadBucket(ctx, &awss3.HeadBucketInput{Bucket: aws.String("a.b.logs")})
	if err != nil || aws.ToString(head.BucketRegion) != "eu-west-1" {
		t.Errorf("head: %v %v", head, err)
	}
	list, err := s.ListBuckets(ctx, &awss3.ListBucketsInput{})
	if err != nil || len(list.Buckets) != 2 || *list.Buckets[0].Name != "a.b.logs" || list.Buckets[0].CreationDate.IsZero() {
		t.Errorf("list: %v %v", list, err)
	}
	s.put("k", "v")
	if _, err := s.DeleteBucket(ctx, &awss3.DeleteBucketInput{Bucket: aws.String("bkt")}); code(err) != "BucketNotEmpty" {
		t.Errorf("delete: %v", err)
	}
	if _, err := s.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k")}); err != nil {
		t.Error(err)
	}
	if _, err := s.DeleteBucket(ctx, &awss3.DeleteBucketInput{Bucket: aws.String("bkt")}); err != nil {
		t.Error(err)
	}
	if ok, err := s.server.BucketExists(ctx, "bkt"); ok || err != nil {
		t.Error(ok, err)
	}
	for _, name := range []string{"Bkt", "ab", "1.2.3.4", "a..b", "-ab", "a_b"} {
		if res, body := s.raw("PUT", "/"+name, ""); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "InvalidBucketName") {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
}

func TestObjects(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	body := strings.Repeat("0123456789", 1000)
	_, err := s.PutObject(ctx, &awss3.PutObjectInput{
		Bucket: aws.String("bkt"), Key: aws.String("k"), Body: strings.NewReader(body), ContentType: aws.String("text/plain"), CacheControl: aws.String("no-cache"),
		ContentLanguage: aws.String("de"), ContentEncoding: aws.String("x"), ContentDisposition: aws.String("inline"), Metadata: map[string]string{"my-key": "Wert"},
	})
	if err != nil {
		t.Fatal(err)
	}
	get, err := s.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(get.Body) // the SDK verifies the checksum here
	if err != nil || string(b) != body || get.ChecksumCRC32 == nil {
		t.Errorf("get: %v, %d bytes, checksum %v", err, len(b), get.ChecksumCRC32)
	}
	if *get.ContentType != "text/plain" || *get.CacheControl != "no-cache" || *get.ContentLanguage != "de" || *get.ContentEncoding != "x" ||
		*get.ContentDisposition != "inline" || get.Metadata["my-key"] != "Wert" || time.Since(*get.LastModified) > time.Minute {
		t.Errorf("headers: %+v", get)
	}
	get.Body.Close()
	for in, want := range map[string]struct{ rng, body string }{
		"bytes=0-3":       {"bytes 0-3/10000", "0123"},
		"bytes=9998-":     {"bytes 9998-9999/10000", "89"},
		"bytes=-2":        {"bytes 9998-9999/10000", "89"},
		"bytes=-20000":    {"bytes 0-9999/10000", body},
		"bytes=9999-9999": {"bytes 9999-9999/10000", "9"},
		"bytes=5-99999":   {"bytes 5-9999/10000", body[5:]},
		"bytes=7-5":       {"", body},
		"nonsense":        {"", body},
	} {
		res, got := s.raw("GET", "/bkt/k", "", "Range", in, "x-amz-checksum-mode", "ENABLED")
		if res.Header.Get("Content-Range") != want.rng || got != want.body {
			t.Errorf("%s: %d %v, %d bytes", in, res.StatusCode, res.Header, len(got))
		}
		if has := res.Header.Get("X-Amz-Checksum-Crc32") != ""; has != (want.rng == "") {
			t.Errorf("%s: checksum %v", in, has)
		}
	}
	if res, got := s.raw("GET", "/bkt/k", "", "Range", "bytes=10000-"); res.StatusCode != http.StatusRequestedRangeNotSatisfiable || !strings.Contains(got, "InvalidRange") {
		t.Errorf("past the end: %d %s", res.StatusCode, got)
	}
	etag, at := *get.ETag, get.LastModified.UTC().Format(http.TimeFormat)
	before := get.LastModified.Add(-time.Hour).UTC().Format(http.TimeFormat)
	for _, row := range []struct {
		header, value string
		want          int
	}{
		{"If-None-Match", etag, 304},
		{"If-None-Match", "*", 304},
		{"If-None-Match", `"x"`, 200},
		{"If-Match", etag, 200},
		{"If-Match", `"x"`, 412},
		{"If-Match", `"x", ` + etag, 200},
		{"If-Modified-Since", at, 304},
		{"If-Modified-Since", before, 200},
		{"If-Unmodified-Since", at, 200},
		{"If-Unmodified-Since", before, 412},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			res, got := s.raw(method, "/bkt/k", "", row.header, row.value)
			if res.StatusCode != row.want || method == "HEAD" && got != "" || row.want != 412 && res.Header.Get("ETag") != etag {
				t.Errorf("%s %s: %s: %d %v %s", method, row.header, row.value, res.StatusCode, res.Header, got)
			}
		}
	}
	res, _ := s.raw("GET", "/bkt/k?response-content-type=a/b&response-cache-control=max-age=1", "")
	if res.Header.Get("Content-Type") != "a/b" || res.Header.Get("Cache-Control") != "max-age=1" {
		t.Error(res.Header)
	}
	for _, target := range []string{"/bkt/none", "/nobkt/k", "/nobkt", "/bkt/k?policy"} {
		if res, got := s.raw("HEAD", target, ""); res.StatusCode < 400 || got != "" || res.Header.Get("Content-Length") != "" {
			t.Errorf("HEAD %s: %d %v", target, res.StatusCode, res.Header)
		}
	}
}

func TestConditionalWrite(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	put := func(in *awss3.PutObjectInput) string {
		in.Bucket, in.Key, in.Body = aws.String("bkt"), aws.String("k"), strings.NewReader("new")
		_, err := s.PutObject(ctx, in)
		return code(err)
	}
	if got := put(&awss3.PutObjectInput{IfMatch: aws.String(`"x"`)}); got != "NoSuchKey" {
		t.Error(got)
	}
	s.put("k", "old")
	if got := put(&awss3.PutObjectInput{IfNoneMatch: aws.String("*")}); got != "PreconditionFailed" || s.get("k") != "old" {
		t.Error(got)
	}
	if got := put(&awss3.PutObjectInput{IfMatch: aws.String(`"x"`)}); got != "PreconditionFailed" || s.get("k") != "old" {
		t.Error(got)
	}
	_, err := s.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k"), IfMatch: aws.String(`"x"`)})
	if code(err) != "PreconditionFailed" || s.get("k") != "old" {
		t.Error(err)
	}
	if got := put(&awss3.PutObjectInput{IfMatch: aws.String(`"149603e6c03516362a8da23f624db945"`)}); got != "" || s.get("k") != "new" {
		t.Error(got)
	}
	if n := s.files(); n != 1 {
		t.Errorf("%d files for one object", n)
	}
}

// files counts the blobs on disk, finished or not.
func (s *service) files() (n int) {
	s.t.Helper()
	err := filepath.WalkDir(filepath.Join(s.dir, "objects"), func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// nastyKeys are all just keys.
var nastyKeys = []string{
	"a", "a/b", "a/", "a//b", "/lead", "//", "x/../y", "../../etc/passwd", "..", ".", "./", "a%2Fb", "%", "a b", "a+b", "ä/ö", "日本語", "🙂",
	"q?x=1&y", "#frag", "semi;colon", "back\\slash", "quote\"'<>&", "tab\tx", "trailing ", " leading", "a:b@c=d,e$f!g*h(i)", strings.Repeat("k", 1024),
}

func TestNastyKeys(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	for _, key := range nastyKeys {
		s.put(key, "content of "+key)
	}
	for _, key := range nastyKeys {
		if got := s.get(key); got != "content of "+key {
			t.Errorf("%q: %q", key, got)
		}
		if _, err := s.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: aws.String("bkt"), Key: aws.String("copy"), CopySource: aws.String("bkt/" + strings.ReplaceAll(urlEscape(key), "+", "%20"))}); err != nil {
			t.Errorf("copy %q: %v", key, err)
		} else if got := s.get("copy"); got != "content of "+key {
			t.Errorf("copy of %q: %q", key, got)
		}
	}
	list, err := s.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: aws.String("bkt")})
	if err != nil || len(list.Contents) != len(nastyKeys)+1 {
		t.Fatalf("list: %v, %d", err, len(list.Contents))
	}
	var ids []types.ObjectIdentifier
	for _, o := range list.Contents {
		ids = append(ids, types.ObjectIdentifier{Key: o.Key})
	}
	del, err := s.DeleteObjects(ctx, &awss3.DeleteObjectsInput{Bucket: aws.String("bkt"), Delete: &types.Delete{Objects: ids}})
	if err != nil || len(del.Deleted) != len(ids) || len(del.Errors) != 0 {
		t.Fatalf("delete: %v %+v", err, del)
	}
	if list, err := s.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: aws.String("bkt")}); err != nil || len(list.Contents) != 0 || list.KeyCount == nil {
		t.Errorf("left: %v %v", list.Contents, err)
	}
	if n := s.files(); n != 0 {
		t.Errorf("%d blobs left", n)
	}
	if _, err := s.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("bkt"), Key: aws.String(strings.Repeat("k", 1025))}); code(err) != "KeyTooLongError" {
		t.Error(err)
	}
}

func TestVirtualHosts(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	s.put("x//y", "hello")
	for _, host := range []string{"bkt.localhost", "bkt.localhost:4566", "bkt.s3.localhost:4566", "BKT.s3.eu-west-1.localhost"} {
		if _, got := s.raw("GET", "/x//y", "", "Host", host); got != "hello" {
			t.Errorf("%s: %s", host, got)
		}
	}
	for _, host := range []string{"localhost", "s3.localhost:1", "s3.eu-west-1.localhost", "127.0.0.1:80", "[::1]:80"} {
		if _, got := s.raw("GET", "/bkt/x//y", "", "Host", host); got != "hello" {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestPutDelivery(t *testing.T) {
	s, ctx := newService(t), t.Context()
	if err := s.server.PutDelivery(ctx, "bkt", "k", []byte("x"), "text/plain", 0); !errors.Is(err, object.ErrNoBucket) {
		t.Errorf("no bucket: %v", err)
	}
	s.bucket("bkt")
	if err := s.server.PutDelivery(ctx, "bkt", "k", []byte("hello"), "text/plain", 0); err != nil || s.get("k") != "hello" {
		t.Error(err)
	}
	if err := s.server.PutDelivery(ctx, "bkt", "k", []byte("other"), "text/plain", 99); !errors.Is(err, store.ErrDelivered) || s.get("k") != "hello" {
		t.Errorf("unknown delivery: %v", err)
	}
	if n := s.files(); n != 1 {
		t.Errorf("%d files", n)
	}
	head, err := s.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil || head.ChecksumCRC64NVME == nil || *head.ContentType != "text/plain" {
		t.Errorf("%+v %v", head, err)
	}
}

func TestReadWhileReplaced(t *testing.T) {
	s := newService(t)
	s.bucket("bkt")
	old := bytes.Repeat([]byte("old!"), 1<<20)
	s.put("k", string(old))
	get, err := s.GetObject(t.Context(), &awss3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	s.put("k", "new")
	b, err := io.ReadAll(get.Body)
	if err != nil || !bytes.Equal(b, old) || s.get("k") != "new" {
		t.Errorf("%v, %d bytes", err, len(b))
	}
	get.Body.Close()
}

func TestRestartSweeps(t *testing.T) {
	dir := t.TempDir()
	s := newServiceIn(t, dir, s3.Options{})
	s.bucket("bkt")
	s.put("k", "kept")
	id := strings.Repeat("ab", 16)
	for _, path := range []string{"tmp/" + id, "ab/" + id} {
		if err := os.WriteFile(filepath.Join(dir, "objects", path), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := newServiceIn(t, dir, s3.Options{})
	if n := again.files(); n != 1 || again.get("k") != "kept" {
		t.Errorf("%d files", n)
	}
}

// Over TLS the SDK sends aws-chunked bodies with the checksum in a trailer.
func TestTrailers(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	var how []string
	h := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how = append(how, r.Header.Get("X-Amz-Content-Sha256"))
		s.server.ServeHTTP(w, r)
	}))
	defer h.Close()
	body := strings.Repeat("body", 100_000)
	for _, algo := range []types.ChecksumAlgorithm{"", "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"} {
		in := &awss3.PutObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k"), Body: strings.NewReader(body), ChecksumAlgorithm: algo}
		if _, err := s.PutObject(ctx, in, func(o *awss3.Options) { o.BaseEndpoint, o.HTTPClient = &h.URL, h.Client() }); err != nil || s.get("k") != body {
			t.Errorf("%s: %v", algo, err)
		}
	}
	if len(how) != 6 || how[0] != "STREAMING-UNSIGNED-PAYLOAD-TRAILER" {
		t.Errorf("sent as %v", how)
	}
}
