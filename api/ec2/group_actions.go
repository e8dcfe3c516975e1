package ec2

import "github.com/flowemu/flowemu/api"

// groupActions are those about security groups and managed prefix lists.
func groupActions(*server) []api.Action { return nil }
