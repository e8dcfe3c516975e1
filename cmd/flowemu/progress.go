package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how much of the files was read, if it shows anything.
type progress struct {
	bar    *progressbar.ProgressBar // nil: it does not
	out    io.Writer
	before int64 // bytes of the files that are done
	now    int64 // and of the one at hand
}

// newProgress makes a bar on standard error if that was asked for and is a
// terminal; a turning one when nobody knows how much there is to read.
func newProgress(c *replayCmd, s streams) *progress {
	p := &progress{out: s.err}
	if c.Progress && isTerminal(s.err) {
		p.bar = progressbar.NewOptions64(total(c.Files, s), progressbar.OptionSetWriter(s.err), progressbar.OptionShowBytes(true),
			progressbar.OptionShowTotalBytes(true), progressbar.OptionUseIECUnits(true), progressbar.OptionSetDescription("replay"),
			progressbar.OptionSpinnerType(14), progressbar.OptionSetWidth(40), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetSpinnerChangeInterval(0)) // no goroutine of its own
	}
	return p
}

// total gives the bytes of all files, or -1 when one is no regular file.
func total(names []string, s streams) (sum int64) {
	for _, name := range names {
		info, err := os.Stat(name)
		if in, ok := s.in.(*os.File); ok && name == "-" {
			info, err = in.Stat()
		}
		if err != nil || !info.Mode().IsRegular() {
			return -1
		}
		sum += info.Size()
	}
	if sum == 0 {
		return -1
	}
	return sum
}

// read notes how much of the file at hand was read.
func (p *progress) read(bytes int64) {
	if p.now = bytes; p.bar != nil {
		_ = p.bar.Set64(p.before + bytes) // an error is a file that grew
	}
}

// next begins another file.
func (p *progress) next() { p.before, p.now = p.before+p.now, 0 }

// clear makes room for what is printed next. The bar's own Clear leaves one alone that is full.
func (p *progress) clear() {
	if p.bar != nil {
		_, _ = io.WriteString(p.out, "\r\x1b[2K") // ECMA-48: erase the line
	}
}
