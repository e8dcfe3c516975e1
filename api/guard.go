package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard refuses what a web page of another site may have sent, and answers
// preflight requests of the origins that are named.
func (rt *router) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !rt.hostAllowed(r.Host) {
			rt.refuse(w, r, "The Host "+r.Host+" is not allowed; name it with --allowed-hosts.")
			return
		}
		origin := r.Header.Get("Origin")
		named := origin != "" && rt.originNamed(origin)
		if origin == "" && forged(r) {
			rt.refuse(w, r, "Requests with an Action from another web site's page are not allowed.")
			return
		}
		if origin != "" && !named && !sameOrigin(origin, r.Host) {
			rt.refuse(w, r, "Requests from the web site "+origin+" are not allowed; name it with --cors-origins.")
			return
		}
		if named {
			allowOrigin(w.Header(), origin)
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				preflight(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// hostAllowed keeps DNS rebinding out: a name that a stranger can make resolve
// to this machine has a dot and does not end like the private ones.
func (rt *router) hostAllowed(hostport string) bool {
	host := hostName(hostport)
	if host == "" {
		return false
	}
	if rt.namedHost(host) || localName(host) {
		return true
	}
	// SDKs put these before the endpoint's name, for StartLiveTail.
	for _, prefix := range []string{"stream-", "streaming-"} {
		if rest, ok := strings.CutPrefix(host, prefix); ok && (rt.namedHost(rest) || localName(rest)) {
			return true
		}
	}
	return false
}

func localName(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true
	}
	for _, suffix := range []string{".localhost", ".local", ".internal"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

// namedHost says whether AllowedHosts has the name, or a *.parent of it.
func (rt *router) namedHost(host string) bool {
	for _, allowed := range rt.opt.AllowedHosts {
		allowed = strings.ToLower(allowed)
		parent, wild := strings.CutPrefix(allowed, "*")
		if host == allowed || wild && strings.HasSuffix(host, parent) {
			return true
		}
	}
	return false
}

// hostName strips port, brackets and the root's dot.
func hostName(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func (rt *router) originNamed(origin string) bool {
	for _, o := range rt.opt.CORSOrigins {
		if o == "*" || strings.EqualFold(strings.TrimSuffix(o, "/"), origin) {
			return true
		}
	}
	return false
}

// sameOrigin says whether a page of this origin came from this very server.
func sameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, host)
}

// forged says whether a browser sends, for another site's page and without an
// Origin, a request that does something: an image or a link may be a GET with an Action.
// Source: W3C "Fetch Metadata Request Headers".
func forged(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return (site == "cross-site" || site == "same-site") && r.URL.Query().Has("Action")
}

func allowOrigin(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "ETag, x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, x-amz-id-2, x-amz-version-id")
}

func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// refuse answers 403 in the form that the caller most likely reads.
func (rt *router) refuse(w http.ResponseWriter, r *http.Request, message string) {
	c := &call{id: rt.newID(w)}
	e := &Error{Code: "AccessDeniedException", Message: message, Status: http.StatusForbidden}
	switch s := scopeOf(r); {
	case isControl(r, nil):
		body, _ := marshalJSON(map[string]string{"error": message}) // strings: cannot fail
		write(w, e.Status, "application/json", body)
	case isTarget(r, nil):
		jsonWire{}.fail(w, c, e)
	case s.service == "ec2":
		e.Code = "UnauthorizedOperation"
		ec2Wire{}.fail(w, c, e)
	case s.service != "" && s.service != "s3" && isForm(r):
		e.Code = "AccessDenied"
		queryWire{}.fail(w, c, e)
	case s.service == "s3":
		x := newXMLWriter()
		x.WriteString("<Error>")
		x.text("Code", "AccessDenied")
		x.text("Message", message)
		x.text("RequestId", c.id)
		x.WriteString("</Error>")
		write(w, e.Status, "application/xml", x.Bytes())
	default:
		write(w, e.Status, "text/plain; charset=utf-8", []byte(message+"\n"))
	}
}
