package ec2

import "github.com/flowemu/flowemu/api"

// routeActions are those about route tables.
func routeActions(*server) []api.Action { return nil }
