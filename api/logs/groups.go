package logs

import (
	"context"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/logevent"
)

type groupInput struct {
	LogGroupName string `json:"logGroupName"`
}

func (s *server) createLogGroup(ctx context.Context, in *groupInput) (*empty, error) {
	if err := checkGroupName(in.LogGroupName); err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	return nil, awsError(s.Store.CreateLogGroup(ctx, c.Account, c.Region, in.LogGroupName))
}

func (s *server) deleteLogGroup(ctx context.Context, in *groupInput) (*empty, error) {
	if err := checkGroupName(in.LogGroupName); err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	return nil, awsError(s.Store.DeleteLogGroup(ctx, c.Account, c.Region, in.LogGroupName))
}

type describeLogGroupsInput struct {
	LogGroupNamePrefix  string   `json:"logGroupNamePrefix"`
	LogGroupNamePattern string   `json:"logGroupNamePattern"`
	LogGroupIdentifiers []string `json:"logGroupIdentifiers"`
	Limit               *int     `json:"limit"`
	NextToken           string   `json:"nextToken"`
}

type describeLogGroupsOutput struct {
	LogGroups []logGroup `json:"logGroups"`
	NextToken string     `json:"nextToken,omitempty"`
}

type logGroup struct {
	LogGroupName              string `json:"logGroupName"`
	CreationTime              int64  `json:"creationTime"`
	MetricFilterCount         int    `json:"metricFilterCount"`
	Arn                       string `json:"arn"`
	StoredBytes               int64  `json:"storedBytes"`
	LogGroupClass             string `json:"logGroupClass"`
	LogGroupArn               string `json:"logGroupArn"`
	DeletionProtectionEnabled bool   `json:"deletionProtectionEnabled"`
}

// maxDescribed is the most, and the default, of the Describe actions' limit.
const maxDescribed = 50

func (s *server) describeLogGroups(ctx context.Context, in *describeLogGroupsInput) (*describeLogGroupsOutput, error) {
	if in.LogGroupNamePrefix != "" && in.LogGroupNamePattern != "" {
		return nil, invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	n, err := limit(in.Limit, maxDescribed, maxDescribed)
	if err != nil {
		return nil, err
	}
	named, err := in.named()
	if err != nil {
		return nil, err
	}
	c := api.CallerFrom(ctx)
	groups, err := s.Store.LogGroups(ctx, c.Account, c.Region)
	if err != nil {
		return nil, err
	}
	out := &describeLogGroupsOutput{LogGroups: []logGroup{}}
	for i := range groups {
		g := &groups[i]
		if len(named) > 0 && !named[g.Name] || !strings.HasPrefix(g.Name, in.LogGroupNamePrefix) || !strings.Contains(g.Name, in.LogGroupNamePattern) || g.Name <= in.NextToken && in.NextToken != "" {
			continue
		}
		if len(out.LogGroups) == n {
			out.NextToken = out.LogGroups[n-1].LogGroupName
			break
		}
		out.LogGroups = append(out.LogGroups, newLogGroup(c, g))
	}
	return out, nil
}

// named gives the names of the groups that logGroupIdentifiers asks for.
func (in *describeLogGroupsInput) named() (map[string]bool, error) {
	if len(in.LogGroupIdentifiers) > maxDescribed {
		return nil, invalid("At most %d log group identifiers can be named.", maxDescribed)
	}
	names := map[string]bool{}
	for _, id := range in.LogGroupIdentifiers {
		name, err := group("", id)
		if err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, nil
}

func newLogGroup(c api.Caller, g *logevent.Group) logGroup {
	arn := groupARN(c, g.Name)
	return logGroup{LogGroupName: g.Name, CreationTime: g.Created, Arn: arn + ":*", StoredBytes: g.StoredBytes, LogGroupClass: "STANDARD", LogGroupArn: arn}
}
