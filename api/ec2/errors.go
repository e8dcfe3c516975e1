package ec2

import (
	"errors"
	"fmt"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/vpc"
)

// awsError puts the errors of the domain into EC2's words.
func awsError(err error) error {
	var format *flowlog.FormatError
	switch {
	case errors.As(err, &format) && len(format.Unknown) > 0:
		return invalidParameter("%s", format.Error())
	case errors.As(err, &format):
		return invalidValue("%s", format.Error())
	}
	return err
}

func invalidParameter(format string, args ...any) error {
	return &api.Error{Code: "InvalidParameter", Message: fmt.Sprintf(format, args...)}
}

func invalidValue(format string, args ...any) error {
	return &api.Error{Code: "InvalidParameterValue", Message: fmt.Sprintf(format, args...)}
}

func invalidCombination(format string, args ...any) error {
	return &api.Error{Code: "InvalidParameterCombination", Message: fmt.Sprintf(format, args...)}
}

// exclusive is the error that two parameters exclude each other.
func exclusive(a, b string) error {
	return invalidCombination("The parameter %s cannot be used with the parameter %s", a, b)
}

func missingParameter(name string) error {
	return missing("The request must contain the parameter %s", name)
}

// missing is missingParameter where AWS has another text.
func missing(format string, args ...any) error {
	return &api.Error{Code: "MissingParameter", Message: fmt.Sprintf(format, args...)}
}

// differentNetworks is the error that two resources are not of the same VPC.
func differentNetworks(one, other string) error {
	return invalidValue("%s and %s belong to different networks", one, other)
}

// dependency is the error that a resource cannot be deleted or changed while
// others need it. Source: EC2 API, "Error codes", DependencyViolation.
func dependency(format string, args ...any) error {
	return &api.Error{Code: "DependencyViolation", Message: fmt.Sprintf(format, args...)}
}

// alreadyAssociated is the error that a resource has what it can have only once.
func alreadyAssociated(format string, args ...any) error {
	return &api.Error{Code: "Resource.AlreadyAssociated", Message: fmt.Sprintf(format, args...)}
}

// noAssociation is the error that there is no association of that id.
func noAssociation(id string) error {
	return &api.Error{Code: "InvalidAssociationID.NotFound", Message: fmt.Sprintf("The association ID '%s' does not exist", id)}
}

// noAddresses is the error that a subnet has too few free addresses for what is asked for.
func noAddresses(n *vpc.Subnet, what string) error {
	return &api.Error{
		Code: "InsufficientFreeAddressesInSubnet", Message: fmt.Sprintf("There are not enough free addresses in subnet '%s' to satisfy the requested number of %s.", n.ID, what),
	}
}

// noGroup is the error that there is no such security group, or none that can be named here.
func noGroup(format string, args ...any) error {
	return &api.Error{Code: "InvalidGroup.NotFound", Message: fmt.Sprintf(format, args...)}
}

// incorrectState is the error that a resource is not in a state for the action.
func incorrectState(format string, args ...any) error {
	return &api.Error{Code: "IncorrectState", Message: fmt.Sprintf(format, args...)}
}

// incorrectInstanceState is incorrectState for instances.
func incorrectInstanceState(format string, args ...any) error {
	return &api.Error{Code: "IncorrectInstanceState", Message: fmt.Sprintf(format, args...)}
}

// unsuccessful is a resource for which an action failed while it went on with others.
type unsuccessful struct {
	ResourceID string    `xml:"resourceId"`
	Error      itemError `xml:"error"`
}

type itemError struct {
	Code    string `xml:"code"`
	Message string `xml:"message"`
}
