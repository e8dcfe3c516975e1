//go:build !linux

package capture

import (
	"errors"
	"fmt"
	"runtime"
)

func openRings(Tap, int, int) ([]source, error) {
	return nil, fmt.Errorf("live capture needs Linux, this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
