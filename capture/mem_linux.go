package capture

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 2 << 20

// allocate gives zeroed memory outside the Go heap: the collector would keep
// twice of it, and pages that nobody touches cost nothing. huge asks for huge
// pages, for what is large and read at random.
func allocate(n int, huge bool) ([]byte, error) {
	if huge {
		return allocateHuge(n)
	}
	at, err := mapMemory(n)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*byte)(at), n), nil
}

// allocateHuge maps more than n bytes and keeps those from where a huge page can
// begin: kernels before 6.7 map anywhere.
func allocateHuge(n int) ([]byte, error) {
	at, err := mapMemory(n + hugePage)
	if err != nil {
		return nil, err
	}
	before := -uintptr(at) & (hugePage - 1)
	b := unsafe.Slice((*byte)(at), n+hugePage)
	release(b[:before])
	release(b[int(before)+n:])
	b = b[before : int(before)+n]
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a hint: kernels without huge pages refuse it
	return b, nil
}

func mapMemory(n int) (unsafe.Pointer, error) {
	return unix.MmapPtr(-1, 0, nil, uintptr(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

// release gives memory of allocate back.
func release(b []byte) {
	if len(b) > 0 {
		_ = unix.MunmapPtr(unsafe.Pointer(&b[0]), uintptr(len(b))) // fails only for memory that was never mapped
	}
}
