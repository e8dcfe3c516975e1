// Package control answers flowemu's own requests under /_flowemu/, in JSON.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
)

// Object names an object of the embedded S3.
type Object struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
}

// Flushed is what a flush delivered.
type Flushed struct {
	Records         int      `json:"records"`
	Objects         []Object `json:"objects"`
	LogEvents       int      `json:"logEvents"`
	FirehoseRecords int      `json:"firehoseRecords"`
	Errors          []string `json:"errors"`
}

// Stats accounts for the frames of a source, with the reasons of those that were
// not recorded.
type Stats struct {
	flow.Counts
	Reasons map[string]uint64 `json:"reasons,omitempty"`
}

// Interface is a captured interface.
type Interface struct {
	Name        string     `json:"name"`
	InterfaceID string     `json:"interfaceId"`
	Addresses   []string   `json:"addresses"`
	Since       time.Time  `json:"since"`
	LastPacket  *time.Time `json:"lastPacket,omitempty"`
	Error       string     `json:"error,omitempty"` // why the capture ended
	Stats
}

// FlowLog is a flow log and how its deliveries fare.
type FlowLog struct {
	ID          string `json:"flowLogId"`
	Account     string `json:"account"`
	Region      string `json:"region"`
	ResourceID  string `json:"resourceId"`
	Destination string `json:"destination"`
	Failure     string `json:"failure,omitempty"`
}

// Status is the state of the whole.
type Status struct {
	Version        string      `json:"version"`
	Endpoint       string      `json:"endpoint"`
	Data           string      `json:"data"`
	Interfaces     []Interface `json:"interfaces"`
	Notes          []string    `json:"notes,omitempty"` // what keeps interfaces from being captured
	FlowLogs       []FlowLog   `json:"flowLogs"`
	WaitingWindows int         `json:"waitingSpoolFiles"`
	WaitingBytes   int64       `json:"waitingBytes"`
}

// ErrNoInterface says that there is no network interface of that id.
var ErrNoInterface = errors.New("no such network interface")

// BadInput is an error of the caller.
type BadInput struct{ Err error }

func (e *BadInput) Error() string { return e.Err.Error() }

func (e *BadInput) Unwrap() error { return e.Err }

// Backend is what the requests ask for.
type Backend interface {
	// Flush seals the open windows and delivers everything.
	Flush(ctx context.Context) Flushed
	// Inject takes a pcap or pcapng stream, or without one a small sample, as
	// packets of an interface. It fails with ErrNoInterface, or with *BadInput if the stream is not one.
	Inject(ctx context.Context, interfaceID string, shiftToNow bool, packets io.Reader) (Stats, error)
	// Records gives sealed records, with follow also new ones until ctx ends.
	Records(ctx context.Context, follow bool) iter.Seq[*flowlog.Record]
	Status(ctx context.Context) (Status, error)
	Now() time.Time
}

// Options configure Handler.
type Options struct {
	Backend  Backend
	Version  string
	Services []string // names as AWS's SDKs have them
	Logger   *slog.Logger
}

// Handler answers /_flowemu/… and GET /_localstack/health.
func Handler(o Options) http.Handler {
	s := &server{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_flowemu/health", s.health)
	mux.HandleFunc("GET /_localstack/health", s.health)
	mux.HandleFunc("POST /_flowemu/flush", s.flush)
	mux.HandleFunc("POST /_flowemu/packets", s.packets)
	mux.HandleFunc("GET /_flowemu/interfaces", s.interfaces)
	mux.HandleFunc("GET /_flowemu/status", s.status)
	mux.HandleFunc("GET /_flowemu/records", s.records)
	mux.HandleFunc("GET /_flowemu/clock", s.clock)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, fmt.Errorf("there is no %s %s", r.Method, r.URL.Path))
	})
	return mux
}

type server struct{ Options }

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	services := map[string]string{}
	for _, name := range s.Services {
		services[name] = "running"
	}
	s.reply(w, map[string]any{"status": "ok", "version": s.Version, "services": services})
}

func (s *server) flush(w http.ResponseWriter, r *http.Request) {
	s.reply(w, s.Backend.Flush(r.Context()))
}

func (s *server) packets(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	shift := q.Get("shift")
	if shift != "" && shift != "now" && shift != "none" {
		fail(w, http.StatusBadRequest, fmt.Errorf("shift is %q; it can be now or none", shift))
		return
	}
	id := q.Get("interface-id")
	if id == "" {
		fail(w, http.StatusBadRequest, errors.New("the parameter interface-id is missing: which network interface did the packets pass?"))
		return
	}
	body := io.Reader(r.Body)
	if q.Get("sample") != "" {
		body = nil
	}
	stats, err := s.Backend.Inject(r.Context(), id, shift != "none", body)
	var bad *BadInput
	switch {
	case errors.Is(err, ErrNoInterface):
		fail(w, http.StatusNotFound, fmt.Errorf("%w: %s", err, id))
	case errors.As(err, &bad):
		fail(w, http.StatusBadRequest, err)
	case err != nil:
		s.Logger.Error("inject", "interface", id, "error", err)
		fail(w, http.StatusInternalServerError, err)
	default:
		s.reply(w, stats)
	}
}

func (s *server) interfaces(w http.ResponseWriter, r *http.Request) {
	st, err := s.Backend.Status(r.Context())
	if err != nil {
		fail(w, http.StatusInternalServerError, err)
		return
	}
	s.reply(w, map[string]any{"interfaces": st.Interfaces})
}

func (s *server) status(w http.ResponseWriter, r *http.Request) {
	st, err := s.Backend.Status(r.Context())
	if err != nil {
		fail(w, http.StatusInternalServerError, err)
		return
	}
	s.reply(w, st)
}

// clock tells the time. It cannot be set: the clock is the wall clock.
func (s *server) clock(w http.ResponseWriter, _ *http.Request) {
	s.reply(w, map[string]string{"now": s.Backend.Now().UTC().Format(time.RFC3339Nano)})
}

func (s *server) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.Logger.Debug("reply", "error", err) // the client has gone
	}
}

func fail(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // a client that has gone needs no answer
}
