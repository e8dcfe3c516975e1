package ec2

import (
	"github.com/flowemu/flowemu/vpc"
)

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
