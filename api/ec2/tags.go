package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/flowlog"
)

// Limits on tags. Source: "Tag your Amazon EC2 resources", tag restrictions.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	reserved    = "aws:"
)

// Resource types of tags, by the prefix of their ids.
const typeFlowLog = "vpc-flow-log"

var typeOfPrefix = map[string]string{
	"fl": typeFlowLog, "vpc": "vpc", "subnet": "subnet", "eni": "network-interface",
}

func checkTags(tags []tag) error {
	for _, t := range tags {
		switch {
		case t.Key == "":
			return invalidValue("Tag key cannot be empty.")
		case strings.HasPrefix(strings.ToLower(t.Key), reserved):
			return invalidValue(fmt.Sprintf("Tag keys starting with '%s' are reserved for internal use", reserved))
		case utf8.RuneCountInString(t.Key) > maxTagKey:
			return invalidValue(fmt.Sprintf("Tag key exceeds the maximum length of %d characters", maxTagKey))
		case utf8.RuneCountInString(t.Value) > maxTagValue:
			return invalidValue(fmt.Sprintf("Tag value exceeds the maximum length of %d characters", maxTagValue))
		}
	}
	return nil
}

func tooManyTags() error {
	return &api.Error{Code: "TagLimitExceeded", Message: fmt.Sprintf("More than %d tags specified", maxTags)}
}

// typesOf gives the resource types of ids, all of which must exist.
func (s *server) typesOf(ctx context.Context, c api.Caller, ids []string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, missingParameter("resourceIdSet")
	}
	logs, err := s.FlowLogs.FlowLogs(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, id := range ids {
		prefix, _, _ := strings.Cut(id, "-")
		kind := typeOfPrefix[prefix]
		if kind == "" {
			return nil, &api.Error{Code: "InvalidID", Message: fmt.Sprintf("The ID '%s' is not valid", id)}
		}
		if err := s.exists(c, logs, kind, id); err != nil {
			return nil, err
		}
		out[id] = kind
	}
	return out, nil
}

func (s *server) exists(c api.Caller, logs []flowlog.FlowLog, kind, id string) error {
	n := s.Network.Snapshot()
	switch kind {
	case "vpc":
		return checkResources(n, c, flowlog.VPC, []string{id})
	case "subnet":
		return checkResources(n, c, flowlog.Subnet, []string{id})
	case "network-interface":
		return checkResources(n, c, flowlog.NetworkInterface, []string{id})
	}
	if !slices.ContainsFunc(logs, func(f flowlog.FlowLog) bool { return f.ID == id }) {
		return &api.Error{Code: "InvalidFlowLogId.NotFound", Message: fmt.Sprintf("The flow log ID '%s' does not exist", id)}
	}
	return nil
}
