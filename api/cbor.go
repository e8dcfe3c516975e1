package api

import (
	"encoding/binary"
	"net/http"
)

// cborWire tells callers of Smithy RPC v2 that their service is not served.
// No service here speaks it yet, so it has errors only.
// Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol".
type cborWire struct{}

func (cborWire) reply(http.ResponseWriter, *call, any) error { return nil }

func (cborWire) unknown(c *call) *Error {
	return notEmulated("UnknownOperationException", "The action "+c.action)
}

func (cborWire) fail(w http.ResponseWriter, _ *call, e *Error) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("X-Amzn-Query-Error", e.Code+";"+e.fault())
	body := []byte{0xa2} // a map of two
	for _, s := range []string{"__type", e.Code, "message", e.Message} {
		body = appendCBORText(body, s)
	}
	write(w, e.status(), "application/cbor", body)
}

func appendCBORText(b []byte, s string) []byte {
	if len(s) < 24 {
		return append(append(b, 0x60|byte(len(s))), s...)
	}
	b = append(b, 0x7a)
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}
