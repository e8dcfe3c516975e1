package s3_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestMultipart(t *testing.T) {
	for _, algo := range []types.ChecksumAlgorithm{"", types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256} {
		t.Run("checksum "+string(algo), func(t *testing.T) {
			s, ctx := newService(t), t.Context()
			s.bucket("bkt")
			up, err := s.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: aws.String("bkt"), Key: aws.String("k"), ContentType: aws.String("a/b"), ChecksumAlgorithm: algo})
			if err != nil {
				t.Fatal(err)
			}
			parts := [][]byte{bytes.Repeat([]byte("1"), 5<<20), bytes.Repeat([]byte("2"), 5<<20), []byte("end")}
			var done []types.CompletedPart
			for i, p := range parts {
				out, err := s.UploadPart(ctx, &awss3.UploadPartInput{
					Bucket: aws.String("bkt"), Key: aws.String("k"), UploadId: up.UploadId, PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(p), ChecksumAlgorithm: algo,
				})
				if err != nil {
					t.Fatal(err)
				}
				done = append(done, types.CompletedPart{
					ETag: out.ETag, PartNumber: aws.Int32(int32(i + 1)), ChecksumCRC32: out.ChecksumCRC32, ChecksumCRC32C: out.ChecksumCRC32C,
					ChecksumCRC64NVME: out.ChecksumCRC64NVME, ChecksumSHA1: out.ChecksumSHA1, ChecksumSHA256: out.ChecksumSHA256,
				})
			}
			list, err := s.ListParts(ctx, &awss3.ListPartsInput{Bucket: aws.String("bkt"), Key: aws.String("k"), UploadId: up.UploadId, MaxParts: aws.Int32(2)})
			if err != nil || len(list.Parts) != 2 || !*list.IsTruncated || *list.NextPartNumberMarker != "2" {
				t.Errorf("parts: %+v %v", list, err)
			}
			out, err := s.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{
				Bucket: aws.String("bkt"), Key: aws.String("k"), UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
			})
			if err != nil || !strings.HasSuffix(*out.ETag, `-3"`) {
				t.Fatalf("complete: %+v %v", out, err)
			}
			get, err := s.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
			if err != nil || *get.ETag != *out.ETag || *get.ContentType != "a/b" {
				t.Fatalf("get: %+v %v", get, err)
			}
			b, err := io.ReadAll(get.Body)
			if err != nil || !bytes.Equal(b, bytes.Join(parts, nil)) {
				t.Errorf("%d bytes, %v", len(b), err)
			}
			get.Body.Close()
			if n := s.files(); n != 1 {
				t.Errorf("%d files", n)
			}
		})
	}
}

func TestMultipartRefusals(t *testing.T) {
	s, ctx := newService(t), t.Context()
	s.bucket("bkt")
	s.put("k", "old")
	up, err := s.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: aws.String("bkt"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	part := func(n int, body string) string {
		res, text := s.raw("PUT", "/bkt/k?partNumber="+string(rune('0'+n))+"&uploadId="+*up.UploadId, body)
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, text)
		}
		return res.Header.Get("ETag")
	}
	one, two := part(1, "small"), part(2, "")
	complete := func(parts ...string) string {
		var b strings.Builder
		for _, p := range parts {
			n, etag, _ := strings.Cut(p, " ")
			b.WriteString("<Part><PartNumber>" + n + "</PartNumber><ETag>" + etag + "</ETag></Part>")
		}
		_, text := s.raw("POST", "/bkt/k?uploadId="+*up.UploadId, "<CompleteMultipartUpload>"+b.String()+"</CompleteMultipartUpload>")
		return text
	}
	for name, row := range map[string]struct{ got, want string }{
		"small":    {complete("1 "+one, "2 "+two), "EntityTooSmall"},
		"order":    {complete("2 "+two, "1 "+one), "InvalidPartOrder"},
		"missing":  {complete("3 " + one), "InvalidPart"},
		"etag":     {complete("1 " + two), "InvalidPart"},
		"nothing":  {complete(), "MalformedXML"},
		"uploadId": {func() string { _, b := s.raw("PUT", "/bkt/k?partNumber=1&uploadId=x", "y"); return b }(), "NoSuchUpload"},
		"number":   {func() string { _, b := s.raw("PUT", "/bkt/k?partNumber=0&uploadId="+*up.UploadId, "y"); return b }(), "InvalidArgument"},
		"other":    {func() string { _, b := s.raw("PUT", "/bkt/other?partNumber=1&uploadId="+*up.UploadId, "y"); return b }(), "NoSuchUpload"},
	} {
		if !strings.Contains(row.got, "<Code>"+row.want+"</Code>") {
			t.Errorf("%s: %s", name, row.got)
		}
	}
	_, err = s.UploadPartCopy(ctx, &awss3.UploadPartCopyInput{
		Bucket: aws.String("bkt"), Key: aws.String("k"), UploadId: up.UploadId, PartNumber: aws.Int32(3), CopySource: aws.String("bkt/k"), CopySourceRange: aws.String("bytes=1-2"),
	})
	if err != nil {
		t.Error(err)
	}
	ups, err := s.ListMultipartUploads(ctx, &awss3.ListMultipartUploadsInput{Bucket: aws.String("bkt")})
	if err != nil || len(ups.Uploads) != 1 || *ups.Uploads[0].UploadId != *up.UploadId {
		t.Errorf("%+v %v", ups, err)
	}
	if s.files() != 4 {
		t.Errorf("%d files", s.files())
	}
	if _, err := s.AbortMultipartUpload(ctx, &awss3.AbortMultipartUploadInput{Bucket: aws.String("bkt"), Key: aws.String("k"), UploadId: up.UploadId}); err != nil {
		t.Error(err)
	}
	if s.get("k") != "old" || s.files() != 1 {
		t.Errorf("%q, %d files", s.get("k"), s.files())
	}
}
