package s3

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// encode is the aws-chunked form of b in chunks of size.
func encode(b []byte, size int, trailer string) string {
	var out strings.Builder
	for len(b) > 0 {
		n := min(size, len(b))
		fmt.Fprintf(&out, "%x;chunk-signature=%064d\r\n%s\r\n", n, 0, b[:n])
		b = b[n:]
	}
	return out.String() + "0\r\n" + trailer + "\r\n"
}

func TestChunked(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 10000)
	for _, size := range []int{1000, 65536, 1 << 20} {
		for _, trailer := range []string{"", "x-amz-checksum-crc32:AAAAAA==\r\n", "X-Amz-Checksum-Crc32: AAAAAA== \n", "x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:00\r\n\r\n"} {
			c := newChunked(iotest.HalfReader(strings.NewReader(encode(body, size, trailer))))
			got, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(got, body) || (trailer != "") != (c.trailer.Get("x-amz-checksum-crc32") == "AAAAAA==") {
				t.Errorf("%d %q: %v, %d bytes, %v", size, trailer, err, len(got), c.trailer)
			}
		}
	}
	whole := encode(body[:100], 30, "")
	for n := range len(whole) - 3 { // without the last empty line there is nothing missing
		if _, err := io.ReadAll(newChunked(strings.NewReader(whole[:n]))); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	for _, bad := range []string{"", "x\r\n", "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n", "ffffffffffffffffff\r\n", "0\r\nno trailer\r\n\r\n", strings.Repeat("0", 70000)} {
		if _, err := io.ReadAll(newChunked(strings.NewReader(bad))); err == nil {
			t.Errorf("%.20q is accepted", bad)
		}
	}
}

func FuzzChunked(f *testing.F) {
	f.Add([]byte(encode([]byte("hello world"), 4, "x-amz-checksum-crc32:AAAAAA==\r\n")), 3)
	f.Add([]byte("0\r\n\r\n"), 1)
	f.Add([]byte("5;a\r\nhello\r\n0;b\r\nx:y\n\r\n"), 8)
	f.Fuzz(func(t *testing.T, b []byte, size int) {
		first := newChunked(bytes.NewReader(b))
		got, err := io.ReadAll(first)
		if len(got) > len(b) {
			t.Fatal("more came out than went in")
		}
		// However the bytes arrive, the result is the same.
		again, err2 := io.ReadAll(newChunked(iotest.OneByteReader(bytes.NewReader(b))))
		if !bytes.Equal(got, again) || (err == nil) != (err2 == nil) {
			t.Fatalf("%q %v, but %q %v", got, err, again, err2)
		}
		// Whatever is encoded is decoded.
		back, err := io.ReadAll(newChunked(strings.NewReader(encode(b, 1+max(0, size)%4096, ""))))
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("%q became %q, %v", b, back, err)
		}
	})
}

// checkValues are of the bytes "123456789", from the catalogue of CRC algorithms and sha1sum.
var checkValues = map[string]string{"crc32": "y/Q5Jg==", "crc32c": "4waSgw==", "crc64nvme": "rosUhgp5mIg=", "sha1": "98O8HYCOBHMq32eZZczDTKeuNEE=", "sha256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="}

func TestChecksums(t *testing.T) {
	read := func(body string, header ...string) (*payload, error) {
		r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader(body))
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		p, err := newPayload(r)
		if err == nil {
			_, err = io.ReadAll(p)
		}
		return p, err
	}
	for name, want := range checkValues {
		a := algorithms[name]
		if got := a.of([]byte("123456789")); got != want {
			t.Errorf("%s is %s", name, got)
		}
		if _, err := read("123456789", a.header(), want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := read("123456788", a.header(), want); err == nil {
			t.Errorf("%s: the wrong body is accepted", name)
		}
		if _, err := read("123456789", a.header(), "xx"); err == nil {
			t.Errorf("%s: the wrong size is accepted", name)
		}
		for _, how := range []string{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"} {
			for _, row := range []struct {
				body, trailer string
				length        int
				ok            bool
			}{
				{"123456789", a.header() + ":" + want + "\r\n", 9, true},
				{"123456788", a.header() + ":" + want + "\r\n", 9, false},
				{"123456789", a.header() + ":" + want + "\r\n", 10, false},
				{"123456789", a.header() + ":" + want + "\r\n", 8, false},
				{"123456789", "", 9, false},
			} {
				p, err := read(encode([]byte(row.body), 4, row.trailer), "X-Amz-Content-Sha256", how, "X-Amz-Decoded-Content-Length", strconv.Itoa(row.length), "X-Amz-Trailer", a.header())
				if (err == nil) != row.ok || row.ok && p.checksum() != want {
					t.Errorf("%s %s %+v: %v", name, how, row, err)
				}
			}
		}
	}
	if _, err := read(encode([]byte("123456789"), 4, ""), "X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "X-Amz-Decoded-Content-Length", "9"); err != nil {
		t.Error(err)
	}
	if _, err := read("x", "x-amz-checksum-crc32", checkValues["crc32"], "x-amz-checksum-sha1", checkValues["sha1"]); err == nil {
		t.Error("two checksums are accepted")
	}
	if _, err := read("x", "x-amz-sdk-checksum-algorithm", "CRC32"); err == nil {
		t.Error("a checksum that does not come is accepted")
	}
}

func TestHostBucket(t *testing.T) {
	for host, want := range map[string]string{
		"localhost": "", "s3.localhost": "", "s3.eu-west-1.localhost:80": "", "example.com": "", "10.0.0.1": "", "[::1]:80": "", "": "", ".localhost": "",
		"b.localhost": "b", "my.bucket.localhost:4566": "my.bucket", "b.s3.localhost": "b", "my.bucket.s3.us-gov-east-1.localhost": "my.bucket", "a-b-1.localhost": "a-b-1",
	} {
		if got := hostBucket(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}
