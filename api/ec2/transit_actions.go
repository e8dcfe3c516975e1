package ec2

import "github.com/flowemu/flowemu/api"

// transitActions are those about transit gateways.
func transitActions(*server) []api.Action { return nil }
