package sts_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/sts"
)

func ask(t *testing.T, action, credential string) (int, string) {
	t.Helper()
	h := api.NewRouter(api.RouterOptions{Services: []api.Service{sts.Service()}, NewRequestID: func() string { return "R" }})
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader("Action="+action+"&Version=2011-06-15"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if credential != "" {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+credential+"/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestGetCallerIdentity has the whole answer: its shape is what SDKs parse.
func TestGetCallerIdentity(t *testing.T) {
	for credential, account := range map[string]string{"": "000000000000", "AKIDEXAMPLE": "000000000000", "123456789012": "123456789012"} {
		want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
			`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
			"<Arn>arn:aws:iam::" + account + ":root</Arn><UserId>" + account + "</UserId><Account>" + account + "</Account>" +
			"</GetCallerIdentityResult><ResponseMetadata><RequestId>R</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
		if code, got := ask(t, "GetCallerIdentity", credential); code != http.StatusOK || got != want {
			t.Errorf("%q: %d %s", credential, code, got)
		}
	}
}

func TestUnknownAction(t *testing.T) {
	code, got := ask(t, "AssumeRole", "k")
	if code != http.StatusBadRequest || !strings.Contains(got, "<Error><Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation AssumeRole for version 2011-06-15</Message></Error><RequestId>R</RequestId>") {
		t.Errorf("%d %s", code, got)
	}
}
