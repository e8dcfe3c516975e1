package athena

import (
	"net/url"
	"strings"
	"time"
)

// ObjectName gives the name of the object that has the template of a flow log.
// Source: the example of get-flow-logs-integration-template in the AWS CLI.
func ObjectName(id string, now time.Time) string {
	return "VPCFlowLogsIntegrationTemplate_" + id + "_" + now.UTC().Format("Mon Jan 02 15:04:05 UTC 2006") + ".yml"
}

// URL gives the address of a template's object: the result of
// GetFlowLogsIntegrationTemplate, whose key AWS percent-encodes, colons as well.
// Source: as for ObjectName.
func URL(bucket, region, key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
	}
	return "https://" + bucket + ".s3." + region + ".amazonaws.com/" + strings.Join(segments, "/")
}
