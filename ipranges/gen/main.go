// Command gen makes the table that package ipranges has built in of AWS's ip-ranges.json.
//
//	go run ./ipranges/gen ip-ranges.json ipranges/ranges.txt.gz
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/flowemu/flowemu/ipranges"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: gen ip-ranges.json ranges.txt.gz")
	}
	t, err := ipranges.Open(args[0])
	if err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := t.Compact(&compact); err != nil {
		return err
	}
	return os.WriteFile(args[1], compact.Bytes(), 0o644)
}
