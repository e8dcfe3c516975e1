package main

import "testing"

func TestReasons(t *testing.T) {
	if got := reasons(map[string]uint64{"not-ip": 3, "dns": 12}); got != "dns=12 not-ip=3" {
		t.Error(got)
	}
	if got := reasons(nil); got != "-" {
		t.Error(got)
	}
}
