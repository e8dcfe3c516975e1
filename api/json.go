package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const (
	json11 = "application/x-amz-json-1.1"
	json10 = "application/x-amz-json-1.0"
)

// jsonWire is AWS JSON 1.1, and 1.0 for the answer that a service is not served.
type jsonWire struct{}

func (jsonWire) reply(w http.ResponseWriter, c *call, out any) error {
	body, err := marshalJSON(out)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, c.jsonType(), body)
	return nil
}

func (jsonWire) fail(w http.ResponseWriter, c *call, e *Error) {
	h := w.Header()
	h.Set("X-Amzn-ErrorType", e.Code)
	if c.queryMode {
		h.Set("X-Amzn-Query-Error", e.Code+";"+e.fault())
	}
	body, err := marshalJSON(struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.Code, e.Message})
	if err != nil { // two strings: cannot be
		body = nil
	}
	write(w, e.status(), c.jsonType(), body)
}

func (jsonWire) unknown(c *call) *Error {
	return notEmulated("UnknownOperationException", fmt.Sprintf("The action %s of %s", c.action, c.service.TargetPrefix))
}

func (c *call) jsonType() string {
	if c.json == "" {
		return json11
	}
	return c.json
}

// marshalJSON writes <, > and & as they are: AWS does, and messages are full of them.
func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// decodeJSON fills in from an object; no body at all is an empty one.
func decodeJSON(body []byte, in any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	err := json.Unmarshal(body, in)
	if err == nil {
		return nil
	}
	message := "The body is not valid JSON: " + err.Error()
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		message = fmt.Sprintf("The member '%s' cannot be a %s.", mismatch.Field, mismatch.Value)
		if mismatch.Field == "" {
			message = fmt.Sprintf("The body cannot be a %s.", mismatch.Value)
		}
	}
	return &Error{Code: "SerializationException", Message: message}
}
