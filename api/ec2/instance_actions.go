package ec2

import "github.com/flowemu/flowemu/api"

// instanceActions are those about instances.
func instanceActions(*server) []api.Action { return nil }
