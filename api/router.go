package api

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

// RouterOptions configure NewRouter.
type RouterOptions struct {
	Services     []Service
	Control      http.Handler // of /_flowemu/ and GET /_localstack/health; default: 404
	S3           http.Handler // of all that is nobody else's; default: 404
	AllowedHosts []string     // Host names beside the local ones; "*.example.com" for all below, "*" for any
	CORSOrigins  []string     // "https://app.example.com": web sites whose pages may use this server
	Account      string       // of callers whose access key is not one; default: 000000000000
	Region       string       // of callers who are not signed; default: us-east-1
	Logger       *slog.Logger // default: none
	NewRequestID func() string
}

type router struct{ opt RouterOptions }

// NewRouter gives the handler of the one port: it finds out which service a
// request is for, and who asks. The first route that matches wins.
func NewRouter(o RouterOptions) http.Handler {
	if o.Control == nil {
		o.Control = http.NotFoundHandler()
	}
	if o.S3 == nil {
		o.S3 = http.NotFoundHandler()
	}
	if o.Account == "" {
		o.Account = "000000000000"
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.NewRequestID == nil {
		o.NewRequestID = newUUID
	}
	rt := &router{opt: o}
	// Paths are S3 keys: // and %2F in them must arrive as they were sent.
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	m.MatcherFunc(isControl).Handler(o.Control)
	m.MatcherFunc(isRPC).HandlerFunc(rt.serveRPC)
	m.MatcherFunc(isTarget).HandlerFunc(rt.serveTarget)
	m.MatcherFunc(rt.isQuery).HandlerFunc(rt.serveQuery)
	m.MatcherFunc(isForeign).HandlerFunc(rt.serveForeign)
	m.MatcherFunc(func(*http.Request, *mux.RouteMatch) bool { return true }).Handler(o.S3)
	return rt.recover(rt.guard(rt.identify(m)))
}

// newUUID makes a random UUID, the form of AWS's request ids.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (rt *router) newID(w http.ResponseWriter) string {
	id := rt.opt.NewRequestID()
	w.Header().Set("X-Amzn-RequestId", id)
	return id
}

// identify puts the caller into the request's context.
func (rt *router) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(WithCaller(r.Context(), rt.opt.caller(scopeOf(r)))))
	})
}

// isControl matches what is flowemu's own: no bucket's name has an underscore at its start.
func isControl(r *http.Request, _ *mux.RouteMatch) bool {
	path := r.URL.EscapedPath()
	return path == "/_flowemu" || strings.HasPrefix(path, "/_flowemu/") || r.Method == http.MethodGet && path == "/_localstack/health"
}

// isRPC matches Smithy RPC v2, with a protocol header or by path and content type.
func isRPC(r *http.Request, _ *mux.RouteMatch) bool {
	if r.Method != http.MethodPost {
		return false
	}
	service, _ := rpcOperation(r)
	return r.Header.Get("Smithy-Protocol") != "" || service != "" && strings.HasPrefix(r.Header.Get("Content-Type"), "application/cbor")
}

// rpcOperation reads …/service/NAME/operation/NAME.
func rpcOperation(r *http.Request) (service, operation string) {
	parts := strings.Split(r.URL.Path, "/")
	if n := len(parts); n >= 4 && parts[n-4] == "service" && parts[n-2] == "operation" {
		return parts[n-3], parts[n-1]
	}
	return "", ""
}

func isTarget(r *http.Request, _ *mux.RouteMatch) bool {
	return r.Method == http.MethodPost && r.Header.Get("X-Amz-Target") != ""
}

// isQuery matches the query protocols: signed for a service that speaks one, or
// with an Action and not signed for another. A form that is not signed is one
// even without an Action; browsers upload to S3 with another content type.
func (rt *router) isQuery(r *http.Request, _ *mux.RouteMatch) bool {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return false
	}
	if s := scopeOf(r).service; s != "" {
		_, speaks := rt.queryService(s)
		return speaks || !isS3(s) && (isForm(r) || hasAction(r))
	}
	if r.URL.Path != "/" && r.URL.Path != "" {
		return false
	}
	if hasAction(r) {
		return true
	}
	if r.Method != http.MethodPost {
		return false
	}
	return isForm(r) || r.Header.Get("Content-Type") == "" && peekAction(r)
}

// isForeign matches what is signed for a service that is not S3.
func isForeign(r *http.Request, _ *mux.RouteMatch) bool {
	s := scopeOf(r).service
	return s != "" && !isS3(s)
}

// isS3 says whether a signing name is one of S3's.
func isS3(service string) bool { return service == "s3" || service == "s3express" }

func hasAction(r *http.Request) bool {
	return strings.Contains(r.URL.RawQuery, "Action=") && r.URL.Query().Has("Action")
}
