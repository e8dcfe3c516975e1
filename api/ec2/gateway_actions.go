package ec2

import "github.com/flowemu/flowemu/api"

// gatewayActions are those about internet, egress-only and NAT gateways.
func gatewayActions(*server) []api.Action { return nil }
