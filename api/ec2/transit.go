package ec2

import (
	"errors"

	"github.com/flowemu/flowemu/vpc"
)

// toggle is an option of a transit gateway or an attachment, which EC2 enables or disables.
type toggle bool

// UnmarshalText reads enable or disable.
func (o *toggle) UnmarshalText(text []byte) error {
	switch string(text) {
	case "enable":
		*o = true
	case "disable":
		*o = false
	default:
		return errors.New("enable or disable")
	}
	return nil
}

// MarshalText gives enable or disable.
func (o toggle) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func (o toggle) String() string {
	if o {
		return "enable"
	}
	return "disable"
}

func oneToggle(on bool) []string { return one(toggle(on).String()) }

// setTo sets an option, if the request has it.
func (o *toggle) setTo(option *bool) {
	if o != nil {
		*option = bool(*o)
	}
}

// missingTransit is missingParameter in the words of a transit gateway's actions.
// Source: terraform-provider-aws#13512.
func missingTransit(parameter string) error {
	return missing("Missing required parameter in request: %s.", parameter)
}

// findTransit is find for an id that a request must have.
func findTransit[T any, P vpc.Pointer[T]](at place, parameter, id string) (P, error) {
	if id == "" {
		return nil, missingTransit(parameter)
	}
	return find[T, P](at, id)
}

func findTransitGateway(at place, id string) (*vpc.TransitGateway, error) {
	return findTransit[vpc.TransitGateway](at, "TransitGatewayId", id)
}

func findTransitAttachment(at place, id string) (*vpc.TransitGatewayAttachment, error) {
	a, err := findTransit[vpc.TransitGatewayAttachment](at, "TransitGatewayAttachmentId", id)
	if err == nil && !a.Available() {
		return nil, notFound[vpc.TransitGatewayAttachment](id)
	}
	return a, err
}

func findTransitTable(at place, id string) (*vpc.TransitGatewayRouteTable, error) {
	return findTransit[vpc.TransitGatewayRouteTable](at, "TransitGatewayRouteTableId", id)
}
