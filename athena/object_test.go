package athena

import (
	"testing"
	"time"
)

// TestURL has the example of get-flow-logs-integration-template in the AWS CLI.
func TestURL(t *testing.T) {
	name := ObjectName("fl-1234567890abcdef0", time.Date(2021, 7, 21, 2, 57, 56, 0, time.FixedZone("", 2*60*60)))
	if want := "VPCFlowLogsIntegrationTemplate_fl-1234567890abcdef0_Wed Jul 21 00:57:56 UTC 2021.yml"; name != want {
		t.Errorf("got %s", name)
	}
	tests := map[string]string{
		name:                   "https://amzn-s3-demo-bucket.s3.us-east-2.amazonaws.com/VPCFlowLogsIntegrationTemplate_fl-1234567890abcdef0_Wed%20Jul%2021%2000%3A57%3A56%20UTC%202021.yml",
		"athena-templates/a+b": "https://amzn-s3-demo-bucket.s3.us-east-2.amazonaws.com/athena-templates/a%2Bb",
	}
	for key, want := range tests {
		if got := URL("amzn-s3-demo-bucket", "us-east-2", key); got != want {
			t.Errorf("got %s", got)
		}
	}
}
