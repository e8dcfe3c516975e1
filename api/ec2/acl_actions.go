package ec2

import "github.com/flowemu/flowemu/api"

// aclActions are those about network ACLs.
func aclActions(*server) []api.Action { return nil }
