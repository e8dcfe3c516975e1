package capture

import "golang.org/x/sys/unix"

const hugePage = 2 << 20

// allocate gives zeroed memory outside the Go heap: the collector would keep
// twice of it, and pages that nobody touches cost nothing.
func allocate(n int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err == nil && n > hugePage {
		_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a hint: kernels without huge pages refuse it
	}
	return b, err
}

// release gives memory of allocate back.
func release(b []byte) {
	if b != nil {
		_ = unix.Munmap(b) // fails only for memory that was never mapped
	}
}
