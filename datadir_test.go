package flowemu_test

import (
	"context"
	"sync"
	"testing"

	"github.com/flowemu/flowemu"
)

// TestManyInMemory: emulators that start at the same time do not take each
// other's folders for leftovers.
func TestManyInMemory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for range 4 {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				e, err := flowemu.New(t.Context(), flowemu.Options{Listen: "127.0.0.1:0"})
				if err != nil {
					t.Error(err)
					return
				}
				if err := e.Run(stopped); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}
