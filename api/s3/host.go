package s3

import (
	"net"
	"strings"
)

// hostBucket is the bucket that a Host header names, as in bucket.localhost,
// bucket.s3.localhost or bucket.s3.eu-west-1.localhost, each with any port; or "".
func hostBucket(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	name, ok := strings.CutSuffix(strings.ToLower(host), ".localhost")
	if !ok {
		return ""
	}
	if head, last := cutLast(name); isRegion(last) {
		if _, service := cutLast(head); service == "s3" {
			name = head
		}
	}
	if name == "s3" {
		return ""
	}
	return strings.TrimSuffix(name, ".s3")
}

// cutLast splits off the last label of a host name.
func cutLast(name string) (head, last string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// isRegion says whether s looks like eu-west-1 or us-gov-east-1.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) < 3 {
		return false
	}
	for i, p := range parts {
		digits := strings.Trim(p, "0123456789") == ""
		letters := strings.Trim(p, "abcdefghijklmnopqrstuvwxyz") == ""
		if last := i == len(parts)-1; p == "" || last && !digits || !last && !letters {
			return false
		}
	}
	return true
}
