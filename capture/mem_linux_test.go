package capture

import (
	"testing"
	"unsafe"
)

func TestAllocate(t *testing.T) {
	for _, huge := range []bool{false, true} {
		const n = 2 * hugePage
		b, err := allocate(n, huge)
		if err != nil {
			t.Fatal(err)
		}
		if at := uintptr(unsafe.Pointer(&b[0])); len(b) != n || huge && at%hugePage != 0 {
			t.Errorf("%d bytes at %x, huge %v", len(b), at, huge)
		}
		for i := 0; i < n; i += 4096 {
			if b[i] != 0 {
				t.Fatalf("byte %d is not zero", i)
			}
			b[i] = 1
		}
		release(b)
	}
}
