package api

import (
	"errors"
	"net/http"
)

// Error is what a caller is told, in the form of the protocol it speaks.
type Error struct {
	Code    string // AWS's, without a namespace
	Message string
	Status  int // of HTTP; 0 means 400
	cause   error
}

// Error gives code, message and, if there is one, the cause that the caller is not told.
func (e *Error) Error() string {
	s := e.Code + ": " + e.Message
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap gives what Internal was given.
func (e *Error) Unwrap() error { return e.cause }

// internalCode is the code of what is our fault. EC2 has its own word, see ec2Wire.
const internalCode = "InternalFailure"

// Internal makes of an error that no caller can do anything about one that says
// so: the log gets it in full, the caller only that it happened.
func Internal(err error) *Error {
	return &Error{
		Code: internalCode, Message: "An internal error has occurred; the log of flowemu has the details.",
		Status: http.StatusInternalServerError, cause: err,
	}
}

// DryRun gives nil if set is false, else the error that AWS answers when the
// request would have succeeded. An EC2 handler returns it after its checks and
// before its first effect.
// Source: EC2 API reference, "Common errors", DryRunOperation; text and status as moto answers them.
func DryRun(set bool) error {
	if !set {
		return nil
	}
	return &Error{Code: "DryRunOperation", Message: "Request would have succeeded, but DryRun flag is set.", Status: http.StatusPreconditionFailed}
}

// asError gives err as an *Error; what is none is internal.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Internal(err)
}

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// fault is "Receiver" if it was our fault, else "Sender".
func (e *Error) fault() string {
	if e.status() >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// notEmulated answers for a service or action that flowemu does not have.
func notEmulated(code, what string) *Error {
	return &Error{Code: code, Message: what + " is not emulated by flowemu."}
}
