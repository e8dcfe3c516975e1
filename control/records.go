package control

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/flowemu/flowemu/flowlog"
)

// records streams sealed records as newline-delimited JSON: every field by its
// name. With format=text they are lines in the default format.
func (s *server) records(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	follow, err := strconv.ParseBool(orElse(q.Get("follow"), "false"))
	if err != nil {
		fail(w, http.StatusBadRequest, fmt.Errorf("follow is %q; it can be 0 or 1", q.Get("follow")))
		return
	}
	action := q.Get("action")
	if action != "" && action != "ACCEPT" && action != "REJECT" {
		fail(w, http.StatusBadRequest, fmt.Errorf("action is %q; it can be ACCEPT or REJECT", action))
		return
	}
	render, contentType := lines(q.Get("format") == "text")
	w.Header().Set("Content-Type", contentType)
	out := http.NewResponseController(w)
	if follow {
		_ = out.Flush() // the headers, so that a follower knows that it follows
	}
	var line []byte
	for rec := range s.Backend.Records(r.Context(), follow) {
		if !wanted(rec, q.Get("interface-id"), action) {
			continue
		}
		line = append(render(line[:0], rec), '\n')
		if _, err := w.Write(line); err != nil {
			return // the client has gone
		}
		if follow {
			_ = out.Flush()
		}
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func wanted(r *flowlog.Record, interfaceID, action string) bool {
	return (interfaceID == "" || r.Interface.ID == interfaceID) &&
		(action == "" || r.Status == flowlog.OK && r.Verdict.Action.String() == action)
}

// lines gives how a record is written: as text in the default format, or as JSON with all fields.
func lines(text bool) (render func([]byte, *flowlog.Record) []byte, contentType string) {
	if text {
		return flowlog.Default().Append, "text/plain; charset=utf-8"
	}
	return flowlog.AllFields().AppendJSON, "application/x-ndjson"
}
