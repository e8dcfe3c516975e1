package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"

	"github.com/johannesboyne/gofakes3"

	"github.com/flowemu/flowemu/object"
)

// apiError is an error as S3 says it.
type apiError struct {
	status  int
	code    string
	message string
	cause   error // for the log only
}

func (e *apiError) Error() string { return e.code + ": " + e.message }
func (e *apiError) Unwrap() error { return e.cause }

func fail(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func notImplemented(what string) *apiError {
	return fail(http.StatusNotImplemented, "NotImplemented", "A header or query you provided implies functionality that is not implemented: %s", what)
}

func invalid(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, "InvalidArgument", format, args...)
}

// errorInfo is AWS's status and text of a code.
type errorInfo struct {
	status  int
	message string
}

// errorInfos has the codes that gofakes3 says without, or with other, text and status.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var errorInfos = map[string]errorInfo{
	"BadDigest":            {400, "The Content-MD5 you specified did not match what we received."},
	"BucketNotEmpty":       {409, "The bucket you tried to delete is not empty"},
	"IncompleteBody":       {400, "The request body terminated unexpectedly"},
	"InvalidDigest":        {400, "The Content-MD5 you specified is not valid."},
	"InvalidPart":          {400, "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."},
	"InvalidPartOrder":     {400, "The list of parts was not in ascending order. Parts must be ordered by part number."},
	"InvalidRange":         {416, "The requested range is not satisfiable"},
	"MalformedXML":         {400, "The XML you provided was not well-formed or did not validate against our published schema"},
	"MethodNotAllowed":     {405, "The specified method is not allowed against this resource."},
	"MissingContentLength": {411, "You must provide the Content-Length HTTP header."},
	"NoSuchBucket":         {404, "The specified bucket does not exist"},
	"NoSuchKey":            {404, "The specified key does not exist."},
	"NoSuchUpload":         {404, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
	"NotModified":          {304, "Not Modified"},
	"PreconditionFailed":   {412, "At least one of the pre-conditions you specified did not hold"},
}

// known is the error of a code in errorInfos.
func known(code string) *apiError {
	i := errorInfos[code]
	return &apiError{status: i.status, code: code, message: i.message}
}

// noSpace wraps the errors of a full disk in object.ErrNoSpace.
func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", object.ErrNoSpace, err)
	}
	return err
}

// asAPIError is the one place where errors become S3's.
func asAPIError(err error) *apiError {
	var e *apiError
	var theirs gofakes3.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &theirs) && errorInfos[string(theirs.ErrorCode())].status != 0:
		return known(string(theirs.ErrorCode()))
	case errors.Is(err, object.ErrNoBucket):
		return known("NoSuchBucket")
	case errors.Is(err, object.ErrNoKey):
		return known("NoSuchKey")
	case errors.Is(err, object.ErrNoUpload):
		return known("NoSuchUpload")
	case errors.Is(err, object.ErrBucketNotEmpty):
		return known("BucketNotEmpty")
	case errors.Is(err, object.ErrPrecondition):
		return known("PreconditionFailed")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled):
		return known("IncompleteBody") // the client is gone
	case errors.Is(noSpace(err), object.ErrNoSpace):
		// Not 500: SDKs would send the body again and again.
		e := fail(http.StatusInsufficientStorage, "InternalError", "We encountered an internal error: no space left on device.")
		e.cause = err
		return e
	}
	e = fail(http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again.")
	e.cause = err
	return e
}

// errorBody is an error on the wire.
type errorBody struct {
	XMLName    xml.Name `xml:"Error"`
	Code       string
	Message    string
	BucketName string `xml:",omitempty"`
	Key        string `xml:",omitempty"`
	Resource   string
	RequestID  string `xml:"RequestId"`
	HostID     string `xml:"HostId"`
}
