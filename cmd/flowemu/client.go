package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/flowemu/flowemu"
)

// client talks to a running flowemu.
type client struct {
	Endpoint string `help:"Where flowemu runs (default: $$AWS_ENDPOINT_URL or http://127.0.0.1:4566)." placeholder:"URL"`
}

func (c *client) endpoint() string {
	return strings.TrimSuffix(firstOf(c.Endpoint, os.Getenv("AWS_ENDPOINT_URL"), "http://"+flowemu.DefaultListen), "/")
}

// do sends a request and gives the reply's body. A reply that is not a success
// is an error with the text of the reply.
func (c *client) do(ctx context.Context, method, path string, query url.Values, body io.Reader) (io.ReadCloser, error) {
	target := c.endpoint() + "/_flowemu/" + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--endpoint %s: %w", c.endpoint(), err)}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("ask flowemu at %s: %w; is it running there? Name another with --endpoint", c.endpoint(), err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	var failure struct{ Error string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&failure); err != nil || failure.Error == "" {
		return nil, fmt.Errorf("%s %s: HTTP status %s", method, target, resp.Status)
	}
	return nil, errors.New(failure.Error)
}

// decode does a request and decodes the reply into v.
func (c *client) decode(ctx context.Context, method, path string, query url.Values, body io.Reader, v any) error {
	reply, err := c.do(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer reply.Close()
	if err := json.NewDecoder(reply).Decode(v); err != nil {
		return fmt.Errorf("read the reply of %s: %w", c.endpoint(), err)
	}
	return nil
}

// oneLine puts an error of several lines on one.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
