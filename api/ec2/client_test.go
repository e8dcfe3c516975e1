package ec2_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
)

// code gives the code of AWS's error, or "".
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

// failsWith says whether err is AWS's error of that code and, unless it is "", text.
func failsWith(err error, code, text string) bool {
	var e smithy.APIError
	return errors.As(err, &e) && e.ErrorCode() == code && (text == "" || e.ErrorMessage() == text)
}

// wants checks that err is AWS's error of that code and, unless it is "", text.
func wants(t *testing.T, err error, code, text string) {
	t.Helper()
	if !failsWith(err, code, text) {
		t.Errorf("%v, want %s: %s", err, code, text)
	}
}

// must gives what a call answered that has to succeed.
func must[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func equal[T comparable](t *testing.T, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}

func filterBy(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

func filtersBy(name string, values ...string) []types.Filter {
	return []types.Filter{filterBy(name, values...)}
}
